"""What a register speaks of, in words: lines and values, cells, dates, places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import prod

from ..backends.formatting import day_text
from ..explain.describe import arrears_text
from ..explain.formula import Words, line_text
from ..ir import nodes as ir
from ..model.clause import Clause
from ..model.types import Type
from ..source import Place
from ..syntax.keywords import comparison_in, spelling
from .register import Carrier, Question, Said
from .resting import Key


class Wording:
    """The words in one language."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self.zh = lang == "zh"

    def say(self, zh: str, en: str) -> str:
        return zh if self.zh else en

    def word(self, terminal: str) -> str:
        return spelling(terminal, self.lang)

    def listed(self, words: Iterable[str]) -> str:
        return self.say("、", ", ").join(words)

    def names(self, keys: Iterable[Key]) -> Iterator[str]:
        return (f"{entity}.{name}" for entity, name in keys)

    def carrier(self, item: Carrier) -> str:
        """`给付 家庭.低保金`, `参数 低保标准`: what it is, and its name."""
        if isinstance(item, ir.Parameter):
            return f"{self.word('PARAMETER')} {item.name}"
        if isinstance(item, ir.Arrears):
            return f"{self.word('BENEFIT')} {item.entity}.{item.benefit}"
        if isinstance(item, ir.Guarantee):
            return f"{self.word('GUARANTEE')} {item.title}"
        terminal = "BENEFIT" if item.benefit else "STATUS" if item.status else "RULE"
        return f"{self.word(terminal)} {item.entity}.{item.name}"

    def said(self, item: Said, carrier: Carrier) -> str:
        """A line of a rule, or a value of a parameter with its keys, as it would be written; with the dates that it says itself."""
        if isinstance(item, ir.Arrears):
            return arrears_text(item.kind, item.condition, self.lang)
        if isinstance(item, ir.Claim):
            return self.claim(item)
        if isinstance(item, ir.Repeal):
            shown = f"{self.word('REPEAL')} {item.label}".rstrip()
            return self.dated(shown, item.since, item.until)
        if isinstance(item, ir.Line):
            shown = line_text(item, self.lang)
        else:
            shown = self.keyed(item, carrier.key_types if isinstance(carrier, ir.Parameter) else ())
        return self.dated(shown, item.since, item.until if item.until == item.ends else ir.OPEN)

    def dated(self, shown: str, since: int, until: int) -> str:
        dates = self.dates(since, until)
        return f"{shown}{self.say(f'（{dates}）', f' ({dates})')}" if dates else shown

    def claim(self, item: ir.Claim) -> str:
        """`补助 不超过 1000 元/月 当 够条件`, `补助 随 收入 不增`."""
        words = Words(self.lang)
        shown = words.text(item.says)
        if item.along is not None:
            path = ".".join((*item.along.lists, item.along.fact.name))
            shown = f"{shown} {self.word('ALONG')} {path} {self.word('NEVER_RISES')}"
        return shown if item.when is None else f"{shown} {self.word('WHEN')} {words.text(item.when)}"

    def keyed(self, entry: ir.Entry, types: tuple[Type, ...]) -> str:
        """`城市 623 元/人/月`: the value with its keys before it, where it is said of some of them."""
        if all(k is None for k in entry.keys):
            return self.value(entry)
        cells = (
            "—" if k is None else self.say("、", "/").join(t.members[n] for n in k)
            for k, t in zip(entry.keys, types, strict=True)
        )
        return f"{', '.join(cells)} {self.value(entry)}"

    def value(self, entry: ir.Entry) -> str:
        """`4788 元/人/年`, `不低于 1.3 × 低保标准(地区)`, `待定`."""
        shown = Words(self.lang).text(entry.value) if entry.value is not None else ""
        match entry.kind:
            case "pending":
                return self.word("PENDING")
            case "floor":
                return f"{comparison_in('不低于', self.lang)} {shown}"
            case "target":
                return f"{self.word('TARGET')} {shown}"
        return shown

    def title(self, question: Question) -> str:
        """`低保标准(城市)`; the name alone where it is open for all keys."""
        name = question.parameter.name
        if len(question.cells) == prod(len(t.members) for t in question.parameter.key_types):
            return name
        return self.listed(f"{name}({cells})" for cells in self.cells(list(question.keys)))

    def cells(self, keys: list[tuple[str, ...]]) -> list[str]:
        """`视力、听力, 三级、四级`: values of a key that have the same values of the others beside them, together."""
        if len(keys[0]) == 1:
            return [self.say("、", "/").join(k for (k,) in keys)]
        rests: dict[str, list[tuple[str, ...]]] = {}
        for first, *rest in keys:
            rests.setdefault(first, []).append(tuple(rest))
        same: dict[tuple[tuple[str, ...], ...], list[str]] = {}
        for first, others in rests.items():
            same.setdefault(tuple(others), []).append(first)
        firsts = ((self.say("、", "/").join(names), list(others)) for others, names in same.items())
        return [f"{first}, {more}" for first, others in firsts for more in self.cells(others)]

    def dates(self, since: int, until: int) -> str:
        """`自 2021-01-01 至 2021-06-30`, as the language writes it; "" for all times."""
        parts = [f"{self.word('FROM')} {day_text(since)}"] if since else []
        parts += [f"{self.word('TO')} {day_text(until)}"] if until < ir.OPEN else []
        return " ".join(parts)

    def origin(self, policy: str, clause: Clause, place: Place) -> str:
        """`← 上级 甘肃省 省标2021 低保标准的下限  gansu.policy:33`; the policy's own places name no layer."""
        where = clause.show() or self.say("没有写明来源", "no source is written")
        above = self.say(f"上级 {clause.policy} ", f"{clause.policy} above: ")
        return f"← {'' if clause.policy == policy else above}{where}  {place.bare.file}:{place.line}"
