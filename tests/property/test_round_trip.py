"""What is printed is read back as the same tree, in both languages and however the text was typed."""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import Callable

import attrs
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from policy_dsl.diagnostics.report import Report
from policy_dsl.source import Source
from policy_dsl.syntax import keywords, nodes
from policy_dsl.syntax.parse import parse
from policy_dsl.syntax.printer.printer import text
from policy_dsl.syntax.printer.words import Language
from policy_dsl.syntax.traverse import walk

from . import trees, words

languages: st.SearchStrategy[Language] = st.sampled_from(["zh", "en"])


def read(written: str) -> nodes.File:
    report = Report()
    tree = parse(Source("a.policy", written), report)
    assert not report.items, f"{report.items}\n{written}"
    return tree


@given(trees.files, languages)
@settings(max_examples=100)
def test_what_is_printed_is_read_as_the_same_tree(tree: nodes.File, lang: Language) -> None:
    written = text(tree, lang)
    again = read(written)
    assert again == tree, written
    assert text(again, lang) == written


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_keyword_may_be_a_name_in_every_place(lang: Language) -> None:
    for name in [*words.SPELLINGS, *keywords.UNIT_KEYS, "甲 乙", "2档", "a|b", "A“", ".", "__class__", "lambda"]:
        tree = trees.with_name(name)
        written = text(tree, lang)
        assert read(written) == tree, written


def test_every_construct_may_stand_in_every_other() -> None:
    nested: list[nodes.Expression] = [nodes.Name(("丙",), span=words.NOWHERE)]
    for _ in range(3):
        nested = [outer for inner in nested for outer in trees.around(inner)]
    none = nodes.Notes(span=words.NOWHERE)
    body = tuple(nodes.Value(nodes.Result("exact", e, span=e.span), none, span=e.span) for e in nested)
    type_ = nodes.NamedType(("数",), span=words.NOWHERE)
    tree = nodes.File((nodes.Rule(("甲",), "乙", type_, None, body, False, span=words.NOWHERE),), span=words.NOWHERE)
    assert read(text(tree)) == tree


@given(trees.files)
@settings(max_examples=30)
def test_a_translation_there_and_back_changes_nothing(tree: nodes.File) -> None:
    """Texts are compared, since the drafters' comparison words take no part in the equality of trees."""
    chinese = text(tree, "zh")
    english = text(read(chinese), "en")
    assert text(read(english), "zh") == chinese


# --- however it was typed

_PROSE = re.compile(
    r"""( 「[^」\n]*」 | "[^"\n]*"
        | ^[#>].*$ | ^(?:案例|example|保证|guarantee|文件|document)\b.*$
        | ^[ ]+(?:辖区|标题|机关|许可|jurisdiction|title|issuer|allow)\b(?!.*→).*$  # a state may be named so
        | (?<=[ ])(?:依据|假设|under|assume)\b.*$ )""",
    re.VERBOSE | re.MULTILINE,
)
_FULL = str.maketrans("(),:;=<>|+-*/%[].!_", "（），：；＝＜＞｜＋－＊／％［］．！＿")
_AROUND_SIGNS = r"(?<=[\w)\]]) ?([(<>=+*,:|]) ?(?![0-9])"  # a comma before digits would look like one in a number
_TYPED = str.maketrans({",": "、", "*": "×", "/": "÷", "-": "−", "—": "–", " ": "\u00a0"})


def outside_prose(written: str, change: Callable[[str], str]) -> str:
    """Quoted names, strings and free text keep their characters; the rest is changed."""
    parts = _PROSE.split(written)
    return "".join(part if n % 2 else change(part) for n, part in enumerate(parts))


def indented(written: str, by: str) -> str:
    return re.sub(r"^(?:  )+", lambda m: by * (len(m.group()) // 2), written, flags=re.MULTILINE)


TYPINGS: dict[str, Callable[[str], str]] = {
    "full-width punctuation": lambda t: outside_prose(t, lambda code: code.translate(_FULL)),
    "signs of an input method": lambda t: outside_prose(t, lambda code: code.translate(_TYPED)),
    "full-width spaces": lambda t: indented(outside_prose(t, lambda code: code.replace(" ", "\u3000")), "\u3000"),
    "no space around signs": lambda t: outside_prose(t, lambda code: re.sub(_AROUND_SIGNS, r"\1", code)),
    "CRLF": lambda t: t.replace("\n", "\r\n"),
    "BOM": lambda t: "\ufeff" + t,
    "tabs": lambda t: indented(t, "\t"),
    "full-width indents": lambda t: indented(t, "\u3000"),
    "white space at the ends of lines": lambda t: t.replace("\n", " \u3000\t\n"),
    "blank lines": lambda t: t.replace("\n", "\n\n \n"),
    "comments": lambda t: "// 甲\n" + re.sub(r"^(?![#>])(.*\S)$", r"\1 // 乙", t, flags=re.MULTILINE),
}


@given(trees.files, languages)
@settings(max_examples=30)
def test_how_it_was_typed_changes_nothing(tree: nodes.File, lang: Language) -> None:
    written = text(tree, lang)
    for name, typed in TYPINGS.items():
        assert read(typed(written)) == tree, f"{name}\n{typed(written)}"


@given(trees.IN_PARTS, languages)
@settings(max_examples=60)
def test_how_a_benefit_is_paid_is_read_back(rule: nodes.Rule, lang: Language) -> None:
    tree = nodes.File((rule,), span=trees.NOWHERE)
    written = text(tree, lang)
    for name, typed in {"as printed": str, **TYPINGS}.items():
        assert read(typed(written)) == tree, f"{name}\n{typed(written)}"


# --- the generator reaches everything


def _kinds() -> set[tuple[type[nodes.Node], str, object]]:
    """Every value of every field that has a closed list of them: Result.kind is exact, floor …"""
    found: set[tuple[type[nodes.Node], str, object]] = set()
    for node in _classes():
        for name, hint in typing.get_type_hints(node, vars(nodes)).items():
            if typing.get_origin(hint) is typing.Literal:
                found |= {(node, name, value) for value in typing.get_args(hint)}
    return found


def _classes() -> set[type[nodes.Node]]:
    """Comments are no part of what is printed; files are made of all the rest."""
    every = (c for _, c in inspect.getmembers(nodes, inspect.isclass) if issubclass(c, nodes.Node))
    return set(every) - {nodes.Node, nodes.Declaring, nodes.Comment, nodes.File}


def test_every_kind_of_node_is_generated() -> None:
    seen: set[object] = set()
    fields = {name for _, name, _ in _kinds()}

    def collect(part: nodes.Node) -> None:
        for node in walk(part):
            seen.add(type(node))
            seen.update(
                (type(node), f.name, getattr(node, f.name)) for f in attrs.fields(type(node)) if f.name in fields
            )

    for part in trees.PARTS:
        some = settings(max_examples=20, derandomize=True, database=None, phases=[Phase.generate])
        some(given(part)(collect))()
    assert _classes() - seen == set()
    assert _kinds() - seen == set()
