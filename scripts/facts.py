"""Where each fact of the sources stands in the policies: policies/*/facts.yaml, read, checked and written as a page of the site.

A fact is `encoded` (a line of a policy holds it), a `control` (a 案例, a 保证 or a case of tests/library uses it), or `not a rule`
(counts, money paid, context, governance; with the reason).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

ROOT = Path(__file__).parents[1]
POLICIES = ROOT / "policies"
CASES = ROOT / "tests" / "library" / "cases"
TITLE = re.compile(r"^(?:案例|保证)\s+(.+?)\s*(?://.*)?$")

WORDS = {
    "zh": {
        "title": "原文里的每件事写在哪里",
        "intro": "五个地方的原文，一件一件列出：写进规则的，是哪个文件的哪一行；用来核对的，是哪个案例、保证或名册；不是规则的，为什么。"
        "一件也不少；测试核对每一行确实有那个数，每个名字确实存在。",
        "fact": "事",
        "what": "内容",
        "stands": "写在哪里",
        "control": "用来核对",
        "not a rule": "不是规则",
        "sum": "{all} 件：写进规则 {encoded}，用来核对 {control}，不是规则 {none}。",
    },
    "en": {
        "title": "Where every fact of the sources stands",
        "intro": "The sources of the five places, fact by fact: what is encoded names the file and line; what is a control names the example, "
        "guarantee or roll that uses it; what is no rule says why. None is left out; the tests check that each line holds the figure and "
        "that each name exists.",
        "fact": "Fact",
        "what": "What it says",
        "stands": "Where it stands",
        "control": "Used as a control",
        "not a rule": "Not a rule",
        "sum": "{all} facts: {encoded} encoded, {control} controls, {none} no rules.",
    },
}


class Line(NamedTuple):
    """A place in a policy: `file` below policies/, the text that the line holds, and text near it on the same line."""

    file: str
    holds: str
    near: str = ""


class Fact(NamedTuple):
    """One entry of a facts.yaml. `said` and `because` by language."""

    id: str
    said: dict[str, str]
    standing: str
    where: tuple[Line, ...]
    check: tuple[str, ...]
    because: dict[str, str]


def places() -> list[str]:
    """The folders of policies/ that have a facts.yaml, in the order of their facts."""
    found = [file.parent.name for file in POLICIES.glob("*/facts.yaml")]
    return sorted(found, key=lambda name: number(facts(name)[0].id))


def number(fact: str) -> tuple[int, int]:
    """`A2-17` as (2, 17)."""
    part, entry = fact.removeprefix("A").split("-")
    return int(part), int(entry)


@cache
def facts(place: str) -> tuple[Fact, ...]:
    """The facts of a place, in the order of the file. KeyError where an entry lacks what its standing needs."""
    entries: list[dict[str, Any]] = yaml.safe_load((POLICIES / place / "facts.yaml").read_text(encoding="utf-8"))
    return tuple(_fact(entry) for entry in entries)


def _fact(entry: dict[str, Any]) -> Fact:
    standing = entry["standing"]
    where = tuple(Line(**line) for line in entry["where"]) if standing == "encoded" else ()
    checks = entry["check"] if standing == "control" else []
    because = entry["because"] if standing == "not a rule" else {}
    return Fact(
        entry["fact"],
        {lang: entry[lang] for lang in WORDS},
        standing,
        where,
        tuple([checks] if isinstance(checks, str) else checks),
        {lang: because[lang] for lang in WORDS} if because else {},
    )


@cache
def rule_lines(file: str) -> dict[int, str]:
    """The lines of a policy that state rules: without comments, gists and examples; by their number."""
    kept: dict[int, str] = {}
    example = False
    for at, text in enumerate((POLICIES / file).read_text(encoding="utf-8").splitlines(), 1):
        if text[:1].strip():
            example = text.startswith("案例")
        code = "" if text.lstrip().startswith(">") else text.split("//")[0].rstrip()
        if code and not example:
            kept[at] = code
    return kept


def lines(line: Line) -> list[int]:
    """The numbers of the lines that hold what `line` says."""
    held = re.compile(rf"(?<![\d.]){re.escape(line.holds)}(?![\d.]*\d)")
    return [at for at, text in rule_lines(line.file).items() if held.search(text) and line.near in text]


@cache
def controls() -> frozenset[str]:
    """The names that a control may have: of 案例 and 保证 in policies/, and the ids of tests/library's cases."""
    titles = {
        match[1]
        for file in POLICIES.glob("*/*.policy")
        for text in file.read_text(encoding="utf-8").splitlines()
        if (match := TITLE.match(text))
    }
    ids = {
        case["id"]
        for file in CASES.glob("*.yaml")
        for case in yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    }
    return frozenset(titles | ids)


def page(lang: str) -> str:
    """The page, as Markdown, in `zh` or `en`."""
    return "\n".join(_page(lang))


def _page(lang: str) -> Iterator[str]:
    words = WORDS[lang]
    yield f"# {words['title']}\n"
    yield words["intro"]
    for place in places():
        entries = facts(place)
        count = {kind: sum(fact.standing == kind for fact in entries) for kind in ("encoded", "control", "not a rule")}
        yield f"\n## {_name(place)}\n"
        yield words["sum"].format(
            all=len(entries), encoded=count["encoded"], control=count["control"], none=count["not a rule"]
        )
        yield f"\n| {words['fact']} | {words['what']} | {words['stands']} |\n|---|---|---|"
        for fact in entries:
            yield f"| {fact.id} | {_cell(fact.said[lang])} | {_cell(_standing(fact, lang))} |"


def _standing(fact: Fact, lang: str) -> str:
    words = WORDS[lang]
    if fact.standing == "encoded":
        return "；".join(_linked(line) for line in fact.where)
    if fact.standing == "control":
        return (
            f"{words['control']}：{'；'.join(fact.check)}"
            if lang == "zh"
            else f"{words['control']}: {'; '.join(fact.check)}"
        )
    return (
        f"{words['not a rule']}：{fact.because['zh']}"
        if lang == "zh"
        else f"{words['not a rule']}: {fact.because['en']}"
    )


def _linked(line: Line) -> str:
    """File and line, with a link to the file's page in the library."""
    place, _, file = line.file.partition("/")
    number = lines(line)[0]
    return f"[`policies/{line.file}:{number}`]({_name(place)}/{file}.md#L{number})"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _name(place: str) -> str:
    """What the place's policy is called."""
    for file in sorted((POLICIES / place).glob("*.policy")):
        for text in file.read_text(encoding="utf-8").splitlines():
            if text.startswith("政策 "):
                return text.removeprefix("政策 ").split("//")[0].strip()
    return place
