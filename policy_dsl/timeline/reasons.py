"""Why two decisions differ in an output: the facts and parameters under it that differ, and the transition that a status took.

Both explanations are compared leaf by leaf, so what is named is what the output really rests on.
"""

from __future__ import annotations

from ..backends.formatting import day_text, value_text
from ..backends.values import known
from ..decision import Decision
from ..explain.describe import line_text, part_text
from ..explain.explainer import Explainer
from ..explain.explanation import Explanation, Step
from ..explain.formula import carried_words
from ..syntax.keywords import spelling

MOST_REASONS = 6


class Compared:
    """One decision's explanations, made when they are asked for; what two of them share is made once."""

    def __init__(self, decision: Decision | None) -> None:
        self.decision = decision
        self._explainer: Explainer | None = None

    @property
    def explainer(self) -> Explainer:
        if self._explainer is None:
            assert self.decision is not None
            self._explainer = self.decision.explainer()
        return self._explainer

    def of(self, path: str) -> Explanation | None:
        if self.decision is None or path not in self.decision:
            return None
        return self.explainer.of([path])

    def whole(self) -> Explanation | None:
        """The reasons for every output."""
        return None if self.decision is None else self.explainer.of(list(self.decision))


def because(before: Compared, after: Compared, path: str, lang: str) -> list[str]:
    """The reasons in words, each once: what changed under the output, then how a status moved."""
    old, new = before.of(path), after.of(path)
    zh = lang == "zh"
    law = _in_force(before.decision, after.decision, path, zh)
    if law:
        return [law]
    if new is None:
        return ["这个月已不在" if zh else "not there in this month"] if after.decision is None or old else []
    steps = {s.id: s for s in old.walk(path)} if old is not None else {}
    under = {s.id: s for s in new.walk(path)}
    earlier = _paired(steps, under)
    out: dict[str, None] = {}
    for step in under.values():
        if step.kind in ("fact", "parameter"):
            text = _changed(earlier.get(step.id), step, before, lang)
            if text:
                out[text] = None
    for step in under.values():
        text = _moved(new, step, earlier.get(step.id), lang)
        if text:
            out[text] = None
    for step in steps.values():
        left = step.kind == "fact" and step.id not in under and not _there(step, after.decision)
        if left:
            who = _who(step)
            out[f"{who} 已不在名单里" if zh else f"{who} has left the list"] = None
    if not out:  # nothing but time has passed
        for step in under.values():
            text = _passed(steps.get(step.id), step, lang) if step.kind == "past" else ""
            if text:
                out[text] = None
    return list(out)[:MOST_REASONS]


def _in_force(before: Decision | None, after: Decision | None, path: str, zh: bool) -> str:
    """That the output begins or ends to be in force; "" where it does neither."""
    if before is None or after is None:
        return ""
    was, now = (next((x for x in d.not_in_force if x.output == path), None) for d in (before, after))
    if now is not None and was is None:
        ended = now.until is not None and now.until < after.on
        if zh:
            return f"到 {now.until} 为止，现在没有规定" if ended else "现在没有规定"
        return f"in force until {now.until}" if ended else "no longer in force"
    if was is not None and now is None:
        begun = was.since is not None and was.since <= after.on
        if zh:
            return f"{was.since} 起有规定" if begun else "开始有规定"
        return f"in force from {was.since} on" if begun else "in force again"
    return ""


def _paired(steps: dict[str, Step], under: dict[str, Step]) -> dict[str, Step]:
    """The old step for each id; where the day of `于` has moved on, that of the same name on the old day."""
    made = dict(steps)
    left = [s for s in steps.values() if s.law and s.id not in under]
    for step in under.values():
        if step.law and step.id not in steps:
            same = next((s for s in left if (s.path, s.name) == (step.path, step.name)), None)
            if same is not None:
                left.remove(same)
                made[step.id] = same
    return made


def _name(step: Step, lang: str) -> str:
    """`标准 于 2022-03-01` where another day's law gives the value."""
    return f"{step.name} {spelling('ON', lang)} {day_text(step.law)}" if step.law else step.name


def _who(step: Step) -> str:
    """Whose value it is: 甲, else 成员[1]; nothing for the outermost entry."""
    return step.who or step.path.partition(".")[2]


def _there(step: Step, decision: Decision | None) -> bool:
    return decision is not None and any(e.path == step.path for e in decision.instance.all())


def _changed(old: Step | None, new: Step, before: Compared, lang: str) -> str:
    """`甲 的月收入由 300.00 元/月 升至 500.00 元/月`; nothing where the value is the same."""
    zh = lang == "zh"
    name = f"{_who(new)} {_name(new, lang)}".strip()
    if old is not None and old.value == new.value and known(old.value) == known(new.value):
        return ""
    value = value_text(new.value, new.type, lang)
    if old is None:
        if new.kind == "fact" and before.decision is not None and not _there(new, before.decision):
            return f"{name} 为 {value}，是新来的" if zh else f"{name} is {value}, a new entry"
        return ""
    was = value_text(old.value, old.type, lang)
    if old.law != new.law:
        then = f"{spelling('ON', lang)} {day_text(old.law)}"
        was += f"（{then}）" if zh else f" ({then})"
    said = ("变为", "changed to")
    if known(old.value) and known(new.value) and new.type.is_amount:
        said = ("升至", "rose to") if new.value > old.value else ("降至", "fell to")
    text = f"{name} 由 {was} {said[0]} {value}" if zh else f"{name} {said[1]} {value} from {was}"
    if new.kind == "parameter":
        text += _law(new, lang)
    return text


def _passed(old: Step | None, new: Step, lang: str) -> str:
    """`持续(状态) 由 1 个月 升至 2 个月`: what came over from the months before and differs."""
    if old is None or not known(old.value) or not known(new.value) or old.value == new.value:
        return ""
    before, after = value_text(old.value, old.type, lang), value_text(new.value, new.type, lang)
    name = carried_words(new.name, lang)
    said = ("变为", "changed to")
    if new.type.is_amount:
        said = ("升至", "rose to") if new.value > old.value else ("降至", "fell to")
    return f"{name} 由 {before} {said[0]} {after}" if lang == "zh" else f"{name} {said[1]} {after} from {before}"


def _law(step: Step, lang: str) -> str:
    """Since when a parameter's value holds and when it was published."""
    zh = lang == "zh"
    parts = []
    if step.since:
        parts.append(f"自 {day_text(step.since)} 起" if zh else f"since {day_text(step.since)}")
    if step.published:
        parts.append(f"{day_text(step.published)} 公布" if zh else f"published {day_text(step.published)}")
    if step.clause.show():
        parts.append(step.clause.show())
    return (f"（{'，'.join(parts)}）" if zh else f" ({', '.join(parts)})") if parts else ""


def _moved(made: Explanation, step: Step, old: Step | None, lang: str) -> str:
    """`低保状态：在保 → 渐退 当 …（500 < 675 …）` where the status moved this month."""
    line = step.applied[0].line if step.applied else None
    if line is None or line.kind != "transition" or (old is not None and old.value == step.value):
        return ""
    made = made.seen_from(step)
    parts = [part_text(made, step.at, p.formula, p.holds, lang) for p in step.applied[0].parts[1:]]
    colon, between = ("：", "；") if lang == "zh" else (": ", "; ")
    text = f"{_name(step, lang)}{colon}{line_text(line, lang)}"
    return f"{text}（{between.join(parts)}）" if lang == "zh" else f"{text} ({between.join(parts)})"
