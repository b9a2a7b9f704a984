"""The register as people and programs see it, kept as files; that it is exact on a small policy; offices; the command.

`pytest --update-golden` writes the files anew; read the diff before committing it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any, cast

import pytest
from click.testing import CliRunner

import policy_dsl
from policy_dsl import Policy
from policy_dsl.cli import main
from policy_dsl.ir import nodes as ir
from policy_dsl.register.offices import civil_affairs
from policy_dsl.register.register import Register

HERE = Path(__file__).parent
COUNTY = HERE / "3-county.policy"
ENDINGS = {"text": "txt", "md": "md", "json": "json"}


def written(made: Register, form: str, lang: str) -> str:
    if form == "json":
        return json.dumps(made.to_json(lang) | {"engine": "-"}, ensure_ascii=False, indent=1) + "\n"
    return {"text": made.text, "md": made.markdown}[form](lang) + "\n"


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("form", ENDINGS)
def test_it_reads_as_before(form: str, lang: str, update_golden: bool) -> None:
    path = HERE / "golden" / f"county.{lang}.{ENDINGS[form]}"
    found = written(policy_dsl.load(COUNTY).register(), form, lang)
    if update_golden:
        path.parent.mkdir(exist_ok=True)
        path.write_text(found, encoding="utf-8")
    assert found == path.read_text(encoding="utf-8")


# --- exact: what is listed is what can be


def households() -> Iterator[dict[str, Any]]:
    """Households that make each line of the small policy apply, alone and with each month before."""
    people = [[{"自理": x}] for x in ("未评估", "部分", "完全")]
    before: list[dict[str, Any]] = [
        {},
        {"上月": {"状态": "未享受", "持续": 2, "补助": 0}},
        {"上月": {"状态": "在保", "持续": 2, "补助": 40}},
        {"上月": {"状态": "渐退", "持续": 1, "补助": 40}},
        {"上月": {"状态": "渐退", "持续": 3, "补助": 40}},
    ]
    for place, income, works, members, month in product(
        ("城市", "农村"), (0, 420, 550, 1000), (True, False), people, before
    ):
        yield {"家庭": {"户籍": place, "收入": income, "就业": works, "成员": members, **month}}


DAYS = ("2020-06", "2021-06", "2022-03", "2022-08", "2023-03", "2025-03", "2025-08")


def mentioned(policy: Policy) -> tuple[set[tuple[str, str]], set[tuple[str, str, str]], set[tuple[int, str, str]]]:
    """(assumption, output) of every explanation, (day, parameter, output) of everything that waits, (day of review, what has it, output),
    over all households and days."""
    said: set[tuple[str, str]] = set()
    reviewed: set[tuple[int, str, str]] = set()
    waits: set[tuple[str, str, str]] = set()
    entities = {"家庭": "家庭", "家庭.成员[0]": "个人"}
    for facts, day in product(households(), DAYS):
        decision = policy.decide(facts, on=day)
        for path in decision:
            entry, _, name = path.rpartition(".")
            output = f"{entities[entry]}.{name}"
            explained = decision.explain(path)
            said |= {(text.split(" ")[0], output) for text in explained.assumptions()}
            reviewed |= {
                (step.review, step.name.removeprefix("下限(").partition("(")[0], output)
                for step in explained.walk(*explained.roots)
                if step.review
            }
        for open_ in decision.undetermined:
            entry, _, name = open_.output.rpartition(".")
            waits |= {(day, parameter, f"{entities[entry]}.{name}") for parameter in open_.parameters}
    return said, waits, reviewed


def test_what_is_listed_is_exactly_what_can_be() -> None:
    """An output is listed at an assumption where some explanation of it mentions the assumption, and nowhere else; so it is with what
    waits for a parameter, or has a day of review."""
    policy = policy_dsl.load(COUNTY)
    made = policy.register()
    said, waits, reviewed = mentioned(policy)
    untold = {("XX-HEAT", "家庭.取暖补贴")}  # at a 废止, which explanations do not speak of
    assert {(a.id, f"{e}.{n}") for a in made.assumptions for e, n in a.outputs} == said | untold
    listed = {
        (day, q.parameter.name, f"{e}.{n}")
        for q in made.questions
        for day in DAYS
        if q.since <= int(day.replace("-", "")) * 100 + 1 <= q.until and q.kind != "target"
        for e, n in q.outputs
    }
    assert listed == waits
    assert {(r.review, r.carrier.name, f"{e}.{n}") for r in made.reviews for e, n in r.outputs} == reviewed


def test_every_assumption_of_the_texts_is_there() -> None:
    """Whatever it stands at: a rule, a line, a row, a value, a state, a 补发, a dated block."""
    texts = [p.read_text(encoding="utf-8") for p in sorted(HERE.glob("*.policy"))]
    lines = {
        (line.partition("假设 ")[2].split(" ")[0], n)
        for text in texts
        for n, line in enumerate(text.splitlines(), 1)
        if "假设 " in line
    }
    made = policy_dsl.load(COUNTY).register()
    assert {(a.id, w.place.line) for a in made.assumptions for w in a.written} == lines


def test_a_dated_block_keeps_its_assumption(tmp_path: Path) -> None:
    """Beside a table of keys too."""
    text = """政策 甲县
