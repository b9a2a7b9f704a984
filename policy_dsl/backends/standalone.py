"""`policy compile`: a policy as one readable Python file that runs without this package.

It holds the runtime helpers, the dated values, the clauses as comments, and the functions that run here: one for all sets of formulas, in which
what they have in common stands once (python/shared.py). What the plain way cannot answer (an unknown fact, a gap, a conflict) raises Defer: the
file never guesses. Outputs that are not compiled are left out, and named at its head.
"""

from __future__ import annotations

import ast
import re
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

from .._version import __version__
from ..diagnostics.report import PolicyError, diagnostic
from ..ir import nodes as ir
from ..ir.traverse import references, usual_root
from .calendar import Calendar
from .engine import Engine
from .epoch import Epoch, Laws, epoch_order
from .formatting import day_text
from .layout import RuleKey, Values, arguments
from .left_out import left_out
from .python import Emitted, emit, emit_shared, together
from .runtime import ABSENT, Unknown, Workdays
from .working_days import calendar_of, digest_of

MARK = "Compiled by policy_dsl; runs on its own."  # in the first line of every such file, by which it is known again
WIDTH = 118  # of lines of figures

_FIRST_MONTH = """
Every month is decided as if it were the first one: nothing of the month before (上月) is read. Months that go on from each other are
decided by policy_dsl (`policy timeline`).
"""


class Part(NamedTuple):
    """A function for several sets of formulas: its number, and what was emitted, its reader included."""

    number: int
    emitted: Emitted


Rows = list[tuple[int, int, tuple[Any, ...]]]  # first day, number of the function, values in force


def standalone(program: ir.Program) -> str:
    """The text of the file. Raises PolicyError for a policy without entities, and for one of which no benefit could be decided."""
    root = usual_root(program).name
    engine = Engine(program)
    omitted = missing_rules(engine.laws)
    _refuse(program, omitted)
    parts, epochs = _emitted(engine, root, omitted, 0)
    guarding, guards = ([], []) if engine.guard is None else _emitted(engine.guard, root, frozenset(), len(parts))
    asks = any(("calendar",) in part.emitted.order for part in (*parts, *guarding))
    texts = [
        _head(program, asks, omitted),
        _runtime(),
        f"\nPOLICY = {program.name!r}",
        f"DIGEST = {digest_of(program)!r}",
    ]
    texts += [f"ENGINE = {__version__!r}", f"ROOT = {root!r}", f"__all__ = {_PUBLIC!r}\n"]
    texts.append(_calendar(calendar_of(program)) if asks else "CALENDAR = Workdays(None)  # no deadline is computed")
    texts += [_module(part) for part in (*parts, *guarding)]
    texts += [_epochs(epochs), _guards(guards), _results(program, parts, omitted), _tail()]
    return "\n".join(texts)


_PUBLIC = ["DIGEST", "ENGINE", "POLICY", "UNITS", "Beyond", "Defer", "Failed", "Result", "decide"]


def missing_rules(laws: Laws) -> frozenset[RuleKey]:
    """The rules that a compiled file leaves out: those that are not compiled, and all that read one of them."""
    out = {*left_out(laws)}
    for rule in laws.program.rules if out else ():  # each stands after those that it reads
        if out.intersection(references(rule)):
            out.add((rule.entity, rule.name))
    return frozenset(out)


def left_out_of(program: ir.Program) -> list[str]:
    """The outputs that the file lacks, as they are named."""
    return _named(program, missing_rules(Laws(program, epoch_order(program))))


def _named(program: ir.Program, omitted: frozenset[RuleKey]) -> list[str]:
    return [f"{entity}.{name}" for entity, name in program.outputs if (entity, name) in omitted]


def _refuse(program: ir.Program, omitted: frozenset[RuleKey]) -> None:
    """A file that could decide no benefit is not made."""
    benefits = {(r.entity, r.name) for r in program.rules if r.benefit} or {*program.outputs}
    if benefits and benefits <= omitted:
        rule = next(r for r in program.rules if (r.entity, r.name) in benefits)
        names = "、".join(_named(program, omitted)[:10])
        raise PolicyError([diagnostic("P0621", rule.place, name=program.name, outputs=names)])


