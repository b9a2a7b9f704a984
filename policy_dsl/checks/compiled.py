"""What generated code leaves to the interpreter is told: a decision that needs it takes much longer, and a compiled file is without it."""

from __future__ import annotations

from ..backends.beyond import MOST_PARTS
from ..backends.epoch import Laws, epoch_order
from ..backends.left_out import MOST_HISTORY, Left, left_out
from ..diagnostics.report import Report
from ..ir import nodes as ir

MOST_SHOWN = 10  # rules of one reason that are named

_SLOW = (
    "用得到它的决定慢得多，编译出的文件里没有它",
    "a decision that needs it takes much longer, and a compiled file is without it",
)
_WHY = {
    "another_day": (
        "它按另一天的规定读「{what}」",
        "it reads “{what}” under another day's law",
        "要的只是一个数时，把那个数立为参数：参数可以按任何一天读",
        "where a number is all that is needed, make it a parameter, which may be read on any day",
    ),
    "history": (
        f"「{{what}}」各日的值超过 {MOST_HISTORY} 个",
        f"“{{what}}” has more than {MOST_HISTORY} values over all days",
        "把参数按键分成几个",
        "make several parameters of it, by its keys",
    ),
    "outward": (
        "它拿「{what}」里的每一个与手上的这一个相比",
        "it compares each of “{what}” with the one at hand",
        "没有别的写法的可以留着",
        "where there is no other way to say it, it may stay",
    ),
    "parts": (
        f"政策的式子合起来超过 {MOST_PARTS} 个部分，它排在后面",
        f"the policy's formulas have more than {MOST_PARTS} parts together, and it comes late",
        "重复写的长式子立为规则，或分成几个政策",
        "make rules of long formulas that are written again and again, or several policies",
    ),
}


def tell_left_out(program: ir.Program, report: Report) -> None:
    """A note (P0620) for each reason, at the first of its rules. What layers above leave is told where they are checked."""
    by_reason: dict[str, list[tuple[ir.Rule, Left]]] = {}
    rules = {(r.entity, r.name): r for r in program.rules}
    for key, left in left_out(Laws(program, epoch_order(program))).items():
        if left.layer == len(program.chain) - 1:
            by_reason.setdefault(left.why, []).append((rules[key], left))
    for why, each in by_reason.items():
        zh, en, hint, hint_en = _WHY[why]
        first = each[0][1]
        names = list(dict.fromkeys(r.called for r, _ in each))
        more = len(names) - MOST_SHOWN
        report.error(
            "P0620",
            first.place,
            labels=[(x.place, r.called, r.called) for r, x in each[1:MOST_SHOWN]],
            names="、".join(names[:MOST_SHOWN]) + (f" 等 {len(names)} 条" if more > 0 else ""),
            names_en=", ".join(names[:MOST_SHOWN]) + (f" and {more} more" if more > 0 else ""),
            reason=zh.format(what=first.what),
            reason_en=en.format(what=first.what),
            hint=(f"{_SLOW[0]}；{hint}", f"{_SLOW[1]}; {hint_en}"),
        )
