"""Layers: where 上级 is looked for, what one policy's files are, what a 修订 changes, and what is refused."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest

from policy_dsl import Policy, PolicyError, library
from policy_dsl.diagnostics.report import Report
from policy_dsl.pipeline import compile_layers

TOP = """政策 溪省
类型 片区 = 一区 | 二区
类型 等级 = 三级 < 二级 < 一级
对象 家庭
  片区 : 片区
  等级 : 等级
  收入 : 元/月, 0..10000
参数 标准 : 元/月
  自 2020-01-01 为 500
  自 2022-01-01 为 550
参数 分区标准(片区) : 元/月
  | 片区 | 自 2020-01-01 |
  | 一区 | 500           |
  | 二区 | 400           |
规则 家庭 差额 : 元/月
  为 最大(标准 - 收入, 0)
规则 家庭 分区 : 元/月
  为 分区标准(片区)
规则 家庭 档额 : 元/月
  | 等级      | 收入  | 档额 |
  | 二级 以上 | < 100 | 30   |
  | < 二级    | < 100 | 20   |
  | —         | ≥ 100 | 10   |
规则 家庭 可享受 : 是否
  当 收入 < 标准 为 是
  否则 为 否
  例外 高龄 当 等级 = 一级 为 是
"""
COUNTY = "政策 溪口县\n  上级 溪省\n"


def write(folder: Path, **texts: str) -> Path:
    """One file a text, called as the argument; the folder comes back."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.policy").write_text(text, encoding="utf-8")
    return folder


def compiled(path: Path | str) -> Policy:
    report = Report()
    program = compile_layers(library.find(path), report)
    assert program is not None, [(d.code, str(d.place)) for d in report.items]
    return Policy(program)


def found(path: Path | str) -> list[tuple[str, str, int]]:
    """(code, file, line) of every error of a policy."""
    report = Report()
    try:
        compile_layers(library.find(path), report)
    except PolicyError as error:
        for d in error.diagnostics:
            report.add(d)
    return [
        (d.code, Path(d.place.file).name if d.place else "", d.place.line if d.place else 0) for d in report.sorted()
    ]


def values(made: Policy, on: str = "2022-06", **facts: Any) -> dict[str, object]:
    household = {"片区": "一区", "等级": "一级", "收入": 0, **facts}
    return {o.path.removeprefix("家庭."): o.value for o in made.decide({"家庭": household}, on=on).outputs.values()}


def county(tmp_path: Path, amendments: str) -> Policy:
    return compiled(write(tmp_path, 省=TOP, 县=COUNTY + amendments) / "县.policy")


# --- where 上级 is found


@pytest.mark.parametrize("where", ["县", "省", "省/全", "..", "甲 乙"])
def test_the_upper_layer_lies_beside_above_or_in_the_same_folder(tmp_path: Path, where: str) -> None:
    """In the folder itself, in a folder beside it, or in the one above; the folder's name does not matter."""
    home = tmp_path / "库"
    write((home / where).resolve() if where == ".." else home / where, 任何名=TOP)
    if where == "省/全":
        path = write(home / "省" / "县", 县=COUNTY) / "县.policy"
    elif where == "..":
        path = write(home, 县=COUNTY) / "县.policy"
    else:
        path = write(home / "县", 县=COUNTY) / "县.policy"
    assert compiled(path).layers == ("溪省", "溪口县")


def test_the_same_folder_comes_first_and_two_elsewhere_are_refused(tmp_path: Path) -> None:
    """Policies of one name at several places: that of the policy's own folder counts; of others it is not known which is meant."""
    texts = {n: TOP.replace("为 550", f"为 {n}") for n in (551, 552, 553)}
    path = write(tmp_path / "库" / "县", 县=COUNTY, 省=texts[551]) / "县.policy"
    write(tmp_path / "库" / "邻", 省=texts[552])
    write(tmp_path / "库", 省=texts[553])
    assert values(compiled(path))["差额"] == 551
    (tmp_path / "库" / "县" / "省.policy").unlink()
    with pytest.raises(PolicyError) as caught:
        compiled(path)
    (finding,) = caught.value.diagnostics
    assert finding.code == "P0331"
    assert all(str(tmp_path / "库" / x) in finding.zh for x in ("邻/省.policy", "省.policy"))
    (tmp_path / "库" / "邻" / "省.policy").unlink()
    assert values(compiled(path))["差额"] == 553