def _emitted(engine: Engine, root: str, omitted: frozenset[RuleKey], first: int) -> tuple[list[Part], Rows]:
    """The functions, numbered from `first` on, and what they take on each epoch."""
    days = [0, *engine.days]
    kinds: dict[object, Epoch] = {}  # an epoch for each set of formulas
    for day in days:
        epoch = engine.epoch(day)
        kinds.setdefault(epoch.formula_key(), epoch)
    parts: list[Part] = []
    place: dict[object, tuple[int, int]] = {}  # of a set: which function, and its number in it
    for epochs in together(list(kinds.values())):
        emitted = emit_shared("decide", epochs, root, engine.analysis, engine.steps, omitted)
        reader = emit("read", epochs[0], root, engine.analysis, engine.steps, {})
        module = ast.Module([*reader.module.body, *emitted.module.body], [])
        place.update({x.formula_key(): (len(parts), n) for n, x in enumerate(epochs)})
        parts.append(Part(first + len(parts), emitted._replace(module=module)))
    rows: Rows = []
    for day in days:
        epoch = engine.epoch(day)
        at, which = place[epoch.formula_key()]
        order = list(parts[at].emitted.order)
        told = (which,) if order[:1] == [("which",)] else ()
        rows.append((day, first + at, (*told, *arguments(epoch, order[len(told) :], engine.steps))))
    return parts, rows


def _calendar(calendar: Calendar) -> str:
    """The working days that the policy needs for its deadlines."""
    given = calendar.to_json()
    lists = "".join(
        f"{name} = (\n{_wrapped([d.replace('-', '') for d in given[key]])})\n"  # type: ignore[union-attr]
        for name, key in (("DAYS_OFF", "off"), ("MAKE_UP_DAYS", "on"))
    )
    said = _quiet(f"{calendar.name} {calendar.span()}")
    return (
        f"# working days: {said}; Monday to Friday without DAYS_OFF, and MAKE_UP_DAYS\n{lists}"
        f"CALENDAR = Workdays(lambda: ({calendar.years!r}, DAYS_OFF, MAKE_UP_DAYS))\n"
    )


def _wrapped(numbers: list[str]) -> str:
    return "".join(f"    {', '.join(numbers[n : n + 12])},\n" for n in range(0, len(numbers), 12))


def _head(program: ir.Program, asks: bool, omitted: frozenset[RuleKey]) -> str:
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
    for output in _named(program, omitted):
        lines.append(f"left out {_quiet(output)}")
    if any(e.carried for e in program.entities):
        lines.append(_FIRST_MONTH.rstrip())
    lines += ['"""', "", "from __future__ import annotations", ""]
    return "\n".join(lines)


def _quiet(text: str) -> str:
    """Text that can stand in a docstring or a comment whatever it holds."""
    return re.sub(r'[\x00-\x1f\x7f\u2028\u2029"\\]', " ", text)


def _runtime() -> str:
    """The helpers, under all that the file imports: every import of runtime.py and alone.py from the standard library."""
    texts = [(Path(__file__).parent / name).read_text(encoding="utf-8") for name in ("runtime.py", "alone.py")]
    whole: list[str] = []
    named: dict[str, set[str]] = {}
    for line in re.findall(r"^(?:import|from) [^._].*$", "\n".join(texts), flags=re.MULTILINE):
        if line.startswith("import "):
            whole.append(line)
        else:
            module, _, names = line[len("from ") :].partition(" import ")
            named.setdefault(module, set()).update(names.split(", "))
    imports = [*dict.fromkeys(whole), *(f"from {m} import {', '.join(sorted(n))}" for m, n in sorted(named.items()))]
    body = re.sub(r"^(?:import|from) .*\n", "", texts[0].split('"""', 2)[2], flags=re.MULTILINE)
    return "\n".join(imports) + "\n\n\n" + body.strip() + "\n"


def _tail() -> str:
    """What decides."""
    text = (Path(__file__).parent / "alone.py").read_text(encoding="utf-8")
    return "\n\n" + text.split("\n# --------\n", 1)[1].strip() + "\n"


