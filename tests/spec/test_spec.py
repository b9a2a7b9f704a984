"""The pages beside this file are tests: each block of each page is one, named by its page and line.

```policy               a whole policy: compiles, and its 案例 (one at least) pass
```policy 同处          the same, and lies beside all later policies of the page: a layer above, or another file
```policy 出错 P0203@5  its errors are these, each at its line (of the block), and no others
```json 2022-06         facts for the policy above, decided for the day
```json 应为            what the decision then holds: a part of the contract's JSON, or the errors of the facts
```json 2022-01 至 2022-06 [所知 2022-03-01]   a history for the policy above, decided month by month; its 应为 is a part of the timeline's
                        JSON, with `months` as {"2022-02": {path: value}} and `findings` (a month's too) and `errors` as codes with their paths
"""

from __future__ import annotations

import inspect
import json
import re
from collections import OrderedDict
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

import policy_dsl
from policy_dsl import Decision, Policy, PolicyError, library
from policy_dsl.backends.interpret.interpretation import Interpretation
from policy_dsl.diagnostics.report import Report
from policy_dsl.examples.run import run, run_example, timeline_of
from policy_dsl.model.functions import FUNCTIONS, MOMENTS
from policy_dsl.pipeline import compile_layers
from policy_dsl.source import Source
from policy_dsl.syntax import characters, keywords, nodes
from policy_dsl.syntax import parse as parser
from policy_dsl.syntax.builder.builder import Builder
from policy_dsl.syntax.grammar import Grammar
from policy_dsl.syntax.printer.printer import text as printed
from policy_dsl.syntax.scan.items import item_lines
from policy_dsl.syntax.scan.scanner import Scanner
from policy_dsl.syntax.traverse import walk

