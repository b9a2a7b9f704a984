"""The register as text and as Markdown: the same headings and rows, set in two ways."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from ..explain.describe import between_text, review_text
from ..ir import nodes as ir
from ..syntax.keywords import MEASURES
from .register import Assumed, Question, Register, Reviewed, Written
from .resting import Key
from .words import Wording


class Row(NamedTuple):
    """`kind`: title, note, section, item, row."""

    kind: str
    text: str
    label: str = ""


def text(made: Register, lang: str) -> str:
    """For a terminal; ends without a line break."""
    out: list[str] = []
    for row in _Page(lang).rows(made):
        if row.kind in ("section", "item"):
            out.append("")
        out.append(f"  {row.label}  {row.text}" if row.kind == "row" else row.text)
    return "\n".join(out)


def markdown(made: Register, lang: str) -> str:
    """For a page; ends without a line break."""
    marks = {"title": "# ", "section": "## ", "item": "### ", "row": "- "}
    colon = "：" if lang == "zh" else ": "
    out: list[str] = []
    last = ""
    for row in _Page(lang).rows(made):
        if last and not last == row.kind == "row":
            out.append("")
        out.append(marks.get(row.kind, "") + _escaped(f"{row.label}{colon}{row.text}" if row.label else row.text))
        last = row.kind
    return "\n".join(out)


def _escaped(said: str) -> str:
    """What Markdown would take for a mark of its own stays what it is."""
    for mark in "\\`*_[]<>|#":
        said = said.replace(mark, "\\" + mark)
    return said


class _Page(Wording):
    """The register in one language, from top to bottom."""

    def rows(self, made: Register) -> Iterator[Row]:
        yield Row(
            "title",
            self.say(f"{made.policy}：假设、待定和复核", f"{made.policy}: assumptions, open questions, reviews"),
        )
        if len(made.program.chain) > 1:
            yield Row("note", self.say("各级：", "layers: ") + " → ".join(made.program.chain))
        n = len(made.assumptions)
        yield Row("section", self.say(f"假设（{n} 项）", f"Assumptions ({n})"))
        for assumed in made.assumptions:
            yield Row("item", assumed.id)
            yield from self.assumption(made, assumed)
        n = len(made.questions)
        yield Row("section", self.say(f"待定（{n} 项）", f"Open questions ({n})"))
        for question in made.questions:
            yield Row("item", self.title(question))
            yield from self.question(made, question)
        n = len(made.reviews)
        yield Row("section", self.say(f"复核（{n} 项）", f"To be reviewed ({n})"))
        for reviewed in made.reviews:
            yield Row(
                "item",
                f"{self.carrier(reviewed.carrier)}{self.say('：', ': ')}{review_text(reviewed.review, self.lang)}",
            )
            yield from self.reviewed(made, reviewed)

    def row(self, text: str, zh: str, en: str) -> Row:
        return Row("row", text, self.say(zh, en))

    def assumption(self, made: Register, assumed: Assumed) -> Iterator[Row]:
        """Places with one reason stand under it, and so do those that one office could settle."""
        for reason, places in groupby(assumed.written, key=lambda w: w.reason):
            yield self.row(reason or self.say("没有写理由", "none is written"), "理由", "reason")
            for office, here in groupby(places, key=lambda w: w.office):
                for place in here:
                    yield self.row(self.place(made, place), "写在", "written at")
                yield self.row(office.text(self.lang), "可定", "could be settled by")
        settled = [
            f"{w.carrier.entity}.{MEASURES['arrears'][0 if self.zh else 1]}({w.carrier.benefit})"
            for w in assumed.written
            if isinstance(w.carrier, ir.Arrears)
        ]
        kept = dict.fromkeys(w.carrier.title for w in assumed.written if isinstance(w.carrier, ir.Guarantee))
        if kept:
            yield self.row(self.listed(kept), "影响保证", "bears on guarantees")
        if assumed.outputs or settled or not kept:
            yield from self.bears(made, assumed.outputs, ("影响", "bears on"), settled)
        yield from self.later(assumed.later)

    def place(self, made: Register, w: Written) -> str:
        about = self.say("；", "; ").join(self.said(x, w.carrier) for x in w.about)
        idle = (
            ""
            if w.counts
            else self.say("  （不起作用：已被取代，或没有结果用到）", "  (displaced, or read by no output)")
        )
        where = self.origin(made.policy, w.clause, w.place)
        return f"{self.carrier(w.carrier)}{self.say('：', ': ')}{about}  {where}{idle}"

    def bears(
        self, made: Register, keys: tuple[Key, ...], label: tuple[str, str], more: Sequence[str] = ()
    ) -> Iterator[Row]:
        """Benefits apart from the rules and statuses on the way to them: they are what people get."""
        benefits = {(r.entity, r.name) for r in made.program.rules if r.benefit}
        paid = [*self.names(k for k in keys if k in benefits), *dict.fromkeys(more)]
        others = list(self.names(k for k in keys if k not in benefits))
        zh, en = label
        if paid:
            yield self.row(self.listed(paid), f"{zh}给付", f"{en} benefits")
        if others:
            yield self.row(self.listed(others), f"{zh}规则", f"{en} rules")
        if not paid and not others:
            yield self.row(self.say("没有结果", "no output"), zh, en)

    def later(self, keys: tuple[Key, ...]) -> Iterator[Row]:
        if keys:
            yield self.row(self.listed(self.names(keys)), "经以前的月份影响", "bears by way of earlier months on")

    def question(self, made: Register, question: Question) -> Iterator[Row]:
        stands = {
            "pending": ("待定", "pending"),
            "floor": ("只有下限，不是数额", "a floor alone, which is no amount"),
            "target": ("只有目标，不是数额", "a target alone, which is no amount"),
        }[question.kind]
        if question.kind == "pending":
            bounds = question.entry.bounds
            between = between_text(*bounds, question.parameter.type, self.lang) if bounds is not None else ""
            shown = f"{self.say('，', ', ')}{between}" if between else ""
        else:
            shown = f"{self.say('：', ': ')}{self.value(question.entry)}"
        yield self.row(self.say(*stands) + shown, "现状", "stands at")
        dates = self.dates(question.since, question.until)
        yield self.row(dates or self.say("不分日期", "at all times"), "时间", "time")
        where = self.origin(made.policy, question.entry.clause, question.entry.place)
        yield self.row(where, "写在", "written at")
        yield from self.bears(made, question.outputs, ("等它的", "waited for by"))
        yield from self.later(question.later)

    def reviewed(self, made: Register, reviewed: Reviewed) -> Iterator[Row]:
        about = self.say("；", "; ").join(self.said(x, reviewed.carrier) for x in reviewed.about)
        where = self.origin(made.policy, reviewed.clause, reviewed.place)
        yield self.row(f"{about}  {where}", "写在", "written at")
        yield from self.bears(made, reviewed.outputs, ("影响", "bears on"))
        yield from self.later(reviewed.later)
