"""Declarations: what begins at the start of a line, with the head that it has."""

from __future__ import annotations

from typing import Any

from lark import Token

from ...source import Span
from .. import nodes, undated
from .bodies import Bodies
from .pieces import Reject


class Declarations(Bodies):
    """Policies, documents, types, entities and their facts, parameters, rules, statuses, amendments."""

    def start(self, c: list[Any]) -> Any:
        return c[0]

    def policy(self, c: list[Any]) -> nodes.PolicyHead:
        lines = self.once(c)
        payday = lines.get("PAYDAY")
        return nodes.PolicyHead(
            str(c[1]),
            lines.get("EXTENDS"),
            lines.get("JURISDICTION"),
            int(payday) if payday else None,
            span=self.span(c[:2]),
        )

    def payday(self, c: list[Any]) -> tuple[Token, str]:
        if not (str(c[1]).isdecimal() and 1 <= int(c[1]) <= 31):
            raise Reject(self.at(c[1]), "P1010", written=str(c[1]))
        return (c[0], str(c[1]))

    def once(self, c: list[Any]) -> dict[str, str]:
        """The lines under a head by their keyword; none may be written twice, or one of the two would be lost."""
        lines: dict[str, str] = {}
        for word, value in (x for x in c if isinstance(x, tuple)):
            if word.type in lines:
                raise Reject(
                    self.at(word),
                    "P0101",
                    found="同一说明写了两次",
                    found_en="the same line twice",
                    hint=("留一个", "keep one"),
                    expected="",
                    expected_en="",
                )
            lines[word.type] = value
        return lines

    def extends(self, c: list[Any]) -> tuple[Token, str]:
        return (c[0], str(c[1]))

    def text_line(self, c: list[Any]) -> tuple[Token, str]:
        return (c[0], str(c[0]))

    def dated_line(self, c: list[Any]) -> tuple[Token, str]:
        return (c[0], self.calendar(c[1]))

    def document(self, c: list[Any]) -> nodes.Document:
        lines = self.once(c)
        number = self.take(c, "TEXT")
        return nodes.Document(
            str(c[1]),
            number[0].strip() if number else "",
            lines.get("TITLE"),
            lines.get("ISSUER"),
            lines.get("DATED"),
            span=self.span(c[:4]),
        )

    def entity(self, c: list[Any]) -> nodes.Entity:
        names = self.take(c, "NAME")
        return nodes.Entity(
            names[0], names[1] if len(names) > 1 else None, tuple(self.pick(c, nodes.Fact)), span=self.span(c[:4])
        )

    def names(self, c: list[Any]) -> tuple[Token, ...]:
        return tuple(x for x in c if x.type == "NAME")

    def fact(self, c: list[Any]) -> nodes.Fact:
        options: dict[str, Any] = {}
        for key, value, span in (
            x
            for x in c
            if isinstance(x, tuple) and len(x) == 3 and isinstance(x[0], str) and not isinstance(x[0], Token)
        ):
            if key in options:
                raise Reject(
                    span,
                    "P0101",
                    found="同一说明写了两次",
                    found_en="the same option twice",
                    hint=("留一个", "keep one"),
                    expected="",
                    expected_en="",
                )
            options[key] = value
        return nodes.Fact(tuple(map(str, c[0])), c[2], **options, span=self.span(c))

    def option_range(self, c: list[Any]) -> Any:
        return ("range", (c[0], c[2]), self.span(c))

    def option_default(self, c: list[Any]) -> Any:
        return ("default", c[1], self.span(c))

    def option_fixed(self, c: list[Any]) -> Any:
        return ("fixed", True, self.span(c))

    def option_born(self, c: list[Any]) -> Any:
        return ("born", True, self.span(c))

    def option_identifies(self, c: list[Any]) -> Any:
        return ("identifies", True, self.span(c))

    def option_died(self, c: list[Any]) -> Any:
        return ("died", True, self.span(c))

    def option_ask(self, c: list[Any]) -> Any:
        return ("ask", str(c[1]), self.span(c))

    def option_by(self, c: list[Any]) -> Any:
        return ("by", str(c[1]), self.span(c))

    def option_when(self, c: list[Any]) -> Any:
        return ("when", self.limited(c[1]), self.span(c))

    def named_type(self, c: list[Any]) -> nodes.NamedType:
        return nodes.NamedType(tuple(self.take(c, "NAME")), span=self.span(c))

    def percent_type(self, c: list[Any]) -> nodes.NamedType:
        return nodes.NamedType(("%", *self.take(c, "NAME")), span=self.span(c))

    def inline_enumeration(self, c: list[Any]) -> nodes.InlineEnumeration:
        return nodes.InlineEnumeration(tuple(self.take(c, "NAME")), span=self.span(c))

    def list_of(self, c: list[Any]) -> nodes.ListOf:
        return nodes.ListOf(str(c[1]), span=self.span(c))

    def type_unit(self, c: list[Any]) -> nodes.TypeDeclaration:
        if str(c[3]) not in ("单位", "unit"):  # by another name, which may be declared in any layer
            return nodes.TypeDeclaration(str(c[1]), "named", (str(c[3]),), span=self.span(c))
        return nodes.TypeDeclaration(str(c[1]), "unit", span=self.span(c[:2]))

    def type_ordered(self, c: list[Any]) -> nodes.TypeDeclaration:
        return nodes.TypeDeclaration(str(c[1]), "ordered", tuple(self.take(c[2:], "NAME")), span=self.span(c[:2]))

    def type_unordered(self, c: list[Any]) -> nodes.TypeDeclaration:
        return nodes.TypeDeclaration(str(c[1]), "unordered", tuple(self.take(c[2:], "NAME")), span=self.span(c[:2]))

    def parameter(self, c: list[Any]) -> nodes.Parameter:
        keys = next((tuple(map(str, x)) for x in c if isinstance(x, tuple) and x and isinstance(x[0], Token)), ())
        (type_,) = self.pick(c, nodes.NamedType, nodes.InlineEnumeration, nodes.ListOf)
        dates = self.pick(c, nodes.Dates)
        body = self.body_of(c[-1], str(c[1]))
        return nodes.Parameter(str(c[1]), keys, type_, dates[0] if dates else None, body, span=self.span(c[:-1]))

    def rule(self, c: list[Any]) -> nodes.Rule:
        (type_,) = self.pick(c, nodes.NamedType, nodes.InlineEnumeration, nodes.ListOf)
        dates = self.pick(c, nodes.Dates)
        name = str(c[2])
        parts = next(iter(self.pick(c, nodes.Parts)), None)
        if parts is not None and c[0].type != "BENEFIT":
            raise Reject(parts.span, "P0272", name=name)
        return nodes.Rule(
            tuple(map(str, c[1])),
            name,
            type_,
            dates[0] if dates else None,
            self.body_of(c[-1], name),
            c[0].type == "BENEFIT",
            parts,
            span=self.span(c[:-1]),
        )

    def parts(self, c: list[Any]) -> nodes.Parts:
        months = [x for x in c if isinstance(x, tuple)]
        written = [x for x in c if isinstance(x, Token) and x.type == "PAY_MONTHS"]
        if written and c[0].type == "MONTHLY":
            zh, en = "按月发 每个月都发", "“paid monthly” is paid in every month"
            raise Reject(self.span(c[1:]), "P0271", problem=zh, problem_en=en)
        seen: list[int] = []
        for month, span in months:
            if month in seen:
                zh, en = f"{month} 月写了两次", f"month {month} is written twice"
                raise Reject(span, "P0271", problem=zh, problem_en=en)
            seen.append(month)
        if months and sorted((m - 1) // 3 for m in seen) != [0, 1, 2, 3]:
            span = Span(self.source, months[0][1].start, months[-1][1].end)
            zh, en = "这些月份不是每季一个", "these months are not one of each quarter"
            raise Reject(span, "P0271", problem=zh, problem_en=en)
        (rounding,) = self.take(c, "NAME") or ("",)
        step = next((x for x in c if isinstance(x, nodes.Number | nodes.Negative | nodes.Name)), None)
        return nodes.Parts(
            "monthly" if c[0].type == "MONTHLY" else "quarterly", tuple(seen), rounding, step, span=self.span(c)
        )

    def pay_month(self, c: list[Any]) -> tuple[int, Span]:
        span = self.span(c)
        calendar = c[1] is None or str(c[1]) in ("月", "month")
        if not (calendar and str(c[0]).isdecimal() and 1 <= int(c[0]) <= 12):
            raise Reject(span, "P0270", written=span.text)
        return int(c[0]), span

    def status(self, c: list[Any]) -> nodes.Status:
        dates = self.pick(c, nodes.Dates)
        name = str(c[2])
        return nodes.Status(
            tuple(map(str, c[1])),
            name,
            dates[0] if dates else None,
            self.body_of(c[-1], name),
            span=self.span(c[:-1]),
        )

    def amendment_facts(self, c: list[Any]) -> nodes.Amendment:
        if c[2] is not None:
            raise Reject(c[2].span, "P0420", hint=undated.FACT)
        return nodes.Amendment(tuple(map(str, c[1])), (), tuple(self.pick(c, nodes.Fact)), span=self.span(c[:2]))

    def amendment_values(self, c: list[Any]) -> nodes.Amendment:
        if c[2] is not None:
            raise Reject(c[2].span, "P0420", hint=undated.VALUES)
        values = tuple(self.pick(c, nodes.Added))
        return nodes.Amendment(tuple(map(str, c[1])), (), values=values, span=self.span(c[:2]))

    def added(self, c: list[Any]) -> nodes.Added:
        return nodes.Added(str(c[0]), None if c[1] is None else str(c[2]), span=self.span(c[:-1]))

    def amendment(self, c: list[Any]) -> nodes.Amendment:
        names = tuple(map(str, c[1]))
        if c[2] is not None:
            raise Reject(c[2].span, "P0275", name=names[0])
        return nodes.Amendment(names, self.body_of(c[-1], names[0]), (), c[3], span=self.span(c[:-1]))
