"""阶段 as text: states, transitions that exclude each other or may meet, what a lower layer adds to them."""

from __future__ import annotations

from policy_dsl.model.types import Type

from .bodies import Bodies
from .expressions import At, Rule
from .looking_back import Status


class Statuses(Bodies):
    """Writes statuses. They are planned before anything is declared, so that everything may look back at them."""

    def plan_statuses(self) -> list[Status]:
        d = self.dice
        for _ in range(d.pick((1, 0, 1, 2))):
            before = self.statuses[-1].states if self.statuses and d.chance(30) else ()
            states = before or tuple(self.name("态") for _ in range(d.between(2, 4)))
            entity = d.pick(list(self.entities))
            self.statuses.append(Status(entity, self.name("阶"), states))
        self.ahead += [self.as_rule(s) for s in self.statuses]
        return list(self.statuses)

    @staticmethod
    def as_rule(s: Status) -> Rule:
        return Rule(s.entity, s.name, Type("enumeration", s.name, members=s.states), False, (), "status")

    def declare_status(self, status: Status) -> str:
        d = self.dice
        at = At(status.entity, status.entity)
        self.moving = status.name
        edges = self.edges(status.states)
        sources = [a for a, _ in edges]
        chain = [self.step_condition(at) for _ in range(max(sources.count(a) for a in sources))]
        loose = d.chance(30)  # conditions that may hold together
        taken: dict[tuple[str, int], list[str]] = {}
        used: dict[str, int] = {}
        for a, b in edges:
            n = used[a] = used.get(a, -1) + 1
            taken.setdefault((b, n), []).append(a)
        lines = [f"起始 {status.states[0]}"]
        ends = [s for s in status.states if s not in sources]
        if ends:
            lines.append(f"终止 {', '.join(ends)}")
        for (b, n), left in taken.items():
            before = "" if loose else "".join(f"非 ({c}) 且 " for c in chain[:n])
            line = f"{', '.join(left)} → {b} 当 {before}({chain[n]}){self.note()}"
            if d.chance(12):
                lines += [f"自 {d.pick(('2022-02', '2022-03-15'))}{self.published(40)}", "  " + line]
            else:
                lines.append(line)
        if d.chance(15):
            a, b = d.pick(edges)
            lines.append(f"{a} → {b} 当 {self.step_condition(at)}")  # another way of the same step
        self.moving = ""
        self.rules.append(self.as_rule(status))
        self.ahead = [r for r in self.ahead if (r.entity, r.name) != (status.entity, status.name)]
        self.usable = len(self.rules)
        span = " 自 2021-01-01" if d.chance(5) else ""
        return "\n".join([f"阶段 {status.entity} {status.name}{span}", *("  " + x for x in lines)])

    def edges(self, states: tuple[str, ...]) -> list[tuple[str, str]]:
        """Steps that reach every state; some lead nowhere."""
        d = self.dice
        made: dict[tuple[str, str], None] = {}
        for n in range(1, len(states)):
            made[states[d.below(n)], states[n]] = None
        for _ in range(d.between(1, 3)):
            a, b = d.pick(states), d.pick(states)
            if a != b:
                made[a, b] = None
        return list(made)

    def step_condition(self, at: At) -> str:
        d = self.dice
        if d.chance(35):
            months = self.months(at)
            if months:
                return f"{months} {d.pick(('≥', '>', '='))} {d.pick(('1', '2', '0', '3'))}"
        return self.condition(at, d.between(0, 2))

    def amend_status(self, rule: Rule) -> list[str]:
        """Another condition for a step, or a new step; the layer's own replace the upper layer's by their states."""
        d = self.dice
        status = next(s for s in self.statuses if (s.entity, s.name) == (rule.entity, rule.name))
        at = At(rule.entity, rule.entity)
        self.moving = rule.name
        a = status.states[0]
        b = d.pick(status.states[1:])
        lines = [f"{a} → {b} 当 {self.step_condition(at)}"]
        self.moving = ""
        return lines

    def settled(self, at: At) -> list[str]:
        """补发 under a benefit, now and then."""
        d = self.dice
        if not d.chance(30):
            return []
        asked = d.pick(("已发 > 0", "应发 > 已发", "已发 ≥ 0", "应发 ≠ 已发"))
        lines = [f"补发 当 {asked}{f' 且 ({self.condition(at, 1)})' if d.chance(40) else ''}"]
        return lines + ["追回 每月不超过 50 元"] * d.chance(30)