def _module(part: Part) -> str:
    """The functions with a number behind their names, comments in their places, the argument's order said first."""
    number, emitted = part
    renames = {
        n.targets[0].id: f"{n.targets[0].id}_{number}"
        for n in emitted.module.body
        if isinstance(n, ast.Assign) and isinstance(n.targets[0], ast.Name)
    }

    class Rename(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.AST:
            node.id = renames.get(node.id, node.id)
            return node

    texts = []
    for statement in emitted.module.body:
        made = Rename().visit(statement)
        if isinstance(made, ast.FunctionDef):
            made.name = f"{made.name}_{number}"
            for argument in made.args.args:
                argument.annotation = ast.Name("int" if argument.arg == "on" else "Any", ast.Load())
            made.returns = ast.Name("Any", ast.Load())
            text = re.sub(r"^( *\w+) = \{\}$", r"\1: Any = {}", ast.unparse(made), flags=re.MULTILINE)
            texts.append(f"\n{text}\n")
        else:
            texts.append(_figures(f"{ast.unparse(made.targets[0])}: Any = ", ast.unparse(made.value), ""))
    text = re.sub(
        r"^( *)'§(\d+)'$",
        lambda m: f"{m[1]}# {_quiet(emitted.comments[int(m[2])])}",
        "\n".join(texts),
        flags=re.MULTILINE,
    )
    names = ", ".join(_quiet(_argument(k)) for k in emitted.order)
    return _figures("# P: ", names or "—", "#    ") + f"\n{text}\n"


def _figures(head: str, text: str, indent: str) -> str:
    """A long row of figures on several lines; texts are not broken."""
    if len(head) + len(text) <= WIDTH or ("'" in text and not head.startswith("#")):
        return head + text
    lines, line = [], head
    for piece in re.split(r"(?<=, )", text):
        if len(line) + len(piece) > WIDTH and line.strip():
            lines.append(line.rstrip())
            line = indent or "    "
        line += piece
    return "\n".join([*lines, line])


def _argument(key: Any) -> str:
    """What one of the arguments P is, in words."""
    match key[0]:
        case "which":
            return "哪一套式子"
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


def _epochs(rows: Rows) -> str:
    lines = ["\n# (first day, reader, function, values in force, which of RESULTS)"]
    lines.append("EPOCHS: list[tuple[int, Any, Any, tuple[Any, ...], int]] = [")
    for day, n, values in rows:
        lines.append(f"    # {'起初' if not day else '自 ' + day_text(day)}")
        lines.append(_figures(f"    ({day}, read_{n}, decide_{n}, ", f"{_literal(values)}, {n}),", "     "))
    return "\n".join([*lines, "]\n"])


def _guards(rows: Rows) -> str:
    lines = [
        "# (first day, conditions on cases, values in force)",
        "GUARDS: list[tuple[int, Any, tuple[Any, ...]]] = [",
    ]
    lines += [_figures(f"    ({day}, decide_{n}, ", f"{_literal(values)}),", "     ") for day, n, values in rows]
    return "\n".join([*lines, "]\n"])


def _results(program: ir.Program, parts: list[Part], omitted: frozenset[RuleKey]) -> str:
    """How each entry's result tuple is read, for each function."""
    rules = {(r.entity, r.name): r for r in program.rules}
    entities = {e.name: e for e in program.entities}
    lines = [
        "# entity → ((output, kind, (factor, divisor, pair)), …), ((list, entity), …) for each function",
        "RESULTS: list[dict[str, tuple[Any, Any]]] = [",
    ]
    for _, emitted in parts:
        lines.append("    {")
        for entity, (keys, lists) in emitted.entities.items():
            lines.append(f"        {entity!r}: (")
            lines.append("            (")
            for key in keys:
                slot, rule = emitted.slots[key], rules[key]
                kind = repr(rule.type.members) if rule.type.kind == "enumeration" else repr(rule.type.kind)
                name = "" if rule.hidden or rule.displaces or key in omitted else key[1]
                k = slot.k / rule.type.own.scale if rule.type.is_amount else Fraction(1)
                lines.append(f"                ({name!r}, {kind}, ({k.numerator}, {k.denominator}, {slot.dynamic})),")
            inner = {m.name: m.entity for m in entities[entity].lists}
            below = ", ".join(f"({n!r}, {inner[n]!r})" for n in lists)
            lines += ["            ),", f"            ({below}{',' if below else ''}),", "        ),"]
        lines.append("    },")
    lines.append("]")
    outputs = set(program.outputs) - omitted
    lines.append("UNITS = {")
    for r in program.rules:
        if r.type.is_amount and (r.entity, r.name) in outputs:
            lines.append(f"    {f'{r.entity}.{r.name}'!r}: {r.type.own.show()!r},")
    return "\n".join([*lines, "}"]) + "\n"