def test_a_relative_path_finds_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "省", 省=TOP)
    folder = write(tmp_path / "县", 县=COUNTY)
    for here, path in [(folder, "./县.policy"), (folder, "县.policy"), (tmp_path, "县/县.policy"), (tmp_path, "县/"), (tmp_path / "省", "../县")]:  # fmt: skip
        monkeypatch.chdir(here)
        assert compiled(path).layers == ("溪省", "溪口县"), path


def test_shipped_layers_are_found_from_anywhere(tmp_path: Path) -> None:
    made = compiled(write(tmp_path, 县="政策 溪口县\n  上级 甘肃省\n") / "县.policy")
    assert made.layers == ("全国", "甘肃省", "溪口县")


def test_a_shipped_name_never_means_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder called like a shipped policy is not taken for it, and not the other way round."""
    write(tmp_path / "qingshui", 县="政策 假清水\n对象 家庭\n  x : 是否\n规则 家庭 y : 是否\n  为 x\n")
    monkeypatch.chdir(tmp_path)
    assert library.find("qingshui")[-1].policy == "清水县"
    assert library.find("./qingshui")[-1].policy == "假清水"
    with pytest.raises(PolicyError) as caught:
        library.find("假清水")
    assert caught.value.diagnostics[0].code == "P0801"


def test_three_layers_and_the_lowest_wins(tmp_path: Path) -> None:
    write(tmp_path, 省=TOP, 市="政策 溪市\n  上级 溪省\n修订 标准\n  自 2021-01-01 为 600\n")
    write(tmp_path, 县="政策 溪口县\n  上级 溪市\n修订 标准\n  自 2023-01-01 为 700\n")
    made = compiled(tmp_path / "县.policy")
    assert made.layers == ("溪省", "溪市", "溪口县")
    assert [values(made, on)["差额"] for on in ("2020-06", "2021-06", "2022-06", "2023-06")] == [500, 600, 600, 700]


def test_a_missing_layer_is_named_with_the_nearest(tmp_path: Path) -> None:
    path = write(tmp_path / "县", 县="政策 溪口县\n  辖区 某地\n  上级 溪者省\n") / "县.policy"
    write(tmp_path / "省", 省=TOP.replace("溪省", "溪者者省"))
    with pytest.raises(PolicyError) as caught:
        compiled(path)
    (d,) = caught.value.diagnostics
    assert (d.code, d.place and (d.place.line, d.place.column)) == ("P0603", (3, 3))
    assert "溪者者省" in d.help_zh
    assert "溪者者省" in d.help_en


def test_a_misspelt_shipped_layer_is_suggested(tmp_path: Path) -> None:
    with pytest.raises(PolicyError) as caught:
        compiled(write(tmp_path, 县="政策 溪口县\n  上级 甘肃\n") / "县.policy")
    assert "「甘肃省」" in caught.value.diagnostics[0].help_zh


@pytest.mark.parametrize("length", [1, 2, 3])
def test_a_circle_of_layers_shows_its_path(tmp_path: Path, length: int) -> None:
    names = ["甲县", "乙市", "丙省"][:length]
    for n, name in enumerate(names):
        write(tmp_path, **{name: f"政策 {name}\n  上级 {names[(n + 1) % length]}\n"})
    with pytest.raises(PolicyError) as caught:
        compiled(tmp_path / "甲县.policy")
    (d,) = caught.value.diagnostics
    assert d.code == "P0604"
    assert " → ".join([*names, "甲县"]) in d.zh


def test_an_upper_layer_that_cannot_be_read_is_the_trouble_named(tmp_path: Path) -> None:
    """Not silently left out: names missing from it would be blamed on the county."""
    write(tmp_path, 县=COUNTY)
    (tmp_path / "省.policy").write_bytes(TOP.encode() + b"// \xff\xfe\n")
    assert found(tmp_path / "县.policy") == [("P0125", "省.policy", TOP.count("\n") + 1)]


def test_a_broken_upper_layer_is_reported_in_its_own_file(tmp_path: Path) -> None:
    write(tmp_path, 省=TOP.replace("收入, 0", "收人, 0"), 县=COUNTY + "修订 标准\n  自 2023-01-01 为 600\n")
    assert found(tmp_path / "县.policy") == [("P0201", "省.policy", 16)]


def test_what_is_extended_stands_in_the_head_alone(tmp_path: Path) -> None:
    """A list called 上级 in an example, or a fact, is no layer."""
    text = """政策 溪口县
