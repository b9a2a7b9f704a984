"""The effective policy as text, in the keyword language asked for. What a layer above says is marked with that layer's name."""

from __future__ import annotations

from collections.abc import Iterator

from ..backends.formatting import day_text, value_text
from ..explain.describe import arrears_text, claim_text
from ..explain.formula import Words, line_text, parts_words
from ..ir import nodes as ir
from ..model.types import BUILTIN, Type
from ..syntax.keywords import comparison_in, spelling
from .effective import (
    Effective,
    Origin,
    ShownArrears,
    ShownFact,
    ShownGuarantee,
    ShownLine,
    ShownParameter,
    ShownPayday,
    ShownRepeal,
    ShownRule,
    ShownValue,
)

_MODES = {"first": "FIRST", "highest": "HIGHEST", "lowest": "LOWEST", "sum": "SUM"}


def text(made: Effective, lang: str) -> str:
    """The whole page; ends without a line break."""
    return "\n".join(Phrases(lang).page(made))


class Phrases:
    """The words for what is shown, in one language; the handbook's pages use them, too."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self.zh = lang == "zh"

    def say(self, zh: str, en: str) -> str:
        return zh if self.zh else en

    def word(self, terminal: str) -> str:
        return spelling(terminal, self.lang)

    def type(self, type_: Type) -> str:
        """As it is declared: a unit, an enumeration's name, 是否, 日期 and the like."""
        if type_.kind == "enumeration":
            return type_.name
        words = [word for word, built_in in BUILTIN.items() if built_in == type_ and word.isascii() != self.zh]
        return words[0] if words else type_.own.show(self.lang)

    def page(self, made: Effective) -> Iterator[str]:
        day = day_text(made.on)
        yield self.say(f"{made.policy}  {day} 有效的规定", f"{made.policy}  in force on {day}")
        if len(made.layers) > 1:
            yield self.say("各级：", "layers: ") + " → ".join(made.layers)
        if made.payday is not None:
            yield from self.payday(made.payday)
        if made.facts:
            yield ""
            yield self.say("事实", "facts")
            last = ""
            for fact in made.facts:
                if fact.entity != last:
                    yield f"  {self.word('ENTITY')} {fact.entity}"
                    last = fact.entity
                yield self.fact(fact)
        for item in made.items:
            yield ""
            yield from self.parameter(item) if isinstance(item, ShownParameter) else self.rule(item)
        for guarantee in made.guarantees:
            yield ""
            yield from self.guarantee(guarantee)
        if made.assumptions:
            yield ""
            yield self.say("依赖的假设：", "rests on assumptions:")
            yield from (f"  - {a}" for a in made.assumptions)

    # --- where it comes from

    def origin(self, origin: Origin) -> str:
        """`← 上级 云川省 云政发〔2020〕8号 第八条  province.policy:30`; the policy's own items name no layer."""
        where = origin.clause.show() or self.say("没有写明来源", "no source is written")
        layer = "" if origin.own else self.say(f"上级 {origin.layer} ", f"{origin.layer} above: ")
        return f"← {layer}{where}  {origin.file}:{origin.line}"

    def dates(self, since: int, until: int, published: int = 0) -> str:
        parts = []
        if since:
            parts.append(self.say(f"自 {day_text(since)} 起", f"since {day_text(since)}"))
        if until < ir.OPEN:
            parts.append(self.say(f"至 {day_text(until)} 止", f"until {day_text(until)}"))
        if published:
            parts.append(self.say(f"{day_text(published)} 公布", f"published {day_text(published)}"))
        return self.say("，", ", ").join(parts)

    # --- facts

    def fact(self, shown: ShownFact) -> str:
        f = shown.fact
        said = self.type(f.type)
        if f.by:
            said += f", {self.word('BY')} {f.by} {self.word('DECIDES')}"
        added = self.say("（补充的）", " (added)") if shown.added else ""
        return f"    {f.name} : {said}{added}  {self.origin(shown.origin)}"

    # --- guarantees

    def guarantee(self, g: ShownGuarantee) -> Iterator[str]:
        yield f"{self.word('GUARANTEE')} {g.title}  {self.origin(g.origin)}"
        for x in g.claims:
            parts = [claim_text(x.claim, self.lang), self.dates(x.claim.since, x.claim.until, x.claim.published)]
            parts += [f"{self.word('ASSUME')} {a}" for a in x.claim.assumptions]
            yield "  " + "  ".join([*(p for p in parts if p), self.origin(x.origin)])
        for assumption in g.assumptions:
            yield f"  {self.word('ASSUME')} {assumption}"

    # --- parameters

    def parameter(self, p: ShownParameter) -> Iterator[str]:
        keys = f"({', '.join(p.keys)})" if p.keys else ""
        yield f"{self.word('PARAMETER')} {p.name}{keys} : {self.type(p.type)}  {self.origin(p.origin)}"
        for value in p.values:
            yield f"  {self.value(p, value)}"
            for other in value.displaced:
                word = self.say("上级的下限", "floor above") if other.kind == "floor" else self.say("取代", "displaces")
                yield f"    {word}  {self.value(p, other, keys=False)}"
        for target in p.targets:
            yield f"  {self.value(p, target)}"
        for repeal in p.repeals:
            yield from self.repeal(repeal)

    def amount(self, p: ShownParameter | ir.Parameter, v: ShownValue) -> str:
        """A value as it is written: with 不低于, 目标 or 待定, computed ones with their formula."""
        if v.kind == "pending":
            return self.word("PENDING")
        if v.kind == "none":
            return self.say("没有规定", "nothing in force")
        said = value_text(v.value, p.type, self.lang, exact=True) if v.value is not None else ""
        if said and v.written is not None and v.written.is_amount and v.written.own != p.type.own:
            said = f"{value_text(v.value, v.written, self.lang, exact=True)} = {said}"
        if v.formula is not None:
            said = f"{Words(self.lang).text(v.formula)}{f' = {said}' if said else ''}"
        if v.kind == "floor":
            return f"{comparison_in('不低于', self.lang)} {said}"
        return f"{self.word('TARGET')} {said}" if v.kind == "target" else said

    def value(self, p: ShownParameter, v: ShownValue, keys: bool = True) -> str:
        said = self.amount(p, v)
        parts = [", ".join(v.keys) if keys else "", said, self.dates(v.since, v.until, v.published)]
        parts += [f"{self.word('ASSUME')} {a}" for a in v.assumptions]
        parts.append(self.origin(v.origin) if v.origin is not None else "")
        return "  ".join(x for x in parts if x)

    # --- rules

    def payday(self, p: ShownPayday) -> Iterator[str]:
        word = self.word("PAYDAY")
        yield f"{word} {p.day}  {self.origin(p.origin)}"
        for other in p.displaced:
            yield f"  {self.say('取代', 'displaces')}  {word} {other.day}  {self.origin(other.origin)}"

    def arrears(self, a: ShownArrears) -> str:
        return f"{arrears_text(a.kind, a.condition, self.lang)}  {self.origin(a.origin)}"

    def marks(self, r: ShownRule, kind: str) -> Iterator[str]:
        for mark in r.marks:
            if mark.kind == kind:
                yield f"  {self.word(kind.upper())} {self.say('、', ', ').join(mark.states)}  {self.origin(mark.origin)}"

    def rule(self, r: ShownRule) -> Iterator[str]:
        word = self.word("STATUS" if r.status else "BENEFIT" if r.benefit else "RULE")
        type_ = "" if r.status else f" : {self.type(r.type)}"
        paid = f" {parts_words(r.parts, r.type, self.lang)}" if r.parts is not None else ""
        yield f"{word} {r.entity} {r.name}{type_}{paid}  {self.origin(r.origin)}"
        yield from self.marks(r, "initial")
        if r.mode:
            yield f"  {self.word(_MODES[r.mode])}"
        for shown in r.lines:
            yield f"  {self.line(shown)}"
            if shown.beats:
                names = self.say("、", ", ").join(self.named(x) for x in shown.beats)
                yield f"    {self.say('先于', 'comes before')}  {names}"
            for other in shown.displaced:
                yield f"    {self.say('取代', 'displaces')}  {self.line(other)}"
        yield from self.marks(r, "final")
        if not r.lines:
            yield f"  {self.say('没有规定', 'nothing in force')}"
        for said in (x for x in (r.arrears, r.recover) if x is not None):
            yield f"  {self.arrears(said)}"
            for above in said.displaced:
                yield f"    {self.say('取代', 'displaces')}  {self.arrears(above)}"
        for repeal in r.repeals:
            yield from self.repeal(repeal)
        for assumption in r.assumptions:
            yield f"  {self.word('ASSUME')} {assumption}"

    def line(self, shown: ShownLine) -> str:
        x = shown.line
        parts = [line_text(x, self.lang), self.dates(x.since, x.until, x.published)]
        parts += [f"{self.word('ASSUME')} {a}" for a in x.assumptions]
        return "  ".join([*(p for p in parts if p), self.origin(shown.origin)])

    def named(self, shown: ShownLine) -> str:
        x = shown.line
        label = f"{self.word('EXCEPT')} {x.label}" if x.label else line_text(x, self.lang)
        return (
            label
            if shown.origin.own
            else self.say(f"{label}（{shown.origin.layer}）", f"{label} ({shown.origin.layer})")
        )

    def repeal(self, r: ShownRepeal) -> Iterator[str]:
        parts = [f"{self.word('REPEAL')} {r.label}".rstrip(), self.dates(r.since, r.until)]
        parts += [f"{self.word('ASSUME')} {a}" for a in r.assumptions]
        yield "  " + "  ".join([*(p for p in parts if p), self.origin(r.origin)])
        for line in r.taken:
            yield f"    {self.say('不再适用', 'no longer applies')}  {self.line(line)}"