类型 地区 = 城市 | 农村
参数 标准(地区) : 元/月
  自 2022-01-01
    假设 J-1 从年初起
    | 地区 | 标准 |
    | 城市 | 500  |
    | 农村 | 待定 |
"""
    path = tmp_path / "甲.policy"
    path.write_text(text, encoding="utf-8")
    (found,) = policy_dsl.load(path).register().assumptions
    assert (found.id, [len(w.about) for w in found.written]) == ("J-1", [1, 1])


def test_what_only_earlier_months_hand_over_stands_apart() -> None:
    made = policy_dsl.load(COUNTY).register()
    rounding = next(a for a in made.assumptions if a.id == "SG-ROUND")
    assert ("家庭", "补助") in rounding.outputs
    assert rounding.later == (("家庭", "上月补助"),)


def test_a_displaced_place_is_told_from_one_that_counts() -> None:
    made = policy_dsl.load(COUNTY).register()
    rounding = next(a for a in made.assumptions if a.id == "SG-ROUND")
    assert [w.counts for w in rounding.written] == [False, True]
    national = policy_dsl.load(HERE / "1-nation.policy").register()
    assert [w.counts for a in national.assumptions if a.id == "SG-ROUND" for w in a.written] == [True]


def test_other_policies_have_none(tmp_path: Path) -> None:
    path = tmp_path / "空.policy"
    path.write_text("政策 空县\n对象 家庭\n  收入 : 元/月\n", encoding="utf-8")
    made = policy_dsl.load(path).register()
    assert (made.assumptions, made.questions, made.reviews) == ((), (), ())
    assert "假设（0 项）" in str(made)


def test_bounds_of_one_clause_stand_apart_and_reviews_come_by_their_days(tmp_path: Path) -> None:
    text = """政策 甲县
类型 地区 = 城市 | 农村 | 牧区
对象 家庭 : 户
  户籍 : 地区
参数 标准(地区) : 元/户/月
  | 地区 | 标准            |
  | 城市 | 待定, 500..700  |
  | 农村 | 待定, 300..400  |
  | 牧区 | 待定            |
参数 取暖 : 元/户/月
  自 2020-01-01 为 80 复核 2024-06-30
规则 家庭 每月 : 元/户/月
  自 2021-01-01 复核 2023-06-30
    为 标准(户籍) + 取暖