对象 上级单位
  名称 : 文本
对象 家庭
  上级 : 若干 上级单位
规则 家庭 个数 : 整数
  为 人数(上级)
案例 一个
  于 2022-01
  上级 甲: 名称 = 甲
  应为 家庭: 个数 = 1
"""
    assert compiled(write(tmp_path, 县=text) / "县.policy").layers == ("溪口县",)


# --- several files of one policy


def _parts() -> dict[str, str]:
    head = "政策 溪省\n"
    pieces = TOP.removeprefix(head).split("参数 标准")
    rules = pieces[1].split("规则 家庭 差额")
    return {"a": head + pieces[0], "b": head + "参数 标准" + rules[0], "c": head + "规则 家庭 差额" + rules[1]}


@pytest.mark.parametrize("order", list(itertools.permutations("abc")))
def test_files_of_one_policy_are_one_whatever_they_are_called(tmp_path: Path, order: tuple[str, ...]) -> None:
    """Names are known in all files of the layer, whichever is read first; each file and the folder mean the whole."""
    texts = {f"{n}_{part}": _parts()[part] for n, part in enumerate(order)}
    write(tmp_path / "省", **texts)
    results = [values(compiled(p)) for p in (tmp_path / "省", *sorted((tmp_path / "省").iterdir()))]
    assert all(r == results[0] for r in results)
    assert results[0] == {"差额": 550, "分区": 500, "档额": 30, "可享受": True}


def test_other_policies_in_the_folder_do_not_join_in(tmp_path: Path) -> None:
    write(tmp_path, 省=TOP, 县=COUNTY, 别="政策 别处\n这里写坏了\n")
    assert compiled(tmp_path / "县.policy").layers == ("溪省", "溪口县")


def test_a_folder_with_several_policies_says_so(tmp_path: Path) -> None:
    with pytest.raises(PolicyError) as caught:
        library.find(write(tmp_path, 省=TOP, 县=COUNTY))
    (d,) = caught.value.diagnostics
    assert "溪省" in d.zh
    assert "溪口县" in d.zh
    assert d.code == "P0610"


def test_files_of_one_policy_extend_one(tmp_path: Path) -> None:
    write(tmp_path, 省=TOP, 一=COUNTY, 二="政策 溪口县\n  上级 甘肃省\n")
    assert found(tmp_path / "一.policy") == [("P0608", "二.policy", 2)]


def test_one_file_may_say_what_all_extend(tmp_path: Path) -> None:
    write(tmp_path, 省=TOP, 一=COUNTY, 二="政策 溪口县\n修订 标准\n  自 2022-01-01 为 600\n")
    assert values(compiled(tmp_path / "二.policy"))["差额"] == 600


def test_a_name_twice_in_two_files_of_one_policy(tmp_path: Path) -> None:
    write(tmp_path, a=TOP, b="政策 溪省\n参数 标准 : 元/月\n  自 2020-01-01 为 1\n")
    assert found(tmp_path / "a.policy") == [("P0202", "b.policy", 2)]


# --- declared above, declared again below


@pytest.mark.parametrize(
    "again",
    [
        "参数 标准 : 元/月\n  为 1\n",
        "规则 家庭 差额 : 元/月\n  为 1\n",
        "类型 片区 = 甲 | 乙\n",
        "对象 家庭\n  人口 : 人\n",
        "修订 家庭\n  收入 : 元/年\n",
        "修订 家庭\n  差额 : 元/月\n",
        "规则 家庭 标准 : 元/月\n  为 1\n",
        "修订 家庭\n  人口 : 人\n  标准 : 元/月\n",
        "参数 差额 : 元/月\n  为 1\n",
        "参数 收入 : 元/月\n  为 1\n",
    ],
)
def test_what_an_upper_layer_declares_is_changed_by_amending_alone(tmp_path: Path, again: str) -> None:
    """Also where the two are of different kinds: a fact or rule called like a parameter would hide it from every rule above."""
    line = 5 if "人口 : 人\n  标准" in again else 4 if again.startswith("修订") else 3
    write(tmp_path, 省=TOP, 县=COUNTY + again)
    assert found(tmp_path / "县.policy") == [("P0605", "县.policy", line)]


@pytest.mark.parametrize(
    "again", ["文件 甲 : 一号\n", "规则 家庭 新 : 元/月\n  为 标准\n", "修订 家庭\n  人口 : 人, 默认 1\n"]
)
def test_what_is_new_needs_no_amendment(tmp_path: Path, again: str) -> None:
    write(tmp_path, 省=TOP, 县=COUNTY + again)
    assert found(tmp_path / "县.policy") == []


@pytest.mark.parametrize("name", ["标淮", "片区", "没有的", "人口"])
def test_only_what_is_inherited_can_be_amended(tmp_path: Path, name: str) -> None:
    write(tmp_path, 省=TOP, 县=COUNTY + f"修订 {name}\n  为 1\n")
    assert found(tmp_path / "县.policy") == [("P0606", "县.policy", 3)]


@pytest.mark.parametrize(
    "what", ["规则 家庭 新 : 元/月\n  为 1\n", "参数 新 : 元/月\n  为 1\n", "对象 新\n  甲 : 是否\n"]
)
def test_an_upper_layer_cannot_amend_what_stands_below(tmp_path: Path, what: str) -> None:
    body = "  乙 : 是否\n" if what.startswith("对象") else "  为 2\n"
    write(tmp_path, 省=TOP + "修订 新\n" + body, 县=COUNTY + what)
    assert found(tmp_path / "县.policy") == [("P0606", "省.policy", TOP.count("\n") + 1)]


def test_the_nearest_inherited_name_is_offered(tmp_path: Path) -> None:
    write(tmp_path, 省=TOP, 县=COUNTY + "修订 标淮\n  为 1\n")
    report = Report()
    compile_layers(library.find(tmp_path / "县.policy"), report)
    assert "「标准」" in report.items[0].help_zh


# --- what a 修订 changes


def test_a_parameters_values_hide_those_above_in_their_time(tmp_path: Path) -> None:
    made = county(tmp_path, "修订 标准\n  自 2021-01-01 至 2021-12-31 为 520\n  自 2023-01-01 为 600\n")
    months = ("2020-06", "2021-06", "2022-06", "2023-06")
    assert [values(made, on)["差额"] for on in months] == [500, 520, 550, 600]


def test_a_lower_value_stands_against_a_later_one_above(tmp_path: Path) -> None:
    """The county's value of 2021 still counts in 2022, when the province has a new one."""
    assert values(county(tmp_path, "修订 标准\n  自 2021-01-01 为 520\n"), "2022-06")["差额"] == 520


