"""The page of each diagnostic is true: its wrong program gives exactly that code, its mended one nothing, its transcript what happens."""

from __future__ import annotations

import datetime
import gc
import json
import pickle
import re
import sys
from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

import policy_dsl
from policy_dsl import library, origin
from policy_dsl.cli import main
from policy_dsl.diagnostics.codes import CODES
from policy_dsl.diagnostics.render import text as rendered
from policy_dsl.diagnostics.report import Diagnostic, PolicyError, Report
from policy_dsl.examples import run as testing
from policy_dsl.facts import files as given
from policy_dsl.pipeline import compile_layers
from policy_dsl.policy import Policy
from policy_dsl.syntax import characters
from scripts import pages

from ..frames import Row
from . import sliced
from .pages import FOLDER, PAGES, ROOT, Block, Page

COMPILED = [c for c, p in PAGES.items() if p.shown("policy", "出错")]
GIVEN = [c for c, p in PAGES.items() if p.shown("json", "出错")]
TOLD = [c for c in PAGES if c not in COMPILED and c not in GIVEN]  # their inputs are too large or no text: see SCENES
MENDED = [c for c, p in PAGES.items() if p.shown("policy", "改好")]


# --- the form


def test_every_code_has_a_page_and_every_page_a_code() -> None:
    """docs/errors holds one page for each row of the table, and the index."""
    assert {f.stem for f in FOLDER.glob("*.md")} - {"index"} == set(CODES)


@pytest.mark.parametrize("code", PAGES)
def test_a_page_says_what_why_and_how(code: str) -> None:
    """Each page carries its code, and over two hundred characters in each language."""
    page = PAGES[code]
    assert page.title.startswith(f"{code} ")
    assert len(page.zh.strip()) > 200, "中文"
    assert len(page.en.strip()) > 200, "English"
    assert page.blocks, "a page shows what it speaks of"
    assert not re.search(r"[一-鿿]{9}", page.en), "English"


@pytest.mark.parametrize("code", PAGES)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_explain_code_prints_the_page(code: str, lang: str) -> None:
    """`policy explain-code` shows the whole page, the language asked for first."""
    page = PAGES[code]
    done = CliRunner().invoke(main, ["explain-code", code.lower(), "--lang", lang])
    assert done.exit_code == 0
    text = done.stdout
    assert text.startswith(page.title)
    first, second = (page.zh, page.en) if lang == "zh" else (page.en, page.zh)
    assert -1 < text.index(first.strip()) < text.index(second.strip())


def test_the_index_lists_every_code(update_golden: bool) -> None:
    """docs/errors/index.md is what scripts/pages.py makes of the table."""
    made = pages.errors_page()
    index = FOLDER / "index.md"
    if update_golden:
        index.write_text(made, encoding="utf-8")
    assert made == index.read_text(encoding="utf-8")
    assert all(f"[{code}]({code}.md)" in made for code in CODES)


# --- the programs


def lay(folder: Path, page: Page, program: str) -> Path:
    """The program in a folder, with the upper layers that the page shows beside it."""
    for n, text in enumerate(page.shown("policy", "上级")):
        (folder / f"上级{n}.policy").write_text(text, encoding="utf-8")
    file = folder / "示例.policy"
    file.write_text(program, encoding="utf-8")
    return file


def check(path: Path) -> list[Diagnostic]:
    """What `check` finds."""
    report = Report()
    try:
        compile_layers(library.find(path), report)
    except PolicyError as error:
        return list(error.diagnostics)
    return report.sorted()


