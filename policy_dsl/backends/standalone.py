"""`policy compile`: a policy as one readable Python file that runs without this package.

It holds the runtime helpers, the dated values, the clauses as comments, and for each set of formulas the same functions that run
here. What the plain way cannot answer (an unknown fact, a gap, a conflict) raises Defer: the file never guesses.
"""

from __future__ import annotations

import ast
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

from .._version import __version__
from ..ir import nodes as ir
from ..ir.traverse import usual_root
from .calendar import Calendar
from .engine import Engine
from .formatting import day_text
from .layout import Values, arguments
from .python import Emitted, emit
from .runtime import ABSENT, Unknown, Workdays
from .working_days import calendar_of, digest_of

MARK = "Compiled by policy_dsl; runs on its own."  # in the first line of every such file, by which it is known again

_TAIL = '''
def decide(facts, on):
    """Decides one case for a day "YYYY-MM-DD": a dict from output paths to values.

    Amounts are exact fractions.Fraction in the declared unit (see UNITS). Raises Defer where a fact is unknown, the facts are not as
    wanted, or the policy has a gap or a conflict: the interpreter of policy_dsl then says what is missing.
    """
    day = read_day(on)
    root = next(iter(facts)) if type(facts) is dict and len(facts) == 1 else None
    if root != ROOT:
        raise Defer("facts")
    index = 0
    while index < len(EPOCHS) and EPOCHS[index][0] <= day:
        index += 1
    _, read, run, parameters, results = EPOCHS[index - 1]
    try:
        data = read(facts, day)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Defer(f"facts: {error}") from None
    out = {}
    _collect(RESULTS[results], root, root, run(parameters, day, data), out)
    return out


def _collect(results, entity, path, raw, out):
    rules, lists = results[entity]
    position = 0
    for name, kind, unit in rules:
        num, den, dynamic = unit
        value = raw[position]
        position += 1
        if type(value) is Unknown or not name:  # not in force, or not an output
            if dynamic:
                position += 1
            continue
        if kind == "amount":
            value = Fraction(value * num, den)
            if dynamic:
                value /= raw[position]
                position += 1
        elif kind == "date":
            value = None if value == NEVER else f"{value // 10000:04d}-{value // 100 % 100:02d}-{value % 100:02d}"
        elif kind != "truth":
            value = kind[value]
        out[f"{path}.{name}"] = value
    for n, (list_, inner) in enumerate(lists):
        for i, result in enumerate(raw[len(raw) - len(lists) + n]):
            _collect(results, inner, f"{path}.{list_}[{i}]", result, out)
'''


_MISSING = (
    "    wanted, or the policy has a gap or a conflict: the interpreter of policy_dsl then says what is missing.\n"
)


# what `decide` says and does besides where the policy computes deadlines
_CALENDAR = (
    ("def decide(facts, on):", "def decide(facts, on, calendar=None):"),
    (
        _MISSING,
        f"{_MISSING}\n"
        '    `calendar`: working days other than those of CALENDAR, as {"years": [2022], "off": ["2022-01-03"], "on": ["2022-01-29"]}.\n'
        "    A deadline that needs a year which the calendar does not cover raises Beyond, a Defer.\n",
    ),
    (
        "    try:\n        data = read(facts, day)\n",
        "    if calendar is not None:\n"
        '        off, made_up = ([read_day(d) for d in calendar.get(key, ())] for key in ("off", "on"))\n'
        '        given = Workdays(lambda: (calendar["years"], off, made_up))\n'
        "        parameters = tuple(given if p is CALENDAR else p for p in parameters)\n"
        "    try:\n        data = read(facts, day)\n",
    ),
)
_GUARDED = """    guard = max(g for g in range(len(GUARDS)) if GUARDS[g][0] <= day)
    GUARDS[guard][1](GUARDS[guard][2], day, data)  # a case that may break a condition of the policy defers
    out = {}
"""


_FIRST_MONTH = (
    "\n    Every month is decided as if it were the first one: nothing of the month before (上月) is read. Months that go on from each other are\n"
    "    decided by policy_dsl (`policy timeline`).\n"
)