def test_keyed_values_are_changed_key_by_key(tmp_path: Path) -> None:
    made = county(tmp_path, "修订 分区标准\n  | 片区 | 自 2022-01-01 |\n  | 二区 | 450           |\n")
    assert [values(made, 片区=x)["分区"] for x in ("一区", "二区")] == [500, 450]
    assert values(made, "2021-06", 片区="二区")["分区"] == 400


def test_one_parameter_may_be_amended_under_several_headings(tmp_path: Path) -> None:
    made = county(tmp_path, "## 一\n修订 标准\n  自 2021-01-01 为 520\n## 二\n修订 标准\n  自 2023-01-01 为 600\n")
    assert [values(made, on)["差额"] for on in ("2021-06", "2022-06", "2023-06")] == [520, 520, 600]


def test_but_not_twice_for_one_day(tmp_path: Path) -> None:
    write(tmp_path, 省=TOP, 县=COUNTY + "修订 标准\n  自 2021-01-01 为 1\n修订 标准\n  自 2021-01-01 为 2\n")
    assert found(tmp_path / "县.policy") == [("P0401", "县.policy", 6)]


ROWS = {
    "the same words": "| 等级 | 收入 | 档额 |\n  | 二级 以上 | < 100 | 35 |",
    "a sign for the word": "| 等级 | 收入 | 档额 |\n  | ≥ 二级 | < 100 | 35 |",
    "another word": "| 等级 | 收入 | 档额 |\n  | 不低于 二级 | 不足 100 | 35 |",
    "the English words": "| 等级 | 收入 | 档额 |\n  | 二级 and_more | below 100.00 | 35 |",
    "columns the other way round": "| 收入 | 等级 | 档额 |\n  | < 100 | ≥ 二级 | 35 |",
    "full-width": "｜ 等级 ｜ 收入 ｜ 档额 ｜\n  ｜ ≥ 二级 ｜ ＜ 100 ｜ 35 ｜",
}  # fmt: skip


