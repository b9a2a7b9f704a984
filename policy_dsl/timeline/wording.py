"""Causes in words, Chinese or English: what was, what is, since when, known when, by which clause."""

from __future__ import annotations

from collections.abc import Iterable

from ..backends.formatting import day_text, value_text
from ..backends.runtime import NOTHING, Held
from ..backends.values import Failure, Undetermined, Value, known
from ..explain.formula import Words, carried_words, line_text
from ..explain.workings import part_text
from ..ir import nodes as ir
from ..model.clause import Clause
from ..model.types import Type
from ..syntax.keywords import spelling
from .causes import Carried, Cause, Entry, Fact, Figure, Lines, Moved, Nobody, Passed


def say(cause: Cause, lang: str) -> str:
    """A cause as people are told it; one of an earlier month says of which."""
    text = _said(cause, lang)
    return f"{day_text(cause.month)[:7]} {text}" if cause.month else text


def _said(cause: Cause, lang: str) -> str:
    zh = lang == "zh"
    match cause:
        case Fact():
            return _became(f"{cause.who} {cause.name}".strip(), _fact(cause.before, cause, lang), _fact(cause.after, cause, lang), _way(cause), lang)  # fmt: skip
        case Entry():
            return _entry(cause, lang)
        case Nobody():
            return _nobody(cause, zh)
        case Figure():
            return _figure(cause, lang)
        case Lines():
            return _lines(cause, lang)
        case Carried():
            return _carried(cause, lang)
        case Moved():
            return _moved(cause, lang)
        case Passed():
            return _passed(cause, lang)


def _became(name: str, before: str, after: str, way: tuple[str, str], lang: str) -> str:
    """`甲 月收入 由 300.00 元/月 升至 500.00 元/月`."""
    return f"{name} 由 {before} {way[0]} {after}" if lang == "zh" else f"{name} {way[1]} {after} from {before}"


def _way(cause: Fact | Figure | Carried | Passed) -> tuple[str, str]:
    if known(cause.before) and known(cause.after) and cause.type.is_amount:
        return ("升至", "rose to") if cause.after > cause.before else ("降至", "fell to")
    return ("变为", "changed to")


def _fact(value: Value, cause: Fact, lang: str) -> str:
    return value_text(value, cause.type, lang) if known(value) else spelling("UNKNOWN", lang)


def _entry(cause: Entry, lang: str) -> str:
    zh = lang == "zh"
    who = cause.who
    if cause.open:
        return (
            f"{who} 的名单{'给出了' if cause.came else '没有给出'}"
            if zh
            else f"the list {who} is {'given' if cause.came else 'not given'}"
        )
    day = day_text(cause.day) if cause.day else ""
    match cause.way, cause.came:
        case "birth", True:
            return f"{who} 于 {day} 出生" if zh else f"{who} was born on {day}"
        case "birth", False:
            return f"{who} 到 {day} 才出生" if zh else f"{who} is not born until {day}"
        case "death", False:
            return f"{who} 于 {day} 去世" if zh else f"{who} died on {day}"
        case "death", True if day:
            return f"{who} 到 {day} 才去世" if zh else f"{who} did not die until {day}"
        case "death", True:
            return f"{who} 没有去世" if zh else f"{who} has not died"
        case "back", _:
            return f"{who} 回到名单" if zh else f"{who} is back on the list"
        case "left", True:
            return f"{who} 有人在了" if zh else f"somebody of {who} is there"
        case "left", False:
            return f"{who} 没有人在了" if zh else f"nobody of {who} is there any more"
    if cause.known:
        known_zh, known_en = ("在名单里", "is on the list") if cause.came else ("不在名单里", "is not on the list")
        return f"{who} {known_zh}" if zh else f"{who} {known_en}"
    if cause.came:
        return f"{who} 是新来的" if zh else f"{who} is new on the list"
    return f"{who} 已不在名单里" if zh else f"{who} has left the list"


