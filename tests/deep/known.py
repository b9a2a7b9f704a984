"""Changes that are noticed, with the page of tests/spec that does, and changes that nobody can notice, with the reason.

Each by its function, its first line that differs, and that line after the change.
"""

from __future__ import annotations

Key = tuple[str, str, str]

CAUGHT: dict[str, list[tuple[Key, str]]] = {
    "ir": [
        (
            (
                "cell_condition",
                'elif test.sign == "=" and isinstance(operand, nodes.Truth):',
                'elif test.sign != "=" and isinstance(operand, nodes.Truth):',
            ),
            "tables.md",
        ),
        (("_holds", "return since <= on <= until", "return since < on <= until"), "layers.md"),
        (("_ends", "yield day_after(until)", "pass"), "parameters.md"),
    ],
    "backends": [
        (
            (
                "add_months",
                "count = (day // 10000) * 12 + day // 100 % 100 - 1 + months",
                "count = (day // 10000) * 12 + day // 100 % 100 - (0) + months",
            ),
            "dates.md",
        ),
        (
            (
                "Presence._entry",
                "missing = made.missing if isinstance(made, Entries) else ()",
                "missing = made.missing if not (isinstance(made, Entries)) else ()",
            ),
            "births.md",
        ),
        (("join", "if not open_:", "if open_:"), "undetermined.md"),
    ],
    "interpret": [
        (
            (
                "LookBacks.window",
                "if self.lacking(here, node):",
                "if not (self.lacking(here, node)):",
            ),
            "looking-back.md",
        ),
        (
            (
                "Lines.beside",
                "if isinstance(made.value, Failure) or not other:",
                "if isinstance(made.value, Failure) or other:",
            ),
            "branches.md",
        ),
        (
            (
                "Lines.exceptions",
                "counting = [x for x in sure if not any(rules_out(y, x) for y in sure)]",
                "counting = [x for x in sure if any(rules_out(y, x) for y in sure)]",
            ),
            "exceptions.md",
        ),
    ],
    "python": [
        (
            (
                "Amounts.product",
                'return Form(op(a.num, "*", b.num), a.k * b.k, den)',
                'return Form(op(a.num, "*", b.num), a.k // b.k, den)',
            ),
            "layers.md",
        ),
        (("LookBacks.window_amount", "values, _ = self.months(node, rest)", "pass"), "looking-back.md"),
        (
            (
                "LookBacks.window",
                "values, rest = self.months(node, None if node.default is None else self.plain(node.default))",
                "values, rest = self.months(node, None if node.default is not None else self.plain(node.default))",
            ),
            "looking-back.md",
        ),
    ],
    "facts": [
        (
            (
                "_default",
                "return int(fact.default / fact_step(fact.type)) if fact.type.is_amount else fact.default  # type: ignore[operator]",
                "return int(fact.default * fact_step(fact.type)) if fact.type.is_amount else fact.default  # type: ignore[operator]",
            ),
            "facts.md",
        ),
        (
            (
                "day",
                'd = datetime.date.fromisoformat(text if len(text) == 10 else text + "-01")',
                'd = datetime.date.fromisoformat(text if len(text) != 10 else text + "-01")',
            ),
            "facts.md",
        ),
    ],
    "units": [
        (
            (
                "Unit.times",
                'powers = {w: n for w, n in self.words if w != "%"}',
                'powers = {w: n for w, n in self.words if w == "%"}',
            ),
            "units.md",
        ),
        (
            (
                "_scale",
                'size *= BASE.get(word, ("", Fraction(1)))[1] ** n',
                'size *= BASE.get(word, ("", Fraction(1)))[1] * n',
            ),
            "units.md",
        ),
        (
            (
                "complete",
                "return made if made.dims == context.dims else None",
                "return made if made.dims != context.dims else None",
            ),
            "units.md",
        ),
    ],
    "arrears": [
        (
            (
                "Courses.run",
                "known_now = min(day, self.as_known)",
                "known_now = max(day, self.as_known)",
            ),
            "knowledge.md",
        ),
        (
            (
                "Courses._learn",
                "at = bisect_right(self.months, min(month for _, month in found) - 1)",
                "at = bisect_right(self.months, min(month for _, month in found) + 1)",
            ),
            "knowledge.md",
        ),
    ],
}

EQUIVALENT: dict[str, list[tuple[Key, str]]] = {
    "ir": [],
    "backends": [],
    "interpret": [],
    "python": [],
    "facts": [],
    "units": [
        (("Unit.times", "break", "continue"), "a power of 0 cancels nothing further: only looked at in vain"),
    ],
    "arrears": [],
}