def whole(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The findings, each filled in both languages: no {word} of a template is left."""
    items = list(found)
    for d in items:
        for text in (d.zh, d.en, d.help_zh, d.help_en):
            assert not re.search(r"\{[a-z_]*\}", text), text
        assert d.zh
        assert d.en
        assert bool(d.help_zh) == bool(d.help_en), (d.help_zh, d.help_en)
    return items


@pytest.mark.parametrize("code", COMPILED)
def test_the_wrong_program_gives_exactly_that_code(code: str, tmp_path: Path) -> None:
    """The program marked 出错 has that mistake and no other, with its place."""
    for program in PAGES[code].shown("policy", "出错"):
        found = whole(check(lay(tmp_path, PAGES[code], program)))
        assert {d.code for d in found} == {code}, [d.zh for d in found]
        assert all(d.place is not None and d.place.file.endswith("示例.policy") for d in found)


@pytest.mark.parametrize("code", MENDED)
def test_the_mended_program_gives_nothing(code: str, tmp_path: Path) -> None:
    """The program marked 改好 compiles without a finding, and its examples hold. That a rule is not compiled (P0620) is no fault of it."""
    for program in PAGES[code].shown("policy", "改好"):
        file = lay(tmp_path, PAGES[code], program)
        assert [d for d in check(file) if d.code != "P0620" or code == "P0620"] == []
        assert [r.mismatches for r in testing.run(policy_dsl.load(file)) if not r.passed] == []


def decided(policy: Policy, facts: object, months: tuple[str, str] | None = None) -> list[Diagnostic]:
    """What is wrong with the facts, or happens while the case is decided; of a history, also what is remarked on it."""
    try:
        if months is None:
            made_ = policy.decide(facts, on="2022-06-01")
            return [*made_.errors, *(f for f in made_.findings if f.code.startswith("F"))]
        made = policy.timeline(facts, start=months[0], end=months[1])
        nobody = [f for m in made if m.decision is None for f in m.findings]
        return [*made.findings, *made.errors, *nobody]
    except PolicyError as error:
        return list(error.diagnostics)


@pytest.mark.parametrize("code", GIVEN)
def test_the_wrong_facts_give_exactly_that_code(code: str, tmp_path: Path) -> None:
    """The facts marked 出错, given to the page's policy, give that code with a path; those marked 改好 give nothing."""
    page = PAGES[code]
    (program,) = page.shown("policy", "") or page.shown("policy", "改好")
    policy = policy_dsl.load(lay(tmp_path, page, program))

    def run(block: Block) -> list[Diagnostic]:
        file = tmp_path / "事实.json"
        file.write_text(block.text, encoding="utf-8")
        try:
            return decided(policy, given.read(str(file)), block.months)
        except PolicyError as error:
            return list(error.diagnostics)

    for block in page.facts("出错"):
        found = whole(run(block))
        assert {d.code for d in found} == {code}, [d.zh for d in found]
        assert all(d.path or d.place for d in found)
    for block in page.facts("改好"):
        assert run(block) == []


def mended(program: str, lines: str) -> str:
    """The program with the lines in their place: a declaration of its own, or the body of the last one."""
    if not lines.startswith(" "):
        return re.sub(rf"(?<=\n){lines.split()[0]} .*?\n\n", lines + "\n", program, flags=re.DOTALL)
    head = max(m.end() for m in re.finditer(r"^(?:规则|给付) .*\n", program, flags=re.MULTILINE))
    return program[:head] + lines


@pytest.mark.parametrize("code", [c for c in GIVEN if c.startswith("R")])
def test_a_page_of_a_decision_shows_the_way_out(code: str, tmp_path: Path) -> None:
    """Where the policy is at fault, the lines in the page's plain block, put in their place, mend it."""
    page = PAGES[code]
    ways = [b.text for b in page.blocks if b.lang == "text"]
    assert ways or page.shown("json", "改好")
    for lines in ways:
        policy = policy_dsl.load(lay(tmp_path, page, mended(page.shown("policy", "改好")[0], lines)))
        for block in page.facts("出错"):
            assert decided(policy, json.loads(block.text, parse_float=Decimal), block.months) == []


# --- what no page can hold: large inputs, bytes, folders, calls

CHECKED = "政策 甲\n对象 家庭\n  存款 : 元, 0..1000000\n  户籍 : 城市 | 农村\n"
FACTS = '{"家庭": {"存款": 5}}'


def run(*args: str) -> str:
    """Standard error of a command that must fail."""
    done = CliRunner().invoke(main, list(args))
    assert done.exit_code in (1, 2), done.output
    assert "Traceback" not in done.output
    return done.stderr


def write(path: Path, text: str | bytes) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return str(path)


def checked(tmp_path: Path, text: str | bytes) -> str:
    return run("check", write(tmp_path / "低保.policy", text))


def rule(lines: Iterable[str]) -> str:
    return CHECKED + "规则 家庭 乙 : 元\n" + "".join(f"  {x}\n" for x in lines)


def long_chain() -> str:
    rules = [f"规则 家庭 第{n}步 : 元\n  为 第{n - 1}步 + 1\n" for n in range(1, characters.MAX_CHAIN + 1)]
    return CHECKED + "规则 家庭 第0步 : 元\n  为 存款\n" + "".join(rules)


def every_day(days: int) -> list[str]:
    first = datetime.date(2015, 1, 1)
    return [f"自 {first + datetime.timedelta(days=n)} 为 {n}" for n in range(days)]


def many_files(tmp_path: Path) -> str:
    for n in range(library.MAX_FILES + 1):
        write(tmp_path / "全部政策" / f"{n}.policy", f"政策 县{n}\n")
    return run("decide", str(tmp_path / "全部政策"), "x.json", "--on", "2022-06-01")


def one_behind_the_other(count: int) -> Iterable[str]:
    """Exceptions each of which beats the last and reads what it gives."""
    for n in range(count):
        beats = f" 优先于 例{n - 1}" if n else ""
        yield f"例外 例{n} 当 存款 > {n} 元 为 原值 + 1 元{beats}"


def two_policies(tmp_path: Path) -> str:
    for name in ("丁县", "丙县"):
        write(tmp_path / "政策" / f"{name}.policy", f"政策 {name}\n")
    return run("decide", str(tmp_path / "政策"), "一户.json", "--on", "2022-06-01")


def empty_folder(tmp_path: Path) -> str:
    (tmp_path / "政策").mkdir()
    return run("check", str(tmp_path / "政策"))


def foreign_file(tmp_path: Path) -> str:
    write(tmp_path / "网页" / "说明.txt", "自己写的")
    return run("docs", "清水县", "--output", str(tmp_path / "网页"))


def two_layers(tmp_path: Path, *texts: str) -> str:
    for n, text in enumerate(texts):
        write(tmp_path / f"{n}.policy", text)
    return run("check", str(tmp_path / "0.policy"))


def decide(tmp_path: Path, facts: str, *more: str) -> str:
    policy = write(tmp_path / "甲.policy", CHECKED + "规则 家庭 低保金 : 元\n  为 存款\n")
    return run("decide", policy, facts, "--on", "2022-06-01", *more)


def by_calendar(tmp_path: Path, text: str) -> str:
    """A decision by the calendar in the text."""
    return decide(tmp_path, write(tmp_path / "一户.json", FACTS), "--calendar", write(tmp_path / "日历.json", text))


def crash(tmp_path: Path) -> str:
    """A fault of the program itself: what nobody foresaw."""

    def broken(*_: object) -> None:
        raise KeyError("家庭")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(library, "units", broken)
        return run("check", str(tmp_path))


def called(call: Callable[[Policy], object], tmp_path: Path) -> str:
    """What the Python API says, as it is printed."""
    text = (
        CHECKED
        + "参数 计入养老金 : 是否\n  自 2022-01-01 为 是\n规则 家庭 低保金 : 元\n  当 计入养老金 为 存款\n  否则 为 0\n"
    )
    with pytest.raises(PolicyError) as caught:
        call(policy_dsl.load(Path(write(tmp_path / "甲.policy", text))))
    whole(caught.value.diagnostics)
    return str(caught.value)


def another_month(policy: Policy) -> object:
    """Last month's decision of the same policy with another figure."""
    before = policy.with_parameters({"计入养老金": {"2022-01-01": False}}).decide({"家庭": {"存款": 5}}, on="2022-05")
    return policy.decide({"家庭": {"存款": 5}}, on="2022-06", previous=before)


def unread(tmp_path: Path, mark: str = origin.MARK) -> str:
    """A decision out of a pickle, when nobody holds its policy any more; `mark`: by which version it was written."""
    policy = policy_dsl.load(Path(write(tmp_path / "甲.policy", CHECKED + "规则 家庭 低保金 : 元\n  为 存款\n")))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(origin, "MARK", mark)
        kept = pickle.dumps(policy.decide({"家庭": {"存款": 5}}, on="2022-06"))
    del policy
    gc.collect()
    with pytest.raises(PolicyError) as caught:
        pickle.loads(kept)["家庭.低保金"]
    whole(caught.value.diagnostics)
    return str(caught.value)


def months_apart(policy: Policy) -> object:
    """The decision of two months before."""
    before = policy.decide({"家庭": {"存款": 5}}, on="2022-04")
    return policy.decide({"家庭": {"存款": 5}}, on="2022-06", previous=before)


def somebody_else(tmp_path: Path, text: str, before: dict[str, object], now: dict[str, object]) -> str:
    """Two months, decided one after the other, with other people in one place."""
    text = (
        f"政策 甲\n对象 个人 : 人\n  {text}\n对象 家庭 : 户\n  成员 : 若干 个人\n规则 家庭 人口 : 人\n  为 人数(成员)\n"
    )
    policy = policy_dsl.load(Path(write(tmp_path / "甲.policy", text)))
    first = policy.decide({"家庭": {"成员": [before]}}, on="2022-05")
    with pytest.raises(PolicyError) as caught:
        policy.decide({"家庭": {"成员": [now]}}, on="2022-06", previous=first)
    whole(caught.value.diagnostics)
    return str(caught.value)


def published(tmp_path: Path, *more: str) -> str:
    """A policy whose first figure was published in June."""
    text = CHECKED + "参数 标准 : 元/月\n  自 2022-01-01 为 450 公布 2022-06-20\n规则 家庭 低保金 : 元/月\n  为 标准\n"
    policy, facts = write(tmp_path / "甲.policy", text), write(tmp_path / "一户.json", FACTS)
    return run("timeline", policy, facts, "--from", "2022-01", "--to", "2022-06", *more)


GUARANTEED = """政策 示例
对象 家庭 : 户
  收入 : 元/月, 0..5000
参数 上限 : 元/户/月
  自 2022-01-01 为 900
规则 家庭 封顶 : 元/月
  为 上限
给付 家庭 补助 : 元/月
  当 收入 < 1000 为 四舍五入(1000 - 收入, 1 元)
  当 收入 ≥ 1000 且 收入 < 1500 为 200
  否则 为 0
案例 没有收入
  于 2022-06
  家庭: 收入 = {income}
  应为 家庭: 补助 = {amount}
保证 甲
  {claim}
"""


def guaranteed(tmp_path: Path, claim: str, income: int = 0, amount: int = 1000) -> str:
    """What `policy test` says of a guarantee."""
    return run("test", write(tmp_path / "甲.policy", GUARANTEED.format(claim=claim, income=income, amount=amount)))


def without_hypothesis(tmp_path: Path) -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "hypothesis", None)
        return run("test", write(tmp_path / "甲.policy", CHECKED), "--generate", "5")


