"""The pages of a small invented nation and county, kept as files; and what holds of the pages of every policy.

`pytest --update-golden` writes the files anew; read the diff before committing it.
"""

from __future__ import annotations

import posixpath
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from policy_dsl.handbook.book import pages, pages_of
from policy_dsl.handbook.gather import places, places_of
from policy_dsl.handbook.markdown import md
from policy_dsl.handbook.page import parameter_anchor
from policy_dsl.handbook.places import Place
from policy_dsl.syntax import nodes
from tests.property.policies import Text, compiled, texts

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
COUNTY = "下_县-d3f126"
KEPT = {
    "nation-scheme": "上国/1-nation.md",
    "nation-rule": "上国/家庭.救助金.md",
    "county": f"{COUNTY}/index.md",
    "county-scheme": f"{COUNTY}/2-county.md",
    "county-rule": f"{COUNTY}/家庭.救助金.md",
    "county-dated-rule": f"{COUNTY}/家庭.差额.md",
    "index": "index.md",
}
LINK = re.compile(r"(?<!!)\[(?:\\.|[^\]\\])*\]\(([^)]*)\)")
ANCHOR = re.compile(r'<(?:a|details|span) id="([^"]*)"')
CLICK = re.compile(r'^  click n\d+ href "([^"]*)"$', re.MULTILINE)


@pytest.fixture(scope="module")
def small() -> dict[str, str]:
    return pages(str(HERE), "both")


# --- as a reader sees them


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", KEPT)
def test_a_page_reads_as_before(small: dict[str, str], name: str, lang: str, update_golden: bool) -> None:
    path = HERE / "golden" / f"{name}.{lang}.md"
    found = small[f"{lang}/{KEPT[name]}"]
    if update_golden:
        path.write_text(found, encoding="utf-8")
    assert found == path.read_text(encoding="utf-8")


def test_golden_folder_holds_nothing_else() -> None:
    assert {p.name for p in (HERE / "golden").iterdir()} == {f"{n}.{g}.md" for n in KEPT for g in ("zh", "en")}


def test_pages_are_the_same_on_every_run(small: dict[str, str]) -> None:
    assert pages(str(HERE), "both") == small
    assert list(pages(str(HERE), "both")) == list(small)


def test_one_language_stands_without_a_folder_of_its_own(small: dict[str, str]) -> None:
    """The same pages, without the way to the other language."""
    for lang, word in (("zh", "English"), ("en", "中文")):
        alone = pages(str(HERE), lang)
        assert {f"{lang}/{p}" for p in alone} == {p for p in small if p.startswith(f"{lang}/")}
        assert not any(f"[{word}](../" in text for text in alone.values())


def test_a_policy_brings_the_layers_above_it(small: dict[str, str]) -> None:
    assert pages(str(HERE / "2-county.policy"), "both") == small


def test_a_rule_says_which_layer_amended_it(small: dict[str, str]) -> None:
    """Each layer's own words, then both together; the upper page knows who amends it below."""
    upper, lower = (small[f"zh/{p}/家庭.救助金.md"] for p in ("上国", COUNTY))
    assert "下级有修订：[下\\|县" not in upper  # a bar would end a table's cell
    assert f"下级有修订：[下&#124;县\\*](../{COUNTY}/家庭.救助金.md)" in upper
    assert lower.index("[上国](../上国/index.md) 规定") < lower.index(
        "修订 · [2-county](2-county.md#救助金) · [2-county.policy:23]("
    )
    assert "| 上国 · 上政发〔2020〕1号 第五条 救助 · [1-nation.policy:41](../上国/1-nation.policy.md#L41) |" in lower
    assert "SG-1 进到元；办法没有写" in lower


def test_a_line_of_a_file_has_its_anchor(small: dict[str, str]) -> None:
    """What is written stands there, line by line, in both languages alike."""
    for folder, file in (("上国", "1-nation.policy"), (COUNTY, "2-county.policy")):
        lines = (HERE / file).read_text(encoding="utf-8").rstrip().split("\n")
        for lang in ("zh", "en"):
            listing = ET.fromstring(re.search(r"<pre.*</pre>", small[f"{lang}/{folder}/{file}.md"], re.DOTALL)[0])  # type: ignore[index]
            spans = list(listing.iter("span"))
            assert [s.text or "" for s in spans] == lines
            assert [s.get("id") for s in spans] == [f"L{n}" for n in range(1, len(lines) + 1)]


def test_what_a_policy_says_is_no_markup(small: dict[str, str]) -> None:
    """Stars, bars, brackets and addresses of the drafter stay what they are."""
    page = small[f"zh/{COUNTY}/2-county.md"]
    assert "\\*不是\\* 「不低于」 &#124; 见 \\[附件\\](http://example.invalid)" in page
    assert "《下县实施细则 &#60;试行>》" in page.replace("\\>", ">")


# --- what holds of every policy


