"""Bodies: the lines under a declaration, each with what holds, what it gives, and since when."""

from __future__ import annotations

from typing import Any

from lark import Token

from .. import nodes
from .tables import Tables


class Bodies(Tables):
    """Lines that give a value or take one away, and those of a 阶段."""

    def body(self, c: list[Any]) -> list[Any]:
        return [x for x in c if not isinstance(x, Token)]

    def body_of(self, lines: list[Any], name: str) -> tuple[nodes.Line, ...]:
        """Tables are read here, since only the declaration's name tells which columns are results."""
        out: list[nodes.Line] = []
        for line in lines:
            if isinstance(line, list):
                out.append(self.table_of(line, name))
            elif isinstance(line, nodes.Dated):
                out.append(nodes.Dated(line.dates, self.body_of(list(line.lines), name), line.inline, span=line.span))
            else:
                out.append(line)
        return tuple(out)

    def value(self, c: list[Any]) -> nodes.Value:
        return nodes.Value(c[1], c[2], span=self.span(c[:-1]))

    def branch(self, c: list[Any]) -> nodes.Branch:
        return nodes.Branch(self.limited(c[1]), c[3], c[4], span=self.span(c[:-1]))

    def otherwise(self, c: list[Any]) -> nodes.Otherwise:
        return nodes.Otherwise(c[2], c[3], span=self.span(c[:-1]))

    def exception(self, c: list[Any]) -> nodes.Except:
        result = self.pick(c, nodes.Result)[0]
        beats = next((tuple(map(str, x)) for x in c if isinstance(x, tuple)), ())
        notes = self.pick(c, nodes.Notes)[0]
        label = str(c[1]) if c[1] is not None else ""
        return nodes.Except(label, self.limited(c[3]), result, beats, notes, span=self.span(c[:-1]))

    def exact(self, c: list[Any]) -> nodes.Result:
        return nodes.Result("exact", self.limited(c[0]), span=self.span(c))

    def floor(self, c: list[Any]) -> nodes.Result:
        return nodes.Result("floor", self.limited(c[1]), span=self.span(c))

    def target(self, c: list[Any]) -> nodes.Result:
        return nodes.Result("target", self.limited(c[1]), span=self.span(c))

    def pending(self, c: list[Any]) -> nodes.Result:
        bounds = None if c[1] is None else (c[2], c[4])
        return nodes.Result("pending", None, bounds, span=self.span(c))

    def mode(self, c: list[Any]) -> Any:
        return c[0]

    def mode_line(self, c: list[Any]) -> nodes.Mode:
        return nodes.Mode(c[0].type.lower(), span=self.at(c[0]))

    def remark(self, c: list[Any]) -> nodes.Remark:
        return nodes.Remark(self.notes(c[:-1]), span=self.span(c[:-1]))

    def repeal(self, c: list[Any]) -> nodes.Repeal:
        return nodes.Repeal(() if c[1] is None else (str(c[1]),), c[2], span=self.span(c[:-1]))

    def repeal_steps(self, c: list[Any]) -> nodes.Repeal:
        return nodes.Repeal(tuple(map(str, c[1])), c[4], str(c[3]), span=self.span(c[:-1]))

    def dated_repeal_steps(self, c: list[Any]) -> nodes.Dated:
        """`自 D 废止 甲 → 乙` on one line."""
        return nodes.Dated(c[0], (self.repeal_steps(c[1:]),), True, span=self.span(c[:-1]))

    def dated_repeal(self, c: list[Any]) -> nodes.Dated:
        """`自 D 废止 名` on one line."""
        return nodes.Dated(c[0], (self.repeal(c[1:]),), True, span=self.span(c[:-1]))

    def dated_value(self, c: list[Any]) -> nodes.Dated:
        value = nodes.Value(c[2], c[5], span=self.span(c[1:-1]))
        return nodes.Dated(self.behind(c[0], c[3], c[4]), (value,), True, span=self.span(c[:-1]))

    def dated_special(self, c: list[Any]) -> nodes.Dated:
        """`自 D 不低于 420`, `自 D 待定`: these need no 为."""
        value = nodes.Value(c[1], c[4], span=self.span(c[1:-1]))
        return nodes.Dated(self.behind(c[0], c[2], c[3]), (value,), True, span=self.span(c[:-1]))

    def dated_block(self, c: list[Any]) -> nodes.Dated:
        return nodes.Dated(c[0], tuple(x for x in c[1:] if not isinstance(x, Token)), False, span=self.span(c[:1]))

    def initial(self, c: list[Any]) -> nodes.Initial:
        return nodes.Initial(str(c[1]), c[2], span=self.span(c[:-1]))

    def final(self, c: list[Any]) -> nodes.Final:
        return nodes.Final(tuple(map(str, c[1])), c[2], span=self.span(c[:-1]))

    def transition(self, c: list[Any]) -> nodes.Transition:
        return nodes.Transition(tuple(map(str, c[0])), str(c[2]), self.limited(c[4]), c[5], span=self.span(c[:-1]))

    def arrears(self, c: list[Any]) -> nodes.Arrears:
        return nodes.Arrears(self.limited(c[2]), c[3], span=self.span(c[:-1]))

    def paid_on(self, c: list[Any]) -> nodes.PaidOn:
        return nodes.PaidOn(self.limited(c[1]), c[2], span=self.span(c[:-1]))

    def recover(self, c: list[Any]) -> nodes.Recover:
        return nodes.Recover(self.limited(c[2]), c[4], span=self.span(c[:-1]))
