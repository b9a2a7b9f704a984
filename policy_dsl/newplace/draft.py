"""The first file of a new place: every parameter that the layers above leave open as a 修订 of 待定, and what its drafter has to ask.

Made of the parent's program alone: what is open comes from its register, declarations are written by the printer, so that both keyword
languages come for free.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..ir import nodes as ir
from ..library import in_order
from ..policy import Policy
from ..register.offices import civil_affairs
from ..register.register import Question, Register
from ..register.words import Wording
from ..source import Source, Span
from ..syntax import nodes
from ..syntax.printer.printer import text
from ..syntax.printer.words import Language
from ..syntax.unfilled import TO_FILL
from .first_example import first_case
from .pending import amendment

_HERE = Span(Source("", ""), 0, 0)  # of nodes that nobody wrote


def draft(parent: Policy, name: str, lang: str, month: str) -> str:
    """The text of a policy `name` that extends `parent`; `month` (YYYY-MM) is that of the example to begin with."""
    return "\n".join(_Draft(parent, name, lang).blocks(month))


class _Draft(Wording):
    def __init__(self, parent: Policy, name: str, lang: str) -> None:
        super().__init__(lang)
        self.language: Language = "zh" if self.zh else "en"
        self.parent = parent
        self.name = name
        self.register: Register = parent.register()
        self.benefits = {(r.entity, r.name) for r in parent.program.rules if r.benefit}

    def comment(self, *lines: str) -> str:
        return "".join(f"// {line}".rstrip() + "\n" for line in lines)

    def blocks(self, month: str) -> Iterator[str]:
        """The parts of the file, with a blank line between."""
        yield self.head()
        yield self.how()
        yield self.document()
        yield from self.parameters()
        yield from self.formerly()
        yield from self.assumptions()
        yield self.case(month)

    # --- what it is, and how it is filled in

    def head(self) -> str:
        above = self.parent.program.jurisdiction
        place = f"{above} {self.name}" if above not in ("", "全国") else self.name
        made = nodes.PolicyHead(self.name, self.parent.name, place, span=_HERE)
        title = self.say(
            f"# {self.name}：{self.parent.name}的规定，本地的数",
            f"# {self.name}: the rules of {self.parent.name}, local figures",
        )
        return f"{title}\n{text(made, self.language)}"

    def how(self) -> str:
        pending, since, published, assume, amend = map(self.word, ("PENDING", "FROM", "PUBLISHED", "ASSUME", "AMEND"))
        if self.zh:
            return self.comment(
                f"从上往下，把「{pending}」一处一处换成本地文件里的数。问不到的留着：{pending}不是零，用到它的结果会写明在等什么。",
                "每填一处，先答这几个问题：",
                f"  1. 依据哪一份文件的哪一条？先在下面写「文件」，再把标题里的「{TO_FILL[0]}」和上级的条名换成本地的条款。",
                "  2. 多少？单位按注释里的写。来源只说「不低于」的，不是本地的数。",
                f"  3. 从哪一天起？表头最后一格换成「{since} 2024-01-01」，一个日期一列；不是表的写「{since} 2024-01-01 为 …」。",
                f"  4. 哪一天公布？在执行以后才公布的，日期后面加「{published} 2024-03-15」，补发就从这里来。",
                f"  5. 文件没有写明白的，取了哪一种读法？在那一行的末尾写「{assume} 编号 理由」。",
                f"改完就检查。本地不用的可以删掉那一段；上级其他的规定在本地不一样的，另写「{amend} 名称」。",
            )
        return self.comment(
            f"From top to bottom, put the figures of the local document in the place of “{pending}”. What nobody can tell you stays: it is",
            "not zero, and a result that needs it says what it waits for. For each figure, ask first:",
            f"  1. By which document, which article? Declare the document below, and write the article in the place of “{TO_FILL[1]}” and what follows.",
            "  2. How much? In the unit of the comment. “At least” is no local figure.",
            f"  3. Since when? Write “{since} 2024-01-01” in the last cell of the header, a column a date; elsewhere “{since} 2024-01-01 is …”.",
            f"  4. Published when? Where that was after it took effect, add “{published} 2024-03-15”: arrears come from there.",
            f"  5. Where the document is not clear, which reading was taken? End the line with “{assume} ID reason”.",
            f"Check after each change. What does not exist here may go; what differs from the layers above is another “{amend} NAME”.",
        )

    def document(self) -> str:
        office = civil_affairs(self.name) or self.say(f"{self.name}民政局", f"the office in charge of {self.name}")
        made = nodes.Document(
            self.say("本地文件", "local_document"),
            self.say("文号", "number"),
            self.say("标题", "its title"),
            office,
            "2024-01-20",
            span=_HERE,
        )
        asks = self.say(
            "哪一份文件？去掉下面各行的「// 」，填上文号、标题、机关、日期；有几份写几份。",
            "Which document? Take the “// ” away and fill in.",
        )
        return self.comment(asks, *text(made, self.language).splitlines())

    # --- parameters

    def parameters(self) -> Iterator[str]:
        """In the order of the layers above, under headings to be filled in that name theirs."""
        layers = {name: n for n, name in enumerate(self.parent.program.chain)}
        open_ = {q.parameter.name: q.parameter for q in self.register.questions if q.until == ir.OPEN}
        ordered = sorted(
            open_.values(), key=lambda p: (layers.get(p.clause.policy, 0), in_order(p.place.file), p.place.line)
        )  # fmt: skip
        last: tuple[str, ...] = ()
        for parameter in ordered:
            clause = parameter.clause
            path = (clause.policy, clause.document, *(clause.headings or (parameter.name,)))
            lines = []
            if path != last:
                lines += self.headings(path[2:], last[2:] if path[:2] == last[:2] else ())
                where = " ".join(x for x in (clause.policy, clause.document) if x)
                gist = f"{self.say('：', ': ')}{clause.gist}" if clause.gist else ""
                lines.append(self.comment(f"{self.say('上级', 'above')} {where}{gist}"))
                last = path
            yield "".join([*lines, self.amendment(parameter)])

    def headings(self, path: tuple[str, ...], before: tuple[str, ...]) -> list[str]:
        same = next(
            (n for n, (a, b) in enumerate(zip(path, before, strict=False)) if a != b), min(len(path), len(before))
        )
        same = min(same, len(path) - 1)
        return [
            text(nodes.Heading(n + 2, f"{self.say(*TO_FILL)} {said}", span=_HERE), self.language)
            for n, said in enumerate(path)
            if n >= same
        ]

    def amendment(self, parameter: ir.Parameter) -> str:
        questions = [q for q in self.register.questions if q.parameter is parameter and q.until == ir.OPEN]
        made = amendment(parameter, [cell for q in questions for cell in q.cells])
        return self.comment(*self.asked(parameter, questions)) + text(made, self.language)

    def asked(self, parameter: ir.Parameter, questions: list[Question]) -> Iterator[str]:
        """What it is, in which unit; what the layers above say instead of an amount; who waits for it."""
        yield f"{parameter.name}{self.say('：', ': ')}{self.what(parameter)}"
        for q in questions:
            if q.kind != "pending":
                where = f"{q.entry.clause.policy} {self.dates(q.entry.since, ir.OPEN)}".rstrip()
                shown = f"{self.keyed(q.entry, parameter.key_types)}{self.say('（', ' (')}{where}{self.say('）', ')')}"
                yield self.say(f"上级只有：{shown}", f"all that is above: {shown}")
        waiting = dict.fromkeys(k for q in questions for k in q.outputs)
        paid = self.listed(self.names(k for k in waiting if k in self.benefits))
        if paid:
            yield self.say(f"等它的给付：{paid}", f"benefits that wait for it: {paid}")
        elif not waiting:
            yield self.say("现在没有规则用到它，可以先不填", "no rule reads it now: it may wait")

    def what(self, parameter: ir.Parameter) -> str:
        type_ = parameter.type
        each = f"{self.say('、', ', ').join(parameter.keys)}" if parameter.keys else ""
        of = self.say(f"每种{each}", f" for each {each}") if each else ""
        if type_.kind == "truth":
            return self.say(f"{of}是还是否？", f"yes or no{of}?")
        if type_.kind == "date":
            return self.say(f"{of}是哪一天？", f"which day{of}?")
        if type_.kind == "enumeration":
            members = " | ".join(type_.members)
            return self.say(f"{of}是哪一种（{members}）？", f"which one{of} ({members})?")
        unit = type_.own.show(self.lang) or self.say("数", "a number")
        return self.say(f"{of}多少？单位 {unit}", f"how much{of}? In {unit}")

    def formerly(self) -> Iterator[str]:
        """What was open once and has an amount above by now."""
        still = {(q.parameter.name, cell) for q in self.register.questions if q.until == ir.OPEN for cell in q.cells}
        once = []
        for q in self.register.questions:
            left = tuple(cell for cell in q.cells if (q.parameter.name, cell) not in still)
            if q.until < ir.OPEN and left:
                once.append(f"{self.title(q._replace(cells=left))} {self.dates(q.since, q.until)}")
        if once:
            zh = f"从前待定、后来上级有了数的：{'；'.join(once)}。要为那时作决定，也用「{self.word('AMEND')}」补上。"
            en = f"open in former times, with an amount above by now: {'; '.join(once)}. To decide for those times, amend them too."
            yield self.comment(self.say(zh, en))

    # --- assumptions, and an example

    def assumptions(self) -> Iterator[str]:
        """Those of the layers above on which any output rests: the drafter knows which of them hold here."""
        lines = []
        for assumed in self.register.assumptions:
            for reason in dict.fromkeys(w.reason for w in assumed.written if w.counts):
                first = next(w for w in assumed.written if w.counts and w.reason == reason)
                office = first.office.name
                settled = self.say(f"；{office}可定", f"; {office} could settle it") if office else ""
                where = f"{first.clause.policy}{self.say('，', ', ')}{self.carrier(first.carrier)}"
                lines.append(f"- {assumed.id} {reason}{self.say('（', ' (')}{where}{settled}{self.say('）', ')')}")
        if lines:
            title = self.say("上级的假设", "Assumptions of the layers above")
            asks = self.say(
                "这些假设在本地成立吗？成立的不用写。不成立的，用「修订」写本地的做法和依据。",
                "Do they hold here? Those that do need nothing. For the others, amend what they stand at, with the local source.",
            )
            yield text(nodes.Heading(2, title, span=_HERE), self.language) + self.comment(asks, *lines)

    def case(self, month: str) -> str:
        """A first example as a comment. It passes as it stands, as long as everything is 待定."""
        title = nodes.Heading(2, self.say("案例", "Examples"), span=_HERE)
        made = first_case(self.parent, self.say("第一户", "the first household"), month, self.lang)
        asks = self.say(
            "从一户开始：去掉下面各行的「// 」，改成您手上的一户，在「应为」里写您算出的结果，再运行 policy test。",
            "Begin with one household: take the “// ” away, write the facts of one that you have at hand, expect what you work out by hand,",
        )
        more = [] if self.zh else ["then run policy test."]
        shown = text(made, self.language).splitlines() if made is not None else []
        return text(title, self.language) + self.comment(asks, *more, *shown)
