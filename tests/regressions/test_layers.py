"""How layers are found: how many there may be, one that lies in two places, a file with its copy beside it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from policy_dsl import library
from policy_dsl.cli.group import main
from policy_dsl.diagnostics.report import PolicyError

SHIPPED = Path(library.shipped_folder())


def lay(folder: Path, texts: dict[str, str]) -> Path:
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def found(*paths: Path) -> list[dict[str, object]]:
    """What `check` says of these paths."""
    done = CliRunner().invoke(main, ["check", *map(str, paths), "--format", "json"])
    assert done.exit_code in (0, 1), done.output
    data: list[dict[str, object]] = json.loads(done.stdout)
    return data


def chain(folder: Path, length: int) -> Path:
    """Policies of one folder, each over the one before."""
    texts = {}
    for n in range(length):
        own = f"修订 数\n  自 {1990 + n}-01-01 为 {n}\n" if n else "参数 数 : 整数\n  自 1990-01-01 为 0\n"
        texts[f"{n}.policy"] = f"政策 第{n}层\n" + (f"  上级 第{n - 1}层\n" if n else "") + own
    return lay(folder, texts)


def test_fifty_layers_and_no_more(tmp_path: Path) -> None:
    """Fifty are a policy; of sixty in one folder the ten lowest are refused, each at its own 上级."""
    assert found(chain(tmp_path, library.MAX_LAYERS) / f"{library.MAX_LAYERS - 1}.policy") == []
    chain(tmp_path, library.MAX_LAYERS + 10)
    problems = library.units([str(tmp_path)])[1]
    assert [d.code for d in problems] == ["P0330"] * 10
    assert {Path(d.place.file).stem for d in problems if d.place} == {str(library.MAX_LAYERS + n) for n in range(10)}


def test_a_long_chain_is_looked_up_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each folder is listed, and each file read, once for all policies of a folder, however they hang together."""
    folder = chain(tmp_path, 30)
    listed: list[str] = []
    read: list[str] = []
    lists, reads = os.listdir, library.read_file

    def listdir(path: str) -> list[str]:
        listed.append(path)
        return lists(path)

    def read_file(path: str) -> library.PolicyFile:
        read.append(path)
        return reads(path)

    monkeypatch.setattr(os, "listdir", listdir)
    monkeypatch.setattr(library, "read_file", read_file)
    policies, problems = library.units([str(folder)])
    assert (len(policies), problems) == (30, [])
    assert listed.count(str(folder)) <= 1
    assert max(read.count(path) for path in read) <= 3  # looked at, asked for, and a layer of others


def test_a_long_list_of_findings_ends_no_command(tmp_path: Path) -> None:
    """More policies at fault than one report holds are told all the same, by `check` and by `test`."""
    lay(tmp_path, {f"{n}.policy": f"政策 第{n}县\n  上级 没有的省\n" for n in range(210)})
    for command in ("check", "test"):
        done = CliRunner().invoke(main, [command, str(tmp_path)])
        assert done.exit_code == 1
        assert "P0603" in done.output
        assert "P0808" not in done.output


UPPER = "政策 省\n参数 标准 : 元/月\n  自 2020-01-01 为 {}\n"


def test_a_layer_that_lies_twice_is_refused(tmp_path: Path) -> None:
    """Two folders beside, or one beside and the folder above: both files are named; the one in the policy's own folder comes first."""
    lower = "政策 县\n  上级 省\n"
    lay(tmp_path, {"甲/a.policy": UPPER.format(1), "乙/b.policy": UPPER.format(2), "县/县.policy": lower})
    (one,) = found(tmp_path / "县" / "县.policy")
    assert one["code"] == "P0331"
    labels = one["labels"]
    assert isinstance(labels, list)
    assert sorted(Path(x["file"]).name for x in labels) == ["a.policy", "b.policy"]
    with pytest.raises(PolicyError, match="P0331"):
        library.find(tmp_path / "县")
    lay(tmp_path, {"县/省.policy": UPPER.format(3)})
    assert found(tmp_path / "县" / "县.policy") == []
    other = lay(
        tmp_path / "另处", {"甲/a.policy": UPPER.format(1), "省.policy": UPPER.format(2), "县/县.policy": lower}
    )
    assert [d["code"] for d in found(other / "县" / "县.policy")] == ["P0331"]


def test_a_link_to_a_folder_is_no_second_one(tmp_path: Path) -> None:
    """One folder under two names holds one layer."""
    lay(tmp_path, {"甲/a.policy": UPPER.format(1), "县/县.policy": "政策 县\n  上级 省\n"})
    (tmp_path / "乙").symlink_to(tmp_path / "甲", target_is_directory=True)
    assert found(tmp_path / "县" / "县.policy") == []


@pytest.mark.parametrize("change", ["", "450", "title"], ids=["as it is", "another figure", "another title"])
def test_a_copy_is_told_once(tmp_path: Path, change: str) -> None:
    """A copy of last year's file, as it is or with something changed: one finding that names both, not one for each declaration."""
    text = (SHIPPED / "shangluo" / "2017.policy").read_text(encoding="utf-8")
    copy = (
        text.replace("为 0", "为 1", 3) if change == "450" else text.replace("标题", "标题 又", 1) if change else text
    )
    lay(tmp_path, {"2017.policy": text, "2017 - 副本.policy": copy})
    (one,) = found(tmp_path)
    assert one["code"] == "P0332"
    assert "2017 - 副本.policy" in str(one["message"])
    assert "2017.policy" in str(one["message"])


def test_files_of_one_policy_that_share_a_name_are_told_that_name(tmp_path: Path) -> None:
    """One thing declared twice is a mistake in that thing, and sections by years are none."""
    one = "政策 县\n对象 家庭 : 户\n  收入 : 元/月, 0..9\n参数 甲 : 数\n  自 2020-01-01 为 1\n"
    lay(
        tmp_path,
        {
            "1.policy": one,
            "2.policy": "政策 县\n参数 甲 : 数\n  自 2021-01-01 为 2\n参数 乙 : 数\n  自 2021-01-01 为 2\n",
        },
    )
    assert [d["code"] for d in found(tmp_path)] == ["P0202"]
    lay(tmp_path, {"2.policy": "政策 县\n参数 甲 : 数 自 2021-01-01\n  为 2\n参数 乙 : 数\n  自 2021-01-01 为 2\n"})
    assert found(tmp_path) == []