@pytest.mark.parametrize("spelling", list(ROWS))
def test_a_row_is_known_by_what_its_conditions_say(tmp_path: Path, spelling: str) -> None:
    """A row with the same conditions takes the place of the one above, however they are spelt; the others stay."""
    made = county(tmp_path, f"修订 档额\n  {ROWS[spelling]}\n")
    cases = [("一级", 0), ("二级", 99), ("三级", 0), ("一级", 100)]
    assert [values(made, 等级=a, 收入=b)["档额"] for a, b in cases] == [35, 35, 20, 10]


def test_a_column_of_dashes_says_nothing(tmp_path: Path) -> None:
    made = county(tmp_path, "修订 档额\n  | 收入  | 档额 |\n  | ≥ 100 | 12   |\n")
    assert [values(made, 收入=x)["档额"] for x in (0, 100)] == [30, 12]


def test_a_row_with_other_conditions_is_added(tmp_path: Path) -> None:
    """And then conflicts with what stands above, where both apply: nothing is decided silently."""
    made = county(tmp_path, "修订 档额\n  | 等级 | 收入 | 档额 |\n  | 一级 | < 100 | 35 |\n")
    assert values(made, 等级="二级")["档额"] == 30
    (error,) = made.decide({"家庭": {"片区": "一区", "等级": "一级", "收入": 0}}, on="2022-06").errors
    assert error.code == "R0102"
    assert error.place
    assert Path(error.place.file).name == "县.policy"


@pytest.mark.parametrize(("body", "expected"), [("  为 7\n", 7), ("  当 收入 < 100 为 8\n  否则 为 9\n", 8)])
def test_a_body_takes_the_place_of_the_one_above(tmp_path: Path, body: str, expected: int) -> None:
    assert values(county(tmp_path, "修订 差额\n" + body))["差额"] == expected


def test_branches_are_replaced_together(tmp_path: Path) -> None:
    made = county(tmp_path, "修订 可享受\n  当 收入 < 10 为 是\n  否则 为 否\n")
    assert values(made, 等级="三级", 收入=20)["可享受"] is False
    assert values(made, 等级="一级", 收入=20)["可享受"] is True, "the exception above stays"


def test_an_exception_is_replaced_by_its_name_and_joined_by_others(tmp_path: Path) -> None:
    made = county(
        tmp_path, "修订 可享受\n  例外 高龄 当 等级 = 一级 且 收入 < 5000 为 是\n  例外 停发 当 片区 = 二区 为 否\n"
    )
    cases = [("一区", "一级", 4999), ("一区", "一级", 5000), ("二区", "三级", 0)]
    assert [values(made, 片区=a, 等级=b, 收入=c)["可享受"] for a, b, c in cases] == [True, False, False]


def test_a_lower_exception_beats_one_above(tmp_path: Path) -> None:
    made = county(tmp_path, "修订 可享受\n  例外 甲 当 等级 ≥ 二级 为 否\n")
    assert [values(made, 等级=x)["可享受"] for x in ("一级", "二级", "三级")] == [False, False, True]


def test_one_amendment_may_name_several_rules(tmp_path: Path) -> None:
    made = county(tmp_path, "修订 差额, 档额\n  例外 停发 当 片区 = 二区 为 0\n")
    assert [(v["差额"], v["档额"]) for v in (values(made), values(made, 片区="二区"))] == [(550, 30), (0, 0)]


def test_a_layer_adds_exceptions_and_facts_to_its_own(tmp_path: Path) -> None:
    """So that an exclusivity clause stands where the document has it."""
    text = TOP + "修订 差额\n  例外 停发 当 停发中 为 0\n修订 家庭\n  停发中 : 是否, 默认 否\n"
    made = compiled(write(tmp_path, 省=text) / "省.policy")
    assert [values(made)["差额"], values(made, 停发中=True)["差额"]] == [550, 0]


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_declarations_does_not_matter(tmp_path: Path, seed: int) -> None:
    """A rule may stand above what it reads, a 修订 above what it amends, a fact below the rules that use it."""
    import random

    lower = "修订 标准\n  自 2022-01-01 为 600\n修订 家庭\n  人口 : 人, 默认 2\n规则 家庭 人均 : 元/月\n  为 差额 / 人口 * 1 人\n修订 差额\n  例外 甲 当 收入 > 500 为 0\n"

    def shuffled(text: str, head: str) -> str:
        items: list[str] = []
        for line in text.removeprefix(head).splitlines(keepends=True):
            if line[0] == " ":
                items[-1] += line
            else:
                items.append(line)
        random.Random(seed).shuffle(items)
        return head + "".join(items)

    write(tmp_path, 省=shuffled(TOP, "政策 溪省\n"), 县=shuffled(COUNTY + lower, COUNTY))
    made = compiled(tmp_path / "县.policy")
    assert values(made) == {"差额": 600, "分区": 500, "档额": 30, "可享受": True, "人均": 300}