def own(place: Place, kind: type[nodes.Node]) -> list[nodes.Node]:
    return [i.node for s in place.schemes for i in s.items if isinstance(i.node, kind)]


def inspect(found: list[Place]) -> None:
    """Rules, parameters and examples stand once where they belong; links and anchors hold; pictures are whole."""
    made = pages_of(found, "both")
    anchors = {path: ANCHOR.findall(text) for path, text in made.items()}
    for lang in ("zh", "en"):
        for place in found:
            home = f"{lang}/{place.folder}"
            schemes = [f"{home}/{s.page}.md" for s in place.schemes]
            for key in place.program.outputs:
                there = f"{home}/{place.pages.of.get(key, '')}.md" in made
                assert there == (key in place.said), key
            for name in place.parameters:
                times = sum(anchors[p].count(parameter_anchor(name)) for p in schemes)
                assert times == (name in place.said), name
            text = "\n".join(made[p] for p in schemes)
            word = "案例" if lang == "zh" else "example"
            examples = re.findall(rf"^<summary>{word} ?", text, flags=re.MULTILINE)
            assert len(examples) == len(own(place, nodes.Example))
            declared = {
                k for k, r in place.rules.items() if k in place.program.outputs and r.clause.policy == place.name
            }
            assert declared <= place.said.keys()
            title = "## 规则和给付" if lang == "zh" else "## Rules and benefits"
            outputs = made[f"{home}/index.md"].partition(title)[2].partition("\n## ")[0]
            for key in place.program.outputs:
                row = rf"^\| [^|]* \| {re.escape('[' + md('.'.join(key)) + '](')}"
                assert len(re.findall(row, outputs, flags=re.MULTILINE)) == 1, key
    for path, text in made.items():
        assert len(set(anchors[path])) == len(anchors[path]), path
        prose = re.sub(r"^(`{3,}).*?^\1$", "", text, flags=re.DOTALL | re.MULTILINE)
        for target in [*LINK.findall(prose), *CLICK.findall(text)]:
            if target.startswith("http:"):
                continue  # a drafter's brackets are escaped: none is left
            goal, _, anchor = target.partition("#")
            full = posixpath.normpath(posixpath.join(posixpath.dirname(path), goal))
            assert full in made, (path, target)
            assert not anchor or anchor in anchors[full], (path, target)
        for picture in re.findall(r"<svg.*?</svg>", text):
            root = ET.fromstring(picture)
            assert not any(k.endswith(("href", "src")) for e in root.iter() for k in e.attrib)


def test_the_invented_ones_hold_together() -> None:
    inspect(places(str(HERE)))


def test_the_shipped_ones_hold_together() -> None:
    inspect(places(str(ROOT / "policies")))


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(texts())
def test_generated_ones_hold_together(text: Text) -> None:
    """Whatever a policy is made of, everything in it has its one place."""
    if compiled(text)[0] is None:
        return
    inspect(places_of([text.files()]))


def test_a_parameter_of_two_files_has_one_history(tmp_path: Path) -> None:
    """It stands where the place first speaks of it; the other file leads there. An example of a place below is told above, too."""
    head = (HERE / "1-nation.policy").read_text(encoding="utf-8")
    (tmp_path / "1.policy").write_text(head, encoding="utf-8")
    (tmp_path / "2.policy").write_text("政策 上国\n修订 比例\n  自 2030-01-01 为 55%\n", encoding="utf-8")
    lower = "政策 县\n  上级 上国\n案例 县里的\n  于 2024-01\n  家庭: 户籍 = 农村, 收入 = 0\n  应为 家庭: 差额 = 400\n"
    (tmp_path / "3.policy").write_text(lower, encoding="utf-8")
    inspect(places(str(tmp_path)))
    made = pages(str(tmp_path))
    assert "→ 参数 [比例](1.md#parameter-比例)" in made["上国/2.md"]
    assert "[县里的](../县/3.md#县里的) · 县 · 2024-01" in made["上国/家庭.差额.md"]


def test_every_value_of_a_parameter_is_told_with_its_exact_days(small: dict[str, str]) -> None:
    """In the picture and in the table; floors, targets and 待定 are marked as such, and never drawn as what is due."""
    page = small[f"zh/{COUNTY}/2-county.md"]
    picture = re.search(r'<svg[^>]*aria-label="标准".*?</svg>', page)
    assert picture is not None
    titles = re.findall(r"<title>([^<]*)</title>", picture[0])
    assert "不低于 500.00 元/月 · 2021-01-01 – 2022-06-30 · 上国" in titles
    assert "600.00 元/月 · 2022-07-01 – … · 下|县*" in titles
    assert "待定 · 2021-01-01 – 2022-06-30 · 上国" in titles
    for day in ("2021-01-01", "2022-07-01"):
        assert f">{day}</text>" in picture[0]
    assert "| 农村 | 450.00 元/月 | 2022-07-01 | 2022-09-01 |" in page
    national = small["zh/上国/1-nation.md"]
    assert "目标 60% · 2025-01-01 · 上国" in national