HERE = Path(__file__).parent
PAGES = sorted(HERE.glob("*.md"))
_FENCE = re.compile(r"^```(policy|json)(?: ([^\n]*))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_EXPECTED = re.compile(r"([A-Z][0-9]{4})@([0-9]+)")


class Block(NamedTuple):
    """A block, with the policies that lie beside it and, for facts, the policy that they are for."""

    page: str
    line: int
    kind: str  # policy, errors, facts
    info: str
    text: str
    beside: tuple[str, ...]
    policy: str = ""
    wanted: str = ""

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def _blocks(path: Path) -> Iterator[Block]:
    text = path.read_text(encoding="utf-8")
    beside: tuple[str, ...] = ()
    policy = ""
    facts: Block | None = None
    for match in _FENCE.finditer(text):
        language, info, body = match[1], match[2] or "", match[3]
        line = text.count("\n", 0, match.start()) + 1
        if language == "json" and info == "应为":
            assert facts is not None, f"{path.name}:{line}: nothing is given"
            yield facts._replace(wanted=body)
            facts = None
        elif language == "json":
            facts = Block(path.name, line, "facts", info, body, beside, policy)
        elif info.startswith("出错"):
            yield Block(path.name, line, "errors", info, body, beside)
        else:
            assert info in ("", "同处"), f"{path.name}:{line}: {info}"
            yield Block(path.name, line, "policy", info, body, beside)
            policy = body
            if info:
                beside = (*beside, body)
    assert facts is None, f"{path.name}: facts without 应为"


BLOCKS = [b for page in PAGES for b in _blocks(page)]
SOUND = [b for b in BLOCKS if b.kind == "policy"]


def _compiled(text: str, beside: tuple[str, ...], folder: Path) -> tuple[Policy | None, list[tuple[str, int, str]]]:
    """The policy, or None and its errors as (code, line, message)."""
    main = folder / "z.policy"
    main.write_text(text, encoding="utf-8")
    for n, other in enumerate(beside):
        (folder / f"beside{n}.policy").write_text(other, encoding="utf-8")
    report = Report()
    program = None
    try:
        program = compile_layers(library.find(main), report)
    except PolicyError as error:
        for d in error.diagnostics:
            report.add(d)
    return program and Policy(program), [
        (d.code, d.place.line if d.place else 0, str(d.message("zh"))) for d in report.items
    ]


def _named(blocks: list[Block]) -> Any:
    return pytest.mark.parametrize("block", blocks, ids=map(str, blocks))


@_named(SOUND)
def test_a_policy_and_its_examples(block: Block, tmp_path: Path) -> None:
    """Compiles; its examples pass; both evaluators agree on them; the reasons can be told; both spellings mean the same."""
    policy, errors = _compiled(block.text, block.beside, tmp_path)
    assert policy is not None, errors
    results = run(policy)
    assert results or block.info == "同处", "no example stands in this policy"
    assert [m.zh for r in results for m in r.mismatches] == []
    for example in policy.program.examples:
        _agree(policy, example)
    tree = parser.parse(Source("z.policy", block.text), Report())
    for lang in ("en", "zh"):
        other, errors = _compiled(printed(tree, lang), block.beside, tmp_path)  # type: ignore[arg-type]
        assert other is not None, (lang, errors)
        assert [(r.example.title, m.zh) for r in run(other) for m in r.mismatches] == [], lang


def _agree(policy: Policy, example: Any) -> None:
    from policy_dsl.facts.read import Reader

    if example.history:
        _agree_monthly(policy, example)
        return
    try:
        root, data = Reader(policy.program, lenient=True).read(example.facts)
        decision = policy.decide_data(root, data, on=example.on)
    except PolicyError:
        return
    _agree_on(policy, decision)


def _agree_monthly(policy: Policy, example: Any) -> None:
    """Every month both as it is due and as it was paid; the timeline can be told, and its JSON is as published."""
    try:
        made = timeline_of(policy, example)
    except PolicyError:
        return
    for month in made:
        for decision in {id(d): d for d in (month.decision, month.paid) if d is not None}.values():
            _agree_on(policy, decision)
    for lang in ("zh", "en"):
        assert made.text(lang)
        assert made.markdown(lang)
        assert made.html(lang)
    TIMELINES.validate(made.to_json())
    TIMELINES.validate(made.to_json("en", explanations=True))


def _schema(folder: str, name: str) -> Any:
    return json.loads((Path(policy_dsl.__file__).parent / folder / name).read_text(encoding="utf-8"))


TIMELINES = Draft202012Validator(
    _schema("timeline", "schema.json"),
    registry=Registry().with_resources(
        (made["$id"], Resource.from_contents(made))
        for made in (_schema("explain", "schema.json"), _schema("explain", "decision.schema.json"))
    ),
)


def _agree_on(policy: Policy, decision: Decision) -> None:
    """The oracle gives the decision's values; its reasons can be told."""
    data = decision.instance.data
    oracle = policy.run(decision.day, decision.root, decision.epoch.known).compiled.instance(decision.root, data)
    Interpretation(decision.epoch, decision.day, oracle).rules()
    assert [e.values for e in decision.instance.all()] == [e.values for e in oracle.all()]
    told = decision.explain()
    for lang in ("zh", "en"):
        assert told.text(lang)
        assert told.markdown(lang)
    assert json.dumps(decision.to_json(), ensure_ascii=False)


@_named([b for b in BLOCKS if b.kind == "errors"])
def test_what_is_wrong_is_said_at_its_line(block: Block, tmp_path: Path) -> None:
    wanted = sorted((code, int(line)) for code, line in _EXPECTED.findall(block.info))
    assert wanted, "no code is expected"
    policy, found = _compiled(block.text, block.beside, tmp_path)
    assert policy is None
    assert sorted((code, line) for code, line, _ in found) == wanted, found


@_named([b for b in BLOCKS if b.kind == "facts" and "至" in b.info])
def test_a_history_and_what_follows(block: Block, tmp_path: Path) -> None:
    policy, errors = _compiled(block.policy, block.beside, tmp_path)
    assert policy is not None, errors
    start, _, rest = block.info.partition(" 至 ")
    end, _, known = rest.partition(" 所知 ")
    wanted = json.loads(block.wanted)
    history = json.loads(block.text, parse_float=Decimal)
    try:
        made: dict[str, Any] = policy.timeline(history, start=start, end=end, as_known=known or None).to_json()
    except PolicyError as error:
        made = {"errors": [{"code": d.code, "path": d.path} for d in error.diagnostics]}
    if "errors" in wanted or "errors" in made:
        assert _places(made.get("errors"), wanted.get("errors"))
        return
    TIMELINES.validate(made)
    for month, outputs in wanted.pop("months", {}).items():
        whole = next(m for m in made["months"] if m["month"] == month)
        found = whole["outputs"]
        if "findings" in outputs:
            assert _places(whole.get("findings", []), outputs.pop("findings")), month
        assert {k: (found[k] and found[k]["value"]) if k in found else "missing" for k in outputs} == outputs, month
    if "findings" in wanted:
        assert _places(made["findings"], wanted.pop("findings"))
    if "arrears" in wanted:
        asked = wanted.pop("arrears")
        assert [{k: a[k] for k in want} for a, want in zip(made["arrears"], asked, strict=True)] == asked
    assert not wanted


def _places(found: Any, wanted: Any) -> bool:
    """The codes wanted, each at its path or at a part of it."""
    return len(found or ()) == len(wanted or ()) and all(
        f["code"] == w["code"] and f["path"].startswith(w["path"]) for f, w in zip(found, wanted, strict=True)
    )


@_named([b for b in BLOCKS if b.kind == "facts" and "至" not in b.info])
def test_given_facts_and_what_follows(block: Block, tmp_path: Path) -> None:
    policy, errors = _compiled(block.policy, block.beside, tmp_path)
    assert policy is not None, errors
    facts = json.loads(block.text, parse_float=Decimal)
    wanted = json.loads(block.wanted)
    try:
        made = policy.decide(facts, on=block.info).to_json()
    except PolicyError as error:
        made = {"errors": [{"code": d.code, "path": d.path} for d in error.diagnostics]}
    for key, value in wanted.items():
        found = made.get(key)
        if key == "outputs" and isinstance(found, dict):
            plain = {k: v["value"] if isinstance(v, dict) and set(v) <= {"value", "unit"} and not isinstance(value.get(k), dict) else v for k, v in found.items()}  # fmt: skip
            assert {k: plain.get(k, "missing") for k in value} == value
        elif key == "errors" and isinstance(found, list):
            assert [{k: d[k] for k in want} for d, want in zip(found, value, strict=True)] == value
        else:
            assert found == value, key


# --- nothing of the language is left out


@cache
def _built() -> set[str]:
    """The alternatives of the grammar that the sound policies use: the builder's methods that made their nodes."""
    seen: set[str] = set()

    def counted(name: str, method: Any) -> Any:
        def call(*arguments: Any) -> Any:
            seen.add(name)
            return method(*arguments)

        return call

    with pytest.MonkeyPatch.context() as patch:
        for name, method in inspect.getmembers_static(Builder, inspect.isfunction):
            if not name.startswith("_"):
                patch.setattr(Builder, name, counted(name, method))
        watched = Grammar()
        patch.setattr(parser, "grammar", lambda: watched)
        patch.setattr(parser, "_remembered", OrderedDict())  # all is read anew
        for block in SOUND:
            parser.parse(Source("z.policy", block.text), Report())
    return seen


def _alternatives() -> list[str]:
    """What policy.lark can make: the names behind `->`, and rules that make a node themselves."""
    grammar = (Path(parser.__file__).parent / "policy.lark").read_text(encoding="utf-8")
    grammar = re.sub(r"//.*", "", grammar)
    named = set(re.findall(r"->\s*(\w+)", grammar))
    for match in re.finditer(r"^(\??)(\w+):((?:.|\n(?!\??\w+:|%))*)", grammar, re.MULTILINE):
        alternatives = re.sub(r"\([^()]*\)|\[[^][]*\]", "", match[3]).split("|")
        if not match[1] and any("->" not in x for x in alternatives):
            named.add(match[2])
    return sorted(named - {"start"})


@pytest.mark.parametrize("alternative", _alternatives())
def test_every_construct_of_the_grammar_occurs(alternative: str) -> None:
    assert alternative in _built()


@cache
def _words() -> set[tuple[str, str]]:
    """(terminal, word as written) of every token of the sound policies, cells included."""
    found = set()
    for block in SOUND:
        source = Source("z.policy", block.text)
        folded = characters.fold(source.text)
        scanner = Scanner(source, folded)
        for chunk in item_lines(source, folded):
            if folded[source.line_start(chunk.first)] in "#>":
                continue
            for line in scanner.scan(chunk):
                tokens = list(line.tokens)
                for token in tokens:
                    if token.type == "ROW":
                        cells, tail = scanner.row(token)
                        tokens += [t for a, b in (*cells, tail) if b > a for t in scanner.scan_cell(a, b)]
                for token in tokens:
                    written = folded[token.start_pos or 0 : token.end_pos or 0]
                    word = re.match(r"\w+", written)
                    found |= {(token.type, word[0] if word else written), (token.type, " ".join(written.split()))}
    return found


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("keyword", keywords.KEYWORDS, ids=lambda k: k.terminal)
def test_every_keyword_occurs_in_both_spellings(keyword: keywords.Keyword, lang: str) -> None:
    assert (keyword.terminal, keyword.zh if lang == "zh" else keyword.en) in _words()


@pytest.mark.parametrize("word", [w for row in keywords.COMPARISONS for w in row[1:]])
def test_every_comparison_word_occurs(word: str) -> None:
    assert word in {w for terminal, w in _words() if terminal in ("COMPARE", "AT_LEAST")}


@pytest.mark.parametrize("sign", list(keywords.SIGNS))
def test_every_sign_occurs(sign: str) -> None:
    assert sign in {w for _, w in _words()}


@cache
def _expressions() -> list[nodes.Node]:
    trees = [parser.parse(Source("z.policy", b.text), Report()) for b in SOUND]
    return [node for tree in trees for node in walk(tree)]


@pytest.mark.parametrize("name", [w for f in FUNCTIONS for w in (*f.zh, *f.en)])
def test_every_function_occurs(name: str) -> None:
    assert any(isinstance(n, nodes.Call) and n.name == name for n in _expressions())


@pytest.mark.parametrize("key", [f.key for f in FUNCTIONS if f.shape == "gather"])
@pytest.mark.parametrize("form", ["over a list", "of values", "with a filter", "with a default"])
def test_aggregates_occur_in_every_form(key: str, form: str) -> None:
    """Over a list with and without 当, of written values, and with 默认 where it has a meaning."""
    row = next(f for f in FUNCTIONS if f.key == key)
    calls = [n for n in _expressions() if isinstance(n, nodes.Call) and n.name in (*row.zh, *row.en)]
    if form == "with a default":
        assert any(c.default is not None for c in calls) == (key in ("max", "min", "average"))
    elif form == "with a filter":
        assert any(c.where is not None for c in calls)
    else:
        assert any((len(c.arguments) > 1) == (form == "of values") for c in calls)


@pytest.mark.parametrize("name", list(MOMENTS))
def test_every_moment_occurs(name: str) -> None:
    assert any(isinstance(n, nodes.Name) and n.path == (name,) for n in _expressions())


@pytest.mark.parametrize("kind", ["first", "highest", "lowest", "sum"])
def test_every_mode_occurs(kind: str) -> None:
    assert any(isinstance(n, nodes.Mode) and n.kind == kind for n in _expressions())


@pytest.mark.parametrize("word", list(keywords.UNIT_KEYS))
def test_every_unit_word_occurs(word: str) -> None:
    """As a type or behind a number."""
    text = "\n".join(b.text for b in SOUND)
    assert re.search(rf"(?:[0-9] ?|: |/){re.escape(word)}(?!\w)", text)


def test_an_example_that_is_wrong_fails(tmp_path: Path) -> None:
    """The pages could pass for another reason: a wrong expectation in each page's first policy is found."""
    for page in PAGES:
        block = next(b for b in SOUND if b.page == page.name and re.search("^(案例|example)", b.text, re.MULTILINE))
        policy, _ = _compiled(block.text, block.beside, tmp_path)
        assert policy is not None
        example = policy.program.examples[0]
        wrong = tuple(e._replace(kind="error", names=("R9999",)) for e in example.expected if e.path)
        assert not run_example(policy, example._replace(expected=wrong)).passed, page.name