"""
    path = tmp_path / "甲.policy"
    path.write_text(text, encoding="utf-8")
    made = policy_dsl.load(path).register()
    shown = made.to_json()
    assert [(q["cells"], q["bounds"]) for q in cast(Any, shown["questions"])] == [
        ([["城市"]], ["500.00", "700.00"]),
        ([["农村"]], ["300.00", "400.00"]),
        ([["牧区"]], None),
    ]
    assert [(r["review"], r["kind"], r["name"], r["outputs"]) for r in cast(Any, shown["reviews"])] == [
        ("2023-06-30", "rule", "每月", ["家庭.每月"]),
        ("2024-06-30", "parameter", "取暖", ["家庭.每月"]),
    ]
    assert "待定，在 300.00 元/户/月 与 400.00 元/户/月 之间" in made.text("zh")
    assert "### rule 家庭.每月: to be reviewed by 2023-06-30" in made.markdown("en")


# --- offices


@pytest.mark.parametrize(
    ("place", "office"),
    [
        ("全国", "民政部"),
        ("甘肃省", "甘肃省民政厅"),
        ("内蒙古自治区", "内蒙古自治区民政厅"),
        ("北京市", "北京市民政局"),
        ("黔南州", "黔南州民政局"),
        ("大兴安岭地区", "大兴安岭地区民政局"),
        ("清水县", "清水县民政局"),
        ("城关镇", "城关镇人民政府"),
        ("上海路街道", "上海路街道办事处"),
        ("省", ""),
        ("Willow_County", ""),
        ("", ""),
    ],
)
def test_a_place_tells_its_office(place: str, office: str) -> None:
    assert civil_affairs(place) == office


def test_an_office_says_how_it_was_found() -> None:
    made = policy_dsl.load(COUNTY).register()
    found = {a.id: a.written[-1].office for a in made.assumptions}
    assert found["XX-CITY"].text("zh") == "下县民政局（下民发〔2022〕8号 的机关）"
    assert found["ZS-JAN"].text("zh") == "中省民政厅（由辖区「中省」推定）"
    assert found["SG-THREE"].text("en") == "民政部 (derived from the jurisdiction “全国”)"


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("政策 甲县\n", "甲县民政局（由政策名称「甲县」推定）"),
        ("政策 试行\n", "不详（「试行」没有写机关，辖区也推不出）"),
        ("政策 试行\n  辖区 甲省 乙市\n", "乙市民政局（由辖区「乙市」推定）"),
        ("政策 甲县\n文件 甲 : 甲字1号\n  机关 甲县人民政府\n## 甲 一\n", "甲县人民政府（甲字1号 的机关）"),
    ],
)
def test_without_a_document_the_layer_tells_the_office(tmp_path: Path, head: str, said: str) -> None:
    path = tmp_path / "甲.policy"
    path.write_text(head + "参数 数 : 元\n  为 1   假设 J-1 试一试\n", encoding="utf-8")
    (found,) = policy_dsl.load(path).register().assumptions
    assert found.written[0].office.text("zh") == said


# --- the command


def run(*args: object) -> Any:
    done = CliRunner().invoke(main, [str(a) for a in args])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_command_prints_what_the_api_gives(lang: str) -> None:
    made = policy_dsl.load(COUNTY).register()
    assert run("register", COUNTY, "--lang", lang).stdout == made.text(lang) + "\n"
    assert run("register", COUNTY, "--format", "md", "--lang", lang).stdout == made.markdown(lang) + "\n"
    assert json.loads(run("register", COUNTY, "--format", "json", "--lang", lang).stdout) == [made.to_json(lang)]


def test_a_folder_gives_every_policy_in_it_and_names_are_taken_too() -> None:
    done = run("register", HERE, "清水县", "--format", "json")
    assert (done.exit_code, done.stderr) == (0, "")
    assert [x["policy"] for x in json.loads(done.stdout)] == ["上国", "中省", "下县", "清水县"]


def test_what_cannot_be_read_is_said_and_the_others_come(tmp_path: Path) -> None:
    (tmp_path / "坏.policy").write_text("政策 坏县\n规则 家庭 乙 : 元\n  为 1\n", encoding="utf-8")
    done = run("register", tmp_path, COUNTY)
    assert done.exit_code == 1
    assert "P0201" in done.stderr
    assert done.stdout.startswith("下县：假设、待定和复核\n")
    assert run("register", "清水").exit_code == 2


def test_the_shipped_policies_have_registers_that_name_only_what_they_have() -> None:
    for name in ("national", "gansu", "qingshui"):
        policy = policy_dsl.load(name)
        made = policy.register()
        outputs = {(o.entity, o.name) for o in policy.outputs}
        for item in (*made.assumptions, *made.questions):
            assert {*item.outputs, *item.later} <= outputs
            assert not set(item.outputs) & set(item.later)
        assert all(isinstance(q.entry, ir.Entry) and q.cells for q in made.questions)
        assert all(w.office.name for a in made.assumptions for w in a.written)