# --- what a lower layer does to values above


def warned(path: Path) -> list[tuple[str, str, int, list[int]]]:
    """(code, severity, line, lines of the labels) of every finding of a policy that compiles all the same."""
    report = Report()
    assert compile_layers(library.find(path), report) is not None
    return [
        (d.code, d.severity, d.place.line if d.place else 0, [x.place.line for x in d.labels]) for d in report.sorted()
    ]


HIDING = {
    "a value": ("修订 标准\n  自 2021-01-01 为 520\n", [4], [10]),
    "one that ends on the day": ("修订 标准\n  自 2021-01-01 至 2022-01-01 为 520\n", [4], [10]),
    "one that has ended": ("修订 标准\n  自 2021-01-01 至 2021-12-31 为 520\n", [], []),
    "written again": ("修订 标准\n  自 2021-01-01 为 520\n  自 2022-01-01 为 520\n", [], []),
    "later than the one above": ("修订 标准\n  自 2022-01-02 为 520\n", [], []),
    "without a date": ("修订 标准\n  为 520\n", [], []),
    "the same amount": ("修订 标准\n  自 2021-01-01 为 550\n", [], []),
}


@pytest.mark.parametrize("case", HIDING)
def test_an_older_value_that_hides_a_newer_one_above_is_a_warning(tmp_path: Path, case: str) -> None:
    """Both places are shown."""
    text, lines, labels = HIDING[case]
    write(tmp_path, 省=TOP, 县=COUNTY + text)
    assert warned(tmp_path / "县.policy") == [("P0616", "warning", n, labels) for n in lines]


BODIES = {
    "a body": ("  自 2021-01-01 为 1\n", [("P0616", 4)]),
    "branches": ("  自 2021-01-01\n    当 收入 > 3 为 1\n    否则 为 2\n", [("P0616", 5)]),
    "an exception": ("  自 2021-01-01\n    例外 老 当 收入 > 3 为 1\n", [("P0616", 5)]),
    "another exception": (
        "  自 2021-01-01\n    例外 病 当 收入 > 3 为 1\n",
        [("P0619", 5)],
    ),  # hides nothing, but counts before 老
}


@pytest.mark.parametrize("case", BODIES)
def test_lines_of_rules_hide_as_values_do(tmp_path: Path, case: str) -> None:
    text, said = BODIES[case]
    above = "规则 家庭 补贴 : 元/月\n  自 2020-01-01 为 10\n  自 2022-01-01\n    为 20\n    例外 老 当 收入 > 9 为 0\n"
    write(tmp_path, 省=TOP + above, 县=COUNTY + "修订 补贴\n" + text)
    assert [(code, at) for code, _, at, _ in warned(tmp_path / "县.policy")] == said


def test_many_warnings_are_one_a_parameter_and_stop_nothing(tmp_path: Path) -> None:
    """A report that is full of errors ends the passes; warnings do not fill it, and none is lost."""
    above = "".join(f"参数 数{n} : 元\n  自 2020-01-01 为 1\n  自 2022-01-01 为 2\n" for n in range(300))
    below = "".join(f"修订 数{n}\n  自 2021-01-01 为 3\n" for n in range(300))
    write(tmp_path, 省=TOP + above, 县=COUNTY + below)
    assert [code for code, *_ in warned(tmp_path / "县.policy")] == ["P0616"] * 300


