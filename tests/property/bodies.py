"""Bodies of rules as text: values, branches, tables, dated blocks, modes, exceptions."""

from __future__ import annotations

from policy_dsl.model.types import TRUTH, WHOLE, Type

from .expressions import DAYS, ORDERS, PERCENTS, RATE, STARTS, At, Rule, amount_of
from .looking_back import LookingBack

PUBLISHED = ("2022-06-20", "2022-02-18", "2022-01-05", "2021-12-10", "2022-04-01")


class Bodies(LookingBack):
    """Writes what stands under a rule's head."""

    below = False  # whether the line that is written may read 原值

    def result(self, at: At, rule: Rule, depth: int, written: bool = False) -> str:
        if self.below and self.dice.chance(60):
            return self.displaced(rule)
        if written and not self.dice.chance(15):
            return self.written(rule.type)
        return self.paid(at, rule.type, depth) if rule.benefit else self.value(at, rule.type, depth)

    def displaced(self, rule: Rule) -> str:
        """A result made of what the rule would give without the line."""
        d = self.dice
        if rule.benefit:
            return d.pick(("原值", "四舍五入(原值 / 3, 0.01 元)", "最大(原值, 100)", "(原值 + 0.05)"))
        if rule.type.kind == "truth":
            return d.pick(("原值", "(非 原值)"))
        if rule.type.kind != "amount" or rule.type == WHOLE or rule.type.unit.is_percent:
            return "原值"
        return d.pick(("原值", "原值 / 3", "(原值 + 原值)", "最小(原值, 2 * 原值)"))

    def written(self, type_: Type) -> str:
        d = self.dice
        match type_.kind:
            case "truth":
                return d.pick(("是", "否"))
            case "date":
                return d.pick(DAYS)
            case "enumeration":
                return d.pick(type_.members)
        if type_ == WHOLE:
            return d.pick(("1", "0", "2", "12"))
        if type_.unit.in_percent:
            return d.pick(PERCENTS)
        return d.pick(("100", "300", "0", "50.5", "0.05", "1000")) if type_.unit.is_money else self.number()

    def body(self, at: At, rule: Rule, kind: str) -> list[str]:
        """The lines of a rule's body, without its exceptions."""
        d = self.dice
        depth = d.between(1, 2) if self.size < 2 else d.between(1, 3)
        match kind:
            case "value":
                return [f"为 {self.result(at, rule, depth)}{self.note()}"]
            case "dated":
                lines = []
                if d.chance(60):
                    lines.append(f"为 {self.result(at, rule, depth)}")
                for day in d.some(STARTS[:4], 1, 2):
                    until = " 至 2024-06" if d.chance(20) else ""
                    lines.append(f"自 {day}{until}{self.published(25)} 为 {self.result(at, rule, depth)}{self.note()}")
                return lines
            case "growing":
                return [f"为 上月({rule.name}, 默认 1000) * 上月({rule.name}, 默认 {d.pick(('1000000', '0.001'))})"]
            case "branches":
                return self.branches(at, rule, depth)
            case "table":
                return self.table(at, rule, depth, d.chance(50))
            case "blocks":
                return self.blocks(at, rule, depth)
        mode = {"first": "依次", "highest": "就高", "lowest": "就低", "sum": "合计"}[kind]
        plain = self.table(at, rule, depth, False, kind) if d.chance(40) else self.branches(at, rule, depth, kind)
        return [mode, *plain]

    def published(self, percent: int) -> str:
        """公布, now and then: before or after the value is in force."""
        return f" 公布 {self.dice.pick(PUBLISHED)}" if self.dice.chance(percent) else ""

    def note(self) -> str:
        return " 假设 未经核实" if self.dice.chance(6) else " 依据 甲文 第一条" if self.dice.chance(4) else ""

    def branches(self, at: At, rule: Rule, depth: int, mode: str = "", last: bool = True) -> list[str]:
        d = self.dice
        count = d.between(1, 3) if mode else d.pick((1, 1, 2, 3))
        lines = [
            f"当 {self.condition(at, depth)} 为 {self.result(at, rule, depth - 1)}{self.note()}" for _ in range(count)
        ]
        if last and (mode in ("highest", "lowest", "sum") or not d.chance(12)):
            lines.append(f"否则 为 {self.result(at, rule, depth - 1)}")
        return lines

    def blocks(self, at: At, rule: Rule, depth: int) -> list[str]:
        """Undated lines and dated blocks, a mode now and then, in the block or over all of them."""
        d = self.dice
        joined = rule.type.is_amount or rule.type.ordered
        lines: list[str] = []
        if d.chance(40):
            lines += self.branches(at, rule, depth, last=False)
        if joined and d.chance(20):
            lines.insert(0, d.pick(("就高", "就低")))
        spans = d.pick(
            (("2021-01-01", "2022-01-01"), ("2022-01", "2022-07-01 至 2023-06"), ("2021-01 至 2021-12", "2022-03-01"))
        )
        for span in spans:
            mode = (
                d.pick(("", "", "first", "highest", "sum")) if joined and rule.type.is_amount else d.pick(("", "first"))
            )
            inner = (
                self.table(at, rule, depth, False, mode)
                if d.chance(30)
                else self.branches(at, rule, depth, mode, last=False)
            )
            if mode:
                inner.insert(0, {"first": "依次", "highest": "就高", "sum": "合计"}[mode])
            lines += [f"自 {span}{self.published(25)}", *("  " + x for x in inner)]
        first = next((x for x in lines if "否则" in x), None)
        if first is None and (d.chance(90) or any(x.strip() in ("就高", "就低", "合计") for x in lines)):
            lines.append(f"否则 为 {self.result(at, rule, depth - 1)}")
        return lines

    def table(self, at: At, rule: Rule, depth: int, dated: bool, mode: str = "") -> list[str]:
        d = self.dice
        named = [(t, x) for t, x in self.references(at, lambda t: t.kind != "text") if t.split(".")[-1] != rule.name]
        columns = d.some(named, 1, min(3, len(named))) if named else []
        if not columns or d.chance(20):
            columns.append((f"({self.amount(at, (('money', 1),), 1)})", amount_of("元")))
        if d.chance(15):
            columns.append((self.condition(at, 1), TRUTH))
        heads = [t for t, _ in columns]
        results = (
            [f"自 {s}{' 至 2023-12' if d.chance(10) else ''}{self.published(25)}" for s in d.some(STARTS[:4], 1, 3)]
            if dated
            else [d.pick((rule.name, "为"))]
        )
        rows: dict[tuple[str, ...], list[str]] = {}
        for _ in range(d.between(1, 4)):
            cells = tuple(self.cell(at, t) for _, t in columns)
            key = tuple(c.replace("、", ", ").replace("—", "-") for c in cells)
            if key not in rows:
                rows[key] = [*cells, *self.results(at, rule, depth, len(results))]
        lines = [[*heads, *results]]
        if d.chance(15):
            lines.append(["---"] * len(lines[0]))
        lines += rows.values()
        tail = (
            any(t.is_amount or t.kind == "date" for _, t in columns)
            and mode not in ("highest", "lowest", "sum")
            and d.chance(15)
        )
        if not tail:
            lines.append(["否则", *("—" for _ in columns[1:]), *self.results(at, rule, depth, len(results))])
        return ["| " + " | ".join(x) + " |" for x in lines]

    def same_rows(self, at: At, rule: Rule) -> list[str]:
        """Some rows of the rule's table with other results: what a lower layer replaces by key."""
        head, *rows = [x for x in rule.table if not x.startswith("| ---")]
        count = max(1, sum(cell.startswith("自 ") for cell in head.strip("| ").split(" | ")))
        lines = [head]
        for row in self.dice.some(rows, 1, 2):
            cells = row[2:-2].split(" | ")[:-count]
            lines.append("| " + " | ".join([*cells, *self.results(at, rule, 1, count)]) + " |")
        return lines

    def results(self, at: At, rule: Rule, depth: int, count: int) -> list[str]:
        made = [self.result(at, rule, depth - 1, written=True) for _ in range(count)]
        if count > 1 and self.dice.chance(15):
            made[self.dice.below(count)] = "—"
        return made

    def cell(self, at: At, type_: Type) -> str:
        d = self.dice
        if d.chance(20):
            return d.pick(("—", "-"))
        match type_.kind:
            case "truth":
                return d.pick(("是", "否"))
            case "date":
                return d.pick(
                    (d.pick(DAYS), f"≥ {d.pick(DAYS)}", f"低于 {d.pick(DAYS)}", f"> {d.pick(DAYS)} 且 ≤ 2023-06-30")
                )
            case "enumeration":
                one = d.pick(type_.members)
                some = d.some(type_.members, 2, 3)
                forms = [one, ", ".join(some), "、".join(some)]
                if type_.ordered:
                    forms += [f"≥ {one}", f"{one} 以上", f"{one} 以下", f"< {one} 或 > {one}"]
                return d.pick(forms)
        dims, bare = type_.unit.dims, not type_.unit.in_percent
        if any(n > 1 for _, n in dims) or (dims and sum(n > 0 for _, n in dims) != 1):
            return f"{d.pick(ORDERS)} {self.bound(dims, bare) if dims == RATE else self.number()}"
        a, b = self.bound(dims, bare), self.bound(dims, bare)
        one = d.pick(self.references(at, lambda t: t.is_amount and t.unit.dims == dims) or [(a, type_)])[0]
        return d.pick((
            f"{d.pick(ORDERS)} {a}", f"[{a}, {b})", f"({a}, {b}]", f"{a}..{b}", f"({a}, {b})", f"≥ {a} 且 < {b}", f"< {a} 或 > {b}", a, f"{a}, {b}",
            f"{a} 以上", f"{a} 以下", f"{a} 以内", f"不超过 {one}", f"-{a}..{b}", f"达到 {self.amount(at, dims, 1, bare)}",
        ))  # fmt: skip

    def exceptions(self, at: At, rule: Rule, labels: tuple[str, ...], count: int) -> tuple[list[str], tuple[str, ...]]:
        """Lines of exceptions, and all labels then known. In a lower layer a label of the upper one may come again."""
        d = self.dice
        upper = list(rule.labels)
        lines: list[str] = []
        for _ in range(count):
            label = self.name("外") if d.chance(75) else ""
            self.below = d.chance(35)
            if upper and d.chance(30):
                label = upper.pop()
            before = [x for x in labels if x != label]
            beaten = d.some(before, 1, 2) if before and d.chance(50) else []
            over = f" 优先于 {', '.join(beaten)}" if beaten else ""
            head = f"例外 {label} 当" if label else "例外 当"
            line = (
                f"{head} {self.condition(at, 2)} 为 {self.result(at, rule, 1, written=d.chance(50))}{over}{self.note()}"
            )
            if d.chance(12):
                lines += [f"自 {d.pick(STARTS[:3])}{self.published(30)}", "  " + line]
            else:
                lines.append(line)
            self.below = False
            if label and label not in labels:
                labels = (*labels, label)
        return lines, labels