def a_roll(tmp_path: Path) -> str:
    """A roll that does not keep its guarantee: the decision is made all the same."""
    text = "政策 甲\n对象 家庭 : 户\n  存款 : 元, 0..9\n对象 名册\n  户 : 若干 家庭\n规则 名册 总 : 元\n  为 合计(户.存款)\n保证 够\n  总 ≥ 5 元\n"
    policy = policy_dsl.load(Path(write(tmp_path / "甲.policy", text)))
    decision = policy.decide({"名册": {"户": [{"存款": 1}]}}, on="2022-06")
    assert decision.errors == []
    return rendered(whole(decision.findings), "zh")


def many_layers(tmp_path: Path) -> str:
    """One layer more than there may be, in one folder."""
    for n in range(library.MAX_LAYERS):
        upper = f"  上级 第{n - 1}层\n" if n else ""
        write(tmp_path / f"{n}.policy", f"政策 第{n}层\n{upper}")
    return write(tmp_path / "示例县.policy", f"政策 示例县\n  上级 第{library.MAX_LAYERS - 1}层\n")


def found_twice(tmp_path: Path) -> str:
    """A layer in two folders beside that of the policy."""
    for folder in ("示例省", "备份"):
        write(tmp_path / folder / "示例省.policy", "政策 示例省\n")
    return write(tmp_path / "示例县" / "示例县.policy", "政策 示例县\n  上级 示例省\n")