def test_a_computed_value_is_held_against_a_computed_floor(tmp_path: Path) -> None:
    """On every day on which a part of either changes."""
    above = "参数 指数 : 数\n  自 2020-01-01 为 1\n  自 2023-01-01 为 1.2\n参数 底线 : 元/月\n  自 2020-01-01 不低于 100 元/月 * 指数\n"
    below = "修订 底线\n  自 2021-01-01 为 {}\n"
    write(tmp_path, 省=TOP + above, 县=COUNTY + below.format("110"))
    assert found(tmp_path / "县.policy") == [("P0615", "县.policy", 4)]
    write(tmp_path, 县=COUNTY + below.format("99 元/月 * 指数"))
    assert found(tmp_path / "县.policy") == [("P0615", "县.policy", 4)]
    write(tmp_path, 县=COUNTY + below.format("100 元/月 * 指数"))
    assert found(tmp_path / "县.policy") == []


def test_a_floor_two_layers_up_binds_beside_the_one_between(tmp_path: Path) -> None:
    top = TOP + "参数 底线 : 元/月\n  自 2020-01-01 不低于 100\n"
    middle = COUNTY + "修订 底线\n  自 2021-01-01 不低于 80\n"
    low = "政策 北乡\n  上级 溪口县\n修订 底线\n  自 2021-01-01 为 90\n"
    write(tmp_path, 省=top, 县=middle, 乡=low)
    assert found(tmp_path / "乡.policy") == [("P0615", "乡.policy", 4)]


def test_what_a_layer_between_has_repealed_is_not_inherited(tmp_path: Path) -> None:
    middle = COUNTY + "修订 可享受\n  废止 高龄\n"
    low = "政策 北乡\n  上级 溪口县\n修订 可享受\n  废止 高龄\n"
    write(tmp_path, 省=TOP, 县=middle, 乡=low)
    assert found(tmp_path / "乡.policy") == [("P0611", "乡.policy", 4)]


def test_the_nearest_exception_is_offered(tmp_path: Path) -> None:
    write(tmp_path, 省=TOP, 县=COUNTY + "修订 可享受\n  废止 高令\n")
    report = Report()
    compile_layers(library.find(tmp_path / "县.policy"), report)
    assert "「高龄」" in report.items[0].help_zh


def test_a_repealed_benefit_is_not_listed(tmp_path: Path) -> None:
    write(tmp_path, 省=TOP + "给付 家庭 补贴 : 元\n  为 100\n", 县=COUNTY + "修订 补贴\n  自 2022-06-01 废止\n")
    made = compiled(tmp_path / "县.policy")
    assert values(made, "2022-05")["补贴"] == 100
    assert "补贴" not in values(made, "2022-06")


AGAIN = {
    "values": ("标准", "为 520", "P0401"),
    "dated values": ("标准", "自 2021-01-01 为 520", "P0401"),
    "exceptions": ("可享受", "例外 甲 当 收入 > {n} 为 是", "P0202"),
    "branches": ("可享受", "当 收入 > {n} 为 是", "P0612"),
    "repeals": ("可享受", "废止 高龄", "P0612"),
    "repeals of all": ("可享受", "废止", "P0612"),
    "rows": ("档额", "| 等级      | 收入  | 档额 |\n  | 二级 以上 | < 100 | {n}   |", "P0309"),
    "rows that say the same": ("档额", "| 等级      | 收入  | 档额 |\n  | 二级 以上 | < 100 | 5   |", "P0612"),
    "keyed values": ("分区标准", "| 片区 | 自 2022-01-01 |\n  | 一区 | {n}           |", "P0401"),
}


@pytest.mark.parametrize("files", [1, 2])
@pytest.mark.parametrize("case", AGAIN)
def test_one_layer_amends_a_thing_once(tmp_path: Path, case: str, files: int) -> None:
    """In two 修订 of one file or of two, the message says that one layer amends it twice and shows both places; a file that says word
    for word what another says is its copy."""
    name, body, code = AGAIN[case]
    once = [f"修订 {name}\n  {body.format(n=n)}\n" for n in (1, 2)]
    if files == 1:
        write(tmp_path, 省=TOP, 县=COUNTY + "".join(once))
    else:
        write(tmp_path, 省=TOP)
        write(tmp_path / "县", 甲=COUNTY + once[0], 乙=COUNTY + once[1])
    report = Report()
    compile_layers(library.find(tmp_path / ("县.policy" if files == 1 else "县")), report)
    (finding,) = report.items
    assert finding.labels
    if files == 2 and "{n}" not in body:
        assert finding.code == "P0332"
        return
    assert finding.code == code
    assert "同一" in finding.zh + finding.help_zh
    assert "twice" in finding.en + finding.help_en