def _nobody(cause: Nobody, zh: bool) -> str:
    if cause.came and cause.known:
        return "这个月有人在" if zh else "somebody is there in this month"
    if cause.came and cause.back:
        return "从这个月起又有人在" if zh else "somebody is there again from this month on"
    if cause.came:
        return "从这个月起才有人在" if zh else "somebody is there from this month on"
    days = [(who, day_text(day)) for who, day in cause.deaths]
    died = [f"{who} 于 {day} 去世".strip() if zh else f"{who} died on {day}".strip() for who, day in days]
    text = "这个月没有人在了" if zh else "nobody is there in this month"
    return text + _law(died, "zh" if zh else "en")


# --- law


def _law(parts: Iterable[str], lang: str) -> str:
    told = [p for p in parts if p]
    if not told:
        return ""
    return f"（{'，'.join(told)}）" if lang == "zh" else f" ({', '.join(told)})"


def _since(day: int, lang: str) -> str:
    return "" if not day else f"自 {day_text(day)} 起" if lang == "zh" else f"since {day_text(day)}"


def _published(day: int, lang: str) -> str:
    return "" if not day else f"{day_text(day)} 公布" if lang == "zh" else f"published {day_text(day)}"


def _until(day: int, lang: str) -> str:
    return f"规定到 {day_text(day)} 为止" if lang == "zh" else f"in force until {day_text(day)}"


def _repealed(repeal: ir.Repeal, lang: str) -> str:
    zh = lang == "zh"
    since = _since(repeal.since, lang)
    text = f"{since}废止" if zh else f"repealed {since}".strip()
    return text + _law((_published(repeal.published, lang), _show(repeal.clause)), lang)


def _show(clause: Clause) -> str:
    return clause.show()


def _figure(cause: Figure, lang: str) -> str:
    """`标准 由 420.00 元/人/月 升至 460.00 元/人/月（自 2022-01-01 起，2022-04-20 公布，…）`."""
    zh = lang == "zh"
    on = spelling("ON", lang)
    name = f"{cause.name} {on} {day_text(cause.law[1])}" if cause.law[1] else cause.name
    before, after = (_amount(v, cause.type, lang) for v in (cause.before, cause.after))
    if cause.law[0] != cause.law[1]:
        before += f"（{on} {day_text(cause.law[0])}）" if zh else f" ({on} {day_text(cause.law[0])})"
    text = _became(name, before, after, _way(cause), lang)
    entry = cause.entry_after
    if entry is not None:
        return text + _law((_since(entry.since, lang), _published(entry.published, lang), _show(entry.clause)), lang)
    if cause.repeal is not None:
        return f"{text}：{_repealed(cause.repeal, lang)}" if zh else f"{text}: {_repealed(cause.repeal, lang)}"
    gone = cause.entry_before
    return text if gone is None or gone.until == ir.OPEN else text + _law((_until(gone.until, lang), _show(gone.clause)), lang)  # fmt: skip


def _amount(value: Value, type_: Type, lang: str) -> str:
    if isinstance(value, Failure) and value.code == "R0105":
        return "没有规定" if lang == "zh" else "nothing in force"
    if isinstance(value, Undetermined):
        return "待定" if lang == "zh" else "pending"
    return value_text(value, type_, lang)


def _lines(cause: Lines, lang: str) -> str:
    """`新补：自 2022-04-01 起，为 30 元/月（2022-05-20 公布，…）`; `临补：规定到 2022-03-31 为止（…）`."""
    zh = lang == "zh"
    told = [_began(x, cause, lang) for x in cause.began]
    taken = {(x.kind, x.key, x.label) for x in cause.began}
    ended = [x for x in cause.ended if (x.kind, x.key, x.label) not in taken]
    told += [x for x in dict.fromkeys(_ended(x, cause, lang, len(ended)) for x in ended) if x]
    if not told and cause.gone and cause.repeal is not None:
        told = [_repealed(cause.repeal, lang)]
    if not told:
        told = [("规定变了" if zh else "the rule changed") + _law((_show(cause.clause),), lang)]
    name = f"{cause.name} {spelling('ON', lang)} {day_text(cause.law)}" if cause.law else cause.name
    return f"{name}：{'；'.join(told)}" if zh else f"{name}: {'; '.join(told)}"