def standalone(program: ir.Program) -> str:
    """The text of the file. Raises PolicyError for a policy without entities."""
    root = usual_root(program).name
    engine = Engine(program)
    functions: Functions = {}
    guarding: Functions = {}
    epochs = _emitted(engine, root, functions)
    guards = [] if engine.guard is None else _emitted(engine.guard, root, guarding, len(functions))
    asks = any(("calendar",) in order for _, _, order in (*functions.values(), *guarding.values()))
    parts = [_head(program, asks), _runtime(), f"\nROOT = {root!r}\n"]
    if asks:
        parts.append(_calendar(calendar_of(program)))
    for number, emitted, order in functions.values():
        parts.append(_module(emitted, number, order))
    for number, emitted, order in guarding.values():
        parts.append(_module(emitted, number, order))
    parts.append(_epochs(epochs))
    if guards:
        rows = [f"    ({day}, decide_{n}, {_literal(values)}),\n" for day, n, values in guards]
        parts.append("\n# (first day, conditions on cases, values in force)\nGUARDS = [\n" + "".join(rows) + "]\n")
    parts.append(_results(program, functions))
    tail = _TAIL.replace("    out = {}\n", _GUARDED, 1) if guards else _TAIL
    if any(e.carried for e in program.entities):
        tail = tail.replace(_MISSING, _MISSING + _FIRST_MONTH, 1)
    parts.append(_with_calendar(tail) if asks else tail)
    return "\n".join(parts)


Functions = dict[str, tuple[int, Emitted, list[object]]]  # by what they depend on: number, module, the argument's order


def _emitted(engine: Engine, root: str, functions: Functions, first: int = 0) -> list[tuple[int, int, tuple[Any, ...]]]:
    """(first day, number of its function, values in force) of each epoch; the functions are added to `functions`."""
    epochs = []
    for day in [0, *engine.days]:
        epoch = engine.epoch(day)
        key = repr(epoch.formula_key())
        if key not in functions:
            emitted = emit("decide", epoch, root, engine.analysis, engine.steps, {})
            reader = emit("read", epoch, root, engine.analysis, engine.steps, {})
            module = ast.Module([*reader.module.body, *emitted.module.body], [])
            functions[key] = (first + len(functions), emitted._replace(module=module), list(emitted.order))
        number, _, order = functions[key]
        epochs.append((day, number, arguments(epoch, order, engine.steps)))
    return epochs


def _with_calendar(tail: str) -> str:
    """`decide` with a calendar as one more argument."""
    for old, new in _CALENDAR:
        assert tail.count(old) == 1
        tail = tail.replace(old, new)
    return tail


def _calendar(calendar: Calendar) -> str:
    """The working days that the policy needs for its deadlines."""
    given = calendar.to_json()
    lists = "".join(
        f"{name} = (\n{_wrapped([d.replace('-', '') for d in given[key]])})\n"  # type: ignore[union-attr]
        for name, key in (("DAYS_OFF", "off"), ("MAKE_UP_DAYS", "on"))
    )
    said = _quiet(f"{calendar.name} {calendar.span()}")
    return (
        f"\n# working days: {said}; Monday to Friday without DAYS_OFF, and MAKE_UP_DAYS\n{lists}"
        f"CALENDAR = Workdays(lambda: ({calendar.years!r}, DAYS_OFF, MAKE_UP_DAYS))\n"
    )


def _wrapped(numbers: list[str]) -> str:
    return "".join(f"    {', '.join(numbers[n : n + 12])},\n" for n in range(0, len(numbers), 12))


def _head(program: ir.Program, asks: bool) -> str:
    lines = [
        f'"""{_quiet(program.name)}：由 policy_dsl {__version__} 从 .policy 编译，可独立导入。 {MARK}',
        "",
        f"digest {digest_of(program)}",
    ]
    for layer in program.chain:
        lines.append(f"layer {_quiet(layer)}")
    if asks:
        calendar = calendar_of(program)
        lines.append(f"calendar {_quiet(calendar.name)} {calendar.span()} (decide takes another one)")
    lines += ['"""', ""]
    return "\n".join(lines)


def _quiet(text: str) -> str:
    """Text that can stand in a docstring or a comment whatever it holds."""
    return re.sub(r'[\x00-\x1f\x7f\u2028\u2029"\\]', " ", text)