def copied(tmp_path: Path) -> str:
    text = "政策 示例县\n参数 标准 : 元/月\n  自 2022-01-01 为 650\n参数 补助 : 元/月\n  自 2022-01-01 为 65\n"
    write(tmp_path / "2022 - 副本.policy", text)
    return run("check", write(tmp_path / "2022.policy", text))


def overdue(tmp_path: Path) -> str:
    """A figure past its review: the decision is made all the same."""
    text = CHECKED + "参数 标准 : 元/月\n  自 2021-01-01 为 420 复核 2021-12-31\n给付 家庭 补 : 元/月\n  为 标准\n"
    policy = policy_dsl.load(Path(write(tmp_path / "甲.policy", text)))
    return rendered(whole(policy.decide({"家庭": {"存款": 1}}, on="2022-06").findings), "zh")


SCENES: dict[str, Callable[[Path], str]] = sliced.SCENES | {
    "P0104": lambda p: checked(p, rule(["为 " + "条件 且 " * 1200 + "条件"])),
    "P0125": lambda p: checked(p, (CHECKED + "// 县").encode("gb18030")),
    "P0126": lambda p: checked(p, CHECKED + "//" + "x" * library.MAX_FILE),
    "P0127": lambda p: checked(p, CHECKED + "// \x07"),
    "P0129": lambda p: run("check", str(p / "低保.policy")),
    "P0130": lambda p: checked(p, CHECKED + "// a\n" * (characters.MAX_WORDS // 3)),
    "P0132": lambda p: checked(
        p, CHECKED + "> 抄录全文\n" * (characters.MAX_GIST // 4) + "规则 家庭 乙 : 元\n  为 1\n"
    ),
    "P0133": many_files,
    "P0225": lambda p: checked(p, long_chain()),
    "P0310": lambda p: checked(p, rule(f"当 存款 = {n} 元 为 {n}" for n in range(characters.MAX_RULE_LINES + 1))),
    "P0614": lambda p: checked(p, rule(["为 0 元", *one_behind_the_other(characters.MAX_DISPLACED + 1)])),
    "P0411": lambda p: checked(
        p, CHECKED + "参数 菜价 : 元\n  " + "\n  ".join(every_day(characters.MAX_DAYS + 1)) + "\n"
    ),
    "P0330": lambda p: run("check", many_layers(p)),
    "P0331": lambda p: run("check", found_twice(p)),
    "P0332": copied,
    "P0603": lambda p: run("check", write(p / "甲县" / "甲县.policy", "政策 甲县\n  上级 乙省\n")),
    "P0604": lambda p: two_layers(p, "政策 甲县\n  上级 乙县\n", "政策 乙县\n  上级 甲县\n"),
    "P0608": lambda p: two_layers(p, "政策 示例县\n  上级 乙省\n", "政策 示例县\n  上级 丙省\n"),
    "P0610": two_policies,
    "P0617": lambda p: run(
        "schema", write(p / "示例.policy", "政策 示例\n参数 标准 : 元/月\n  自 2022-01-01 为 650\n")
    ),
    "P1021": lambda p: two_layers(p, "政策 示例县\n  发放日 10\n", "政策 示例县\n  发放日 15\n"),
    "P0801": lambda p: run("decide", "清水", "一户.json", "--on", "2022-06-01"),
    "P0802": lambda p: run("decide", "清水县", str(ROOT / "examples" / "qingshui.json"), "--on", "2022-13"),
    "P0803": lambda p: run(
        *("explain", write(p / "甲.policy", CHECKED + "规则 家庭 低保金 : 元\n  为 存款\n")),
        *(write(p / "一户.json", FACTS), "--on", "2022-06-01", "--of", "低保今"),
    ),
    "P0804": lambda p: run("explain-code", "P9999"),
    "P0805": lambda p: called(lambda x: x.with_parameters({"计入养老金": {"2022-01-01": "也许"}}), p),
    "P0806": empty_folder,
    "P0807": lambda p: run("compile", "清水县", "-o", str(p / "没有的文件夹" / "清水县.py")),
    "P0808": crash,
    "P0809": foreign_file,
    "P0810": lambda p: run("new", "试验 县", "--extends", "甘肃省", "-o", str(p)),
    "P0811": lambda p: run("new", "清水县", "--extends", "甘肃省", "-o", str(p)),
    "P0812": lambda p: (p / "试验县").mkdir() or run("new", "试验县", "--extends", "甘肃省", "-o", str(p)),
    "P0813": lambda p: write(p / "清水县.py", "# 自己写的\n") and run("compile", "清水县", "-o", str(p / "清水县.py")),
    "P0814": unread,
    "P0815": lambda p: unread(p, "policy_dsl 0.0.9, 1"),
    "F0217": lambda p: called(months_apart, p),
    "F0233": lambda p: somebody_else(p, "姓名 : 文本", {"姓名": "甲"}, {"姓名": "乙"}),
    "F0234": lambda p: somebody_else(p, "身份证 : 文本, 认人", {"身份证": "甲"}, {}),
    "P1020": lambda p: called(another_month, p),
    "F0215": lambda p: published(p, "--as-known", "2022-03-01"),
    "P0909": without_hypothesis,
    "R0130": lambda p: guaranteed(p, "补助 ≤ 900"),
    "R0131": lambda p: guaranteed(p, "补助 随 收入 不增", 950, 50),
    "R0132": a_roll,
    "R0175": overdue,
    "R0133": lambda p: guaranteed(p, "上限 ≥ 1000"),
    "F0102": lambda p: decide(p, write(p / "一户.yaml", "家庭:\n\t存款: 5\n")),
    "F0109": lambda p: called(lambda x: x.decide({"家庭": {"存款": 300.5}}, on="2022-06-01"), p),
    "F0117": lambda p: decide(p, str(p / "一户.jsn")),
    "F0135": lambda p: called(lambda x: x.decide({"家庭": Row(存款=5)}, on="2022-06-01"), p),
    "P0826": lambda p: called(lambda x: x.decide({"家庭": {"存款": 5}}, on="2022-06-01", previous={}), p),  # type: ignore[arg-type]
    "F0130": lambda p: by_calendar(p, '{"year": [2022]}'),
    "F0131": lambda p: by_calendar(p, '{"years": [2022], "off": ["2023-01-02"]}'),
    "F0132": lambda p: by_calendar(p, '{"years": [2022], "on": ["2022-10-10"]}'),
    "F0133": lambda p: by_calendar(p, '{"years": [2022], "off": ["2022-10-08"], "on": ["2022-10-08"]}'),
    "F0134": lambda p: decide(p, write(p / "一户.json", FACTS), "--calendar", str(p / "日历.jsn")),
}


def test_every_page_without_a_program_has_its_scene() -> None:
    """A page shows a program, or the scene that gives its code stands above."""
    assert set(TOLD) == set(SCENES)


@pytest.mark.parametrize("code", TOLD)
def test_the_scene_gives_exactly_that_code(code: str, tmp_path: Path) -> None:
    """What the page tells of happens, with a place or the name of what is at fault; its transcript shows the message as it is."""
    said = SCENES[code](tmp_path)
    assert set(re.findall(r"^(?:错误|警告|提示)\[(\w+)\]", said, flags=re.MULTILINE)) == {code}, said
    assert not re.search(r"\{[a-z_]*\}", said)
    if code not in ("P0802", "P0804", "P0805", "P0808", "P0909"):
        assert "  ┌─ " in said
    first = next(x for x in said.splitlines() if x.startswith(("错误[", "警告[", "提示[")))
    for shown in PAGES[code].messages():
        assert re.sub(r"\S*/", "", first) == re.sub(r"\S*/", "", shown) or re.sub(r"[0-9]+", "9", first) == re.sub(
            r"[0-9]+", "9", shown
        )


@pytest.mark.parametrize("code", CODES)
def test_nothing_in_the_table_is_out_of_reach(code: str) -> None:
    """Each code is raised by the engine: a row that nothing can raise is taken out."""
    sources = [p.read_text(encoding="utf-8") for p in (ROOT / "policy_dsl").rglob("*.py") if p.name != "codes.py"]
    assert any(f'"{code}"' in text for text in sources)