def _began(line: ir.Line, cause: Lines, lang: str) -> str:
    clause, published = _show(line.clause), _published(line.published, lang)
    text = line_text(line, lang)
    if cause.days[1] < cause.days[0] and line.until < cause.days[0]:
        return text + _law((_until(line.until, lang), published, clause), lang)
    since = _since(line.since, lang)
    comma = "，" if lang == "zh" else ", "
    return (f"{since}{comma}{text}" if since else text) + _law((published, clause), lang)


def _ended(line: ir.Line, cause: Lines, lang: str, count: int) -> str:
    zh = lang == "zh"
    quoted = ("「{}」" if zh else "“{}” ").format(line_text(line, lang)) if count > 1 or not cause.gone else ""
    if cause.repeal is not None and cause.repeal.takes(line.key, line.layer):
        return quoted + _repealed(cause.repeal, lang)
    if line.until < cause.days[1]:
        return quoted + _until(line.until, lang) + _law((_show(line.clause),), lang)
    if cause.known is not None and (line.published or line.since) > cause.known:
        day = day_text(line.published or line.since)
        return quoted + (f"{day} 才获知" if zh else f"not known until {day}") + _law((_show(line.clause),), lang)
    if line.since > cause.days[1]:
        return quoted + (f"到 {day_text(line.since)} 才开始" if zh else f"in force only since {day_text(line.since)}") + _law((_show(line.clause),), lang)  # fmt: skip
    return quoted + ("不再适用" if zh else "does not count any more") + _law((_show(line.clause),), lang)


# --- status, what came over, and the day


def _moved(cause: Moved, lang: str) -> str:
    """`低保状态：在保 → 渐退 当 …（500 < 675 …）`."""
    parts = [part_text(cause.interpretation, cause.entry, p.formula, p.holds, lang) for p in cause.taken.parts[1:]]
    colon, between = ("：", "；") if lang == "zh" else (": ", "; ")
    name = f"{cause.name} {spelling('ON', lang)} {day_text(cause.law)}" if cause.law else cause.name
    text = f"{name}{colon}{line_text(cause.taken.line, lang)}"
    return f"{text}（{between.join(parts)}）" if lang == "zh" else f"{text} ({between.join(parts)})"


def _carried(cause: Carried, lang: str) -> str:
    zh = lang == "zh"
    name = f"{cause.who} {carried_words(cause.name, lang)}".strip()
    before, after = cause.before, cause.after
    if isinstance(after, tuple) and isinstance(before, tuple) and known(before) and known(after) and after:
        newest = _past(after[-1], cause.type, lang)
        text = f"{name}：最近一个月是 {newest}" if zh else f"{name}: the latest month is {newest}"
        if len(before) == len(after):
            first = _past(before[0], cause.type, lang)
            text += f"，{first} 的那个月不再计入" if zh else f", the one with {first} does not count any more"
        return text
    way = _way(cause) if not any(isinstance(v, (Held, tuple)) for v in (before, after)) else ("变为", "changed to")
    return _became(name, _past(before, cause.type, lang), _past(after, cause.type, lang), way, lang)


def _past(value: Value, type_: Type, lang: str) -> str:
    if value is NOTHING:
        return "没有" if lang == "zh" else "none"
    if isinstance(value, Held):
        value = value.value
    if isinstance(value, tuple) and known(value):
        return ("、" if lang == "zh" else ", ").join(_past(x, type_, lang) for x in value) or "—"
    return value_text(value, type_, lang)


def _passed(cause: Passed, lang: str) -> str:
    """`甲 周岁(出生日期) 由 79 岁 升至 80 岁（1942-03-15 出生）`, `月份(决定日) 由 2 变为 3`."""
    name = f"{cause.who} {Words(lang).text(cause.formula)}".strip()
    counted = isinstance(cause.formula, ir.Past) or (
        isinstance(cause.formula, ir.Call) and cause.formula.function in ("age", "whole_months")
    )
    way = _way(cause) if counted else ("变为", "changed to")
    before, after = (value_text(v, cause.type, lang) for v in (cause.before, cause.after))
    text = _became(name, before, after, way, lang)
    if not cause.since[1]:
        return text
    day = day_text(cause.since[1])
    return f"{text}（{day} 出生）" if lang == "zh" else f"{text} (born on {day})"