def _runtime() -> str:
    text = (Path(__file__).parent / "runtime.py").read_text(encoding="utf-8")
    body = text.split('"""', 2)[2]
    return body.replace("from __future__ import annotations\n", "from fractions import Fraction\n").strip() + "\n"


def _module(emitted: Emitted, number: int, order: list[object]) -> str:
    """The functions with a number behind their names, comments in their places, the argument's order said first."""
    renames = {
        n.targets[0].id: f"{n.targets[0].id}_{number}"
        for n in emitted.module.body
        if isinstance(n, ast.Assign) and isinstance(n.targets[0], ast.Name)
    }

    class Rename(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.AST:
            node.id = renames.get(node.id, node.id)
            return node

    lines = []
    for statement in emitted.module.body:
        made = Rename().visit(statement)
        if isinstance(made, ast.FunctionDef):
            made.name = {"read": f"read_{number}", "decide": f"decide_{number}"}[made.name]
        lines.append(ast.unparse(made))
    text = "\n\n".join(lines)
    text = re.sub(
        r"^( *)'§(\d+)'$", lambda m: f"{m[1]}# {_quiet(emitted.comments[int(m[2])])}", text, flags=re.MULTILINE
    )
    names = ", ".join(_quiet(_argument(k)) for k in order)
    return f"\n# P: {names or '—'}\n{text}\n"


def _argument(key: Any) -> str:
    """What one of the arguments P is, in words."""
    match key[0]:
        case "parameter":
            return str(key[1])
        case "history":
            return f"{key[1]} 各日"
        case "calendar":
            return "工作日"
        case "column":
            return f"{key[1][1]} 各行"
    return f"{key[1][1]} 第 {key[2]} 行"


def _literal(value: Any) -> str:
    if isinstance(value, Unknown):
        return "ABSENT" if value is ABSENT else "UNKNOWN"
    if isinstance(value, Workdays):
        return "CALENDAR"
    if isinstance(value, (tuple, Values)):
        return "(" + "".join(f"{_literal(v)}, " for v in value).rstrip(" ") + ")"
    return repr(value)


def _epochs(epochs: list[tuple[int, int, tuple[Any, ...]]]) -> str:
    rows = [
        f"    ({day}, read_{n}, decide_{n}, {_literal(values)}, {n}),  # {'起初' if not day else '自 ' + day_text(day)}"
        for day, n, values in epochs
    ]
    return (
        "\n# (first day, reader, function, values in force, which of RESULTS)\nEPOCHS = [\n" + "\n".join(rows) + "\n]\n"
    )


def _results(program: ir.Program, functions: Functions) -> str:
    """How each entry's result tuple is read; the same for every set of formulas, or told apart by its function."""
    rules = {(r.entity, r.name): r for r in program.rules}
    entities = {e.name: e for e in program.entities}
    lines = [
        "# entity → ((output, kind, (factor, divisor, pair)), …), ((list, entity), …) for each set of formulas",
        "RESULTS = [",
    ]
    for _, emitted, _order in functions.values():
        lines.append("    {")
        for entity, (keys, lists) in emitted.entities.items():
            rows = []
            for key in keys:
                slot, rule = emitted.slots[key], rules[key]
                kind = repr(rule.type.members) if rule.type.kind == "enumeration" else repr(rule.type.kind)
                name = "" if rule.hidden or rule.displaces else key[1]
                k = slot.k / rule.type.own.scale if rule.type.is_amount else Fraction(1)
                rows.append(f"({name!r}, {kind}, ({k.numerator}, {k.denominator}, {slot.dynamic}))")
            inner = {m.name: m.entity for m in entities[entity].lists}
            below = ", ".join(f"({n!r}, {inner[n]!r})" for n in lists)
            lines.append(
                f"        {entity!r}: (({', '.join(rows)}{',' if rows else ''}), ({below}{',' if below else ''})),"
            )
        lines.append("    },")
    lines.append("]")
    outputs = set(program.outputs)
    units = {
        f"{r.entity}.{r.name}": r.type.own.show()
        for r in program.rules
        if r.type.is_amount and (r.entity, r.name) in outputs
    }
    lines.append(f"UNITS = {units!r}")
    return "\n".join(lines) + "\n"
