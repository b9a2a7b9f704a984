"""Whatever file or facts are given, the user gets a diagnostic with a place, within ten seconds and one GiB, and exit code 1.

What is legal though it looks odd (BOM, CRLF, tabs, U+3000, full-width punctuation) changes nothing. Special characters are written by
their numbers, so that no editor and no reader takes them for what they only look like.
"""

from __future__ import annotations

import json
import os
import random
import re
import threading
import time
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import policy_dsl
from policy_dsl.cli import main
from policy_dsl.diagnostics.report import KEPT, PolicyError, Report
from policy_dsl.facts import files as given
from policy_dsl.pipeline import compile_layers
from policy_dsl.source import Source
from policy_dsl.syntax import nodes
from policy_dsl.syntax.parse import parse

from .limited import Done, policy

HEAD = "政策 甲\n对象 家庭\n  户籍 : 城市 | 农村\n  存款 : 元, 0..1000000\n  有车 : 是否\n"
TRUTH = HEAD + "规则 家庭 乙 : 是否\n  为 "
MONEY = HEAD + "规则 家庭 乙 : 元\n  为 "
BODY = HEAD + "规则 家庭 乙 : 元\n"
SIZE = 1 << 20


def full(head: str, unit: str, tail: str = "") -> str:
    """A file of nearly the size that a file may have."""
    left = SIZE - len((head + tail).encode()) - 1
    return head + unit * (left // len(unit.encode())) + tail


def refused(done: Done, code: str, place: str) -> None:
    """What every bad input ends in."""
    assert done.code == 1, done.err[:2000]
    assert "Traceback" not in done.err
    assert f"[{code}]" in done.err.split("\n", 1)[0], done.err[:2000]
    assert re.search(re.escape(place) + r":\d+:\d+", done.err), done.err[:2000]
    assert len(done.err) < 200_000, "nobody reads this"


def squares(count: int) -> str:
    return (
        HEAD
        + "规则 家庭 r0 : 数\n  为 3.3\n"
        + "".join(f"规则 家庭 r{n} : 数\n  为 r{n - 1} * r{n - 1}\n" for n in range(1, count))
    )


def twice(count: int) -> str:
    """A range uses its subject twice: one inside the other doubles at each level."""
    made = "有车"
    for _ in range(count):
        made = f"个数(有车, {made}) 属于 [0, 1]"
    return TRUTH + made


def cycle(count: int) -> str:
    return HEAD + "".join(f"规则 家庭 r{n} : 元\n  为 r{(n + 1) % count}\n" for n in range(count))


def gathers(depth: int) -> str:
    inner = "人数(成员)"
    for _ in range(depth):
        inner = f"人数(成员 当 {inner.replace('(成员', '(家庭.成员')} > 0)"
    return f"政策 甲\n对象 个人\n  重病 : 是否\n对象 家庭\n  成员 : 若干 个人\n规则 家庭 乙 : 人\n  为 {inner}\n"


def keys(count: int) -> str:
    types = "".join(f"类型 t{k} = {' | '.join(f'v{k}x{n}' for n in range(40))}\n" for k in range(count))
    return f"政策 甲\n{types}参数 乙({', '.join(f't{k}' for k in range(count))}) : 元\n  自 2022-01-01 为 1\n"


RANDOM = random.Random(1)
FILES: dict[str, tuple[str, str | bytes]] = {
    "empty": ("P0124", ""),
    "white space": ("P0124", " \n\t\n" + chr(0x3000)),
    "only comments": ("P0601", "// 只有注释\n// 两行\n"),
    "only headings": ("P0601", "# 标题\n> 摘要\n"),
    "binary": ("P0125", b"\x93" + RANDOM.randbytes(5000)),
    "nul": ("P0127", HEAD.replace("甲", "甲\0")),
    "escape codes": ("P0127", HEAD + "// \x1b[2J"),
    "c1 control": ("P0127", HEAD + "// " + chr(0x9B) + "2J"),
    "lone carriage return": ("P0127", HEAD + "// 一\r规则 二"),
    "lone surrogate": ("P0125", HEAD.encode() + "\ud800".encode("utf-8", "surrogatepass")),
    "invalid utf-8": ("P0125", HEAD.encode() + b"\xff\xfe"),
    "overlong utf-8": ("P0125", HEAD.encode() + b"\xc0\xaf"),
    "utf-16": ("P0125", HEAD.encode("utf-16")),
    "gb18030": ("P0125", HEAD.encode("gb18030")),
    "a million parentheses": ("P0104", TRUTH + "(" * 1_000_000),
    "half a million pairs": ("P0104", TRUTH + "(" * 490_000 + "有车" + ")" * 490_000),
    "nested parentheses": ("P0103", TRUTH + "(" * 900 + "有车" + ")" * 900),
    "a parenthesis a line": ("P0130", full(TRUTH, "(\n")),
    "parentheses over lines": ("P0101", TRUTH + "(\n" * 15_000),
    "50 MB in a line": ("P0126", TRUTH + "甲" * (50 << 20)),
    "1 MiB in a line": ("P0104", full(TRUTH, "甲")),
    "garbage": ("P0130", full(HEAD, chr(0xFF1F) + "@# 胡言 乱语\n")),
    "garbage within bounds": ("P0115", HEAD + (chr(0xFF1F) + "@# 胡言 乱语\n") * 10_000),
    "words at the start of lines": ("P0117", HEAD + "x\n" * 100_000),
    "half declarations": ("P0101", HEAD + "规则 家庭\n" * 40_000),
    "half lines": ("P0101", BODY + "  当 有车 为\n" * 20_000),
    "indented words": ("P0101", HEAD + "  x\n" * 100_000),
    "opening quotes": ("P0114", HEAD + "「\n" * 100_000),
    "unknown names": ("P0201", HEAD + "".join(f"规则 家庭 r{n} : 是否\n  为 不认识{n}\n" for n in range(12_000))),
    "names nearly alike": ("P0201", HEAD + "".join(f"规则 家庭 r{n:05} : 是否\n  为 r{n:05}x\n" for n in range(12_000))),
    "one huge expression": ("P0130", full(MONEY + "(存款\n", "    + 存款\n", "  )\n")),
    "a long expression": ("P0105", MONEY + "(存款\n" + "    + 存款\n" * 20_000 + "  )\n"),
    "a long line of signs": ("P0105", BODY + ("  为 " + "1," * 1_900 + "\n") * 25),
    "a deep expression": ("P0105", MONEY + "存款" + " + 存款" * 300),
    "a chain of minus": ("P0105", MONEY + "-" * 900 + "存款"),
    "100 000 times not": ("P0104", TRUTH + "非 " * 100_000 + "有车"),
    "deep not": ("P0105", BODY + "  当 " + "非 " * 900 + "有车 为 1\n  否则 为 0\n"),
    "not over lines": ("P0130", full(TRUTH + "(\n", "非\n", "有车)\n")),
    "ranges inside each other": ("P0105", twice(40)),
    "aggregates inside each other": ("P0226", gathers(12)),
    "1 MiB of rows": ("P0130", full(BODY + "  | 户籍 | 存款 | 乙 |\n", "  | 城市 | ≥ 5 元 | 1 元 |\n")),
    "too many rows": ("P0310", BODY + "  | 存款 | 乙 |\n" + "".join(f"  | {n} 元 | {n} |\n" for n in range(9_000))),
    "rows of nothing": ("P0101", BODY + "  |||||\n" * 20_000),
    "a row of bars": ("P0101", BODY + "  " + "|" * 3_900 + "\n"),
    "deep dated blocks": ("P0131", BODY + "".join(" " * (2 + n) + "自 2022-01-01\n" for n in range(1_000))),
    "too many dates": (
        "P0411",
        HEAD + "参数 乙 : 元\n" + "".join(
            f"  自 {1900 + n // 300}-{1 + n // 25 % 12:02d}-{1 + n % 25:02d} 为 {n}\n" for n in range(9_000)
        ),
    ),
    "numbers that square": ("P0224", squares(60)),
    "a circle of rules": ("P0206", cycle(10_000)),
    "a circle of entities": ("P0217", "政策 甲\n对象 乙\n  丙们 : 若干 丙\n对象 丙\n  乙们 : 若干 乙\n"),
    "a tower of entities": (
        "P0221", "政策 甲\n" + "".join(f"对象 e{n}\n  x{n} : 若干 e{n + 1}\n" for n in range(9_000)) + "对象 e9000\n  k : 是否\n"
    ),
    "exceptions in a row": (
        "P0305", HEAD + "规则 家庭 乙 : 是否\n  为 有车\n" + "".join(f"  例外 e{n} 当 有车 为 是 优先于 e{n + 1}\n" for n in range(4_000))
    ),
    "keys without end": ("P0410", keys(5)),
    "digits": ("P0106", MONEY + "9" * 3_000 + " 元"),
    "a thousand separators": ("P0107", MONEY + "1" + ",000" * 900),
    "full-width digits": ("P0110", MONEY + "".join(chr(0xFF10 + n) for n in (4, 3, 9)) + " 元"),
    "a number with an exponent": ("P0108", MONEY + "1e400"),
    "not a number": ("P0201", MONEY + "NaN"),
    "a radical that looks like 户": ("P0113", TRUTH + chr(0x2F3E) + "籍 = 农村"),
    "zero width space": ("P0111", TRUTH + "有" + chr(0x200B) + "车"),
    "zero width space in quotes": ("P0111", HEAD + "规则 家庭 「乙" + chr(0x200B) + "」 : 是否\n  为 有车\n"),
    "turned text": ("P0111", TRUTH + "有" + chr(0x202E) + "车"),
    "turned text in a comment": ("P0111", HEAD + "// " + chr(0x2066) + "为 0" + chr(0x2069)),
    "a quote without its partner": ("P0114", HEAD + "规则 家庭 「乙 : 是否\n  为 有车\n"),
    "a string without its end": ("P0114", HEAD.replace("有车 : 是否", '有车 : 是否, 问 "有车吗')),
    "a gist of a MiB": ("P0104", HEAD + "> " + "x" * 900_000 + "\n规则 家庭 乙 : 是否\n  为 有车\n"),
    "gists without end": ("P0132", HEAD + "> 摘要摘要\n" * 20_000 + "规则 家庭 乙 : 是否\n  为 有车\n"),
    "a unit of a unit": ("P0312", "政策 甲\n类型 乙 = 丙\n类型 丙 = 单位\n"),
    "units of units without end": ("P0312", "政策 甲\n类型 乙0 = 单位\n" + "".join(f"类型 乙{n + 1} = 乙{n}\n" for n in range(3000))),
    "a unit of a unit in a circle": ("P0313", "政策 甲\n类型 乙 = 丙\n类型 丙 = 乙\n"),
    "a circle of thousands": ("P0313", "政策 甲\n" + "".join(f"类型 乙{n} = 乙{(n + 1) % 3000}\n" for n in range(3000))),
    "an enumeration of a single value": ("P0219", "政策 甲\n类型 乙 = 丙\n"),
    "a date that is none": ("P0121", HEAD + "参数 乙 : 元\n  自 2022-02-30 为 1\n"),
    "the year 0": ("P0121", HEAD + "参数 乙 : 元\n  自 0000-01-01 为 1\n"),
}  # fmt: skip


@pytest.mark.parametrize("what", FILES)
def test_a_bad_file_is_refused_in_time(what: str, tmp_path: Path) -> None:
    """`policy check` names the place, and ends within its limits."""
    code, text = FILES[what]
    file = tmp_path / "坏.policy"
    file.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    refused(policy("check", file), code, "坏.policy")


BIG = {
    "four large tables": HEAD + "".join(
        f"规则 家庭 乙{k} : 元\n  | 户籍 | 存款 | 乙{k} |\n" + "".join(f"  | 城市 | {n} 元 | {n} 元 |\n" for n in range(2_500))
        for k in range(4)
    ),
    "rules full of formulas": HEAD + "".join(
        f"规则 家庭 乙{k} : 元\n  为 四舍五入((存款 + 1 元) * 2 / 3 + 最大(存款, 5 元) - 最小(存款, 3 元), 0.01 元)\n" for k in range(1_500)
    ),
    "twenty thousand facts": HEAD + "".join(f"  f{n} : 是否\n" for n in range(20_000)),
    "brackets of comments": HEAD + "// ((((\n" * 10_000,
}  # fmt: skip


@pytest.mark.parametrize("what", BIG)
def test_a_large_file_is_decided_in_time(what: str, tmp_path: Path) -> None:
    """Near the bounds, deciding (which checks and compiles too) still ends within the limits."""
    file, facts = tmp_path / "大.policy", tmp_path / "一户.json"
    file.write_text(BIG[what] + "规则 家庭 结果 : 元\n  为 存款\n", encoding="utf-8")
    facts.write_text('{"家庭": {"户籍": "城市", "存款": 5, "有车": false}}', encoding="utf-8")
    done = policy("decide", file, facts, "--on", "2022-06-01", "--json")
    assert "Traceback" not in done.err
    assert json.loads(done.out)["outputs"]["家庭.结果"]["value"] == "5.00"


def test_a_report_ends(tmp_path: Path) -> None:
    """Two hundred findings are kept, a hundred shown, and the rest is said to be there."""
    file = tmp_path / "坏.policy"
    file.write_text(FILES["words at the start of lines"][1], encoding="utf-8")  # type: ignore[arg-type]
    done = CliRunner().invoke(main, ["check", str(file), "--format", "json"])
    assert len(json.loads(done.stdout)) == KEPT
    done = CliRunner().invoke(main, ["check", str(file)])
    assert "另有至少 100 条" in done.stderr


# --- what is no file


def odd(folder: Path, kind: str, name: str) -> Path:
    """Something at a path that is no ordinary file."""
    path = folder / name
    if kind == "folder":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    elif kind == "loop":
        path.symlink_to(path)
    elif kind == "long":
        path = folder / ("x" * 5_000 + name)
    return path


@pytest.mark.parametrize(
    ("kind", "code"),
    [("folder", "P0806"), ("fifo", "P0129"), ("device", "P0129"), ("loop", "P0129"), ("long", "P0129"), ("", "P0129")],
)
def test_what_is_no_policy_file_is_refused(kind: str, code: str, tmp_path: Path) -> None:
    """A folder, a pipe, a device, a link to itself, nothing at all."""
    done = policy("check", odd(tmp_path, kind, "甲.policy"))
    assert (done.code, "Traceback" in done.err) == (1, False)
    assert f"[{code}]" in done.err
    assert "甲.policy" in done.err


@pytest.mark.parametrize(
    ("kind", "code"),
    [("folder", "F0117"), ("fifo", "F0101"), ("device", "F0114"), ("loop", "F0117"), ("long", "F0117"), ("", "F0117")],
)
def test_what_is_no_file_of_facts_is_refused(
    kind: str, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same for facts; a pipe that nobody fills is given up after a while."""
    monkeypatch.setattr(given, "WAIT", 0.1)
    file = tmp_path / "甲.policy"
    file.write_text(MONEY + "存款\n", encoding="utf-8")
    path = odd(tmp_path, kind, "一户.json")
    done = CliRunner().invoke(main, ["decide", str(file), str(path), "--on", "2022-06-01"])
    assert (done.exit_code, "Traceback" in done.output) == (1, False)
    assert f"[{code}]" in done.stderr
    assert "一户.json" in done.stderr


def test_a_pipe_that_is_filled_is_read(tmp_path: Path) -> None:
    """Facts may come through a pipe, as `<(…)` gives one, though they come late and in pieces."""
    file, pipe = tmp_path / "甲.policy", tmp_path / "一户.json"
    file.write_text(MONEY + "存款\n", encoding="utf-8")
    os.mkfifo(pipe)

    def fill() -> None:
        with pipe.open("w") as end:
            for piece in ('{"家庭": ', '{"存款": 5}}'):
                end.write(piece)
                end.flush()
                time.sleep(0.2)

    writer = threading.Thread(target=fill)
    writer.start()
    assert given.read(str(pipe)) == {"家庭": {"存款": 5}}
    writer.join()


def test_a_pipe_in_the_folder_stops_nobody(tmp_path: Path) -> None:
    """A pipe or a link to nowhere beside a policy, or in a folder where its upper layer is sought, is no policy file."""
    for folder in ("县", "省"):
        (tmp_path / folder).mkdir()
        os.mkfifo(tmp_path / folder / "管道.policy")
        (tmp_path / folder / "断链.policy").symlink_to(tmp_path / "没有")
    (tmp_path / "县" / "县.policy").write_text("政策 县\n  上级 省\n", encoding="utf-8")
    (tmp_path / "省" / "省.policy").write_text("政策 省\n", encoding="utf-8")
    done = policy("check", tmp_path / "县" / "县.policy")
    assert (done.code, done.err) == (0, "")


def test_a_file_without_permission_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What may not be read is said so, for policies and for facts."""
    file, facts = tmp_path / "甲.policy", tmp_path / "一户.json"
    file.write_text(MONEY + "存款\n", encoding="utf-8")
    facts.write_text("{}", encoding="utf-8")

    def locked(path: Any, *_: object, **__: object) -> Any:
        raise PermissionError(13, "Permission denied", str(path))

    with monkeypatch.context() as patch:
        patch.setattr(given.os, "open", locked)
        done = CliRunner().invoke(main, ["decide", str(file), str(facts), "--on", "2022-06"])
    assert (done.exit_code, "[F0117] 读不了事实：没有权限" in done.stderr) == (1, True)
    monkeypatch.setattr("policy_dsl.library.open", locked, raising=False)  # stands before the built-in one there
    done = CliRunner().invoke(main, ["check", str(file)])
    assert (done.exit_code, "[P0129] 读不了文件：没有权限" in done.stderr) == (1, True)


# --- facts

PEOPLE = (
    "政策 甲\n类型 自理 = 具备 < 部分\n对象 个人\n  姓名 : 文本\n  年龄 : 岁, 0..130\n  月收入 : 元/月, 0..1000000\n  出生 : 日期\n"
    "  自理 : 自理\n  重病 : 是否\n对象 家庭\n  成员 : 若干 个人\n  存款 : 元, 0..1000000\n"
    "规则 家庭 收入 : 元/月\n  为 合计(成员.月收入)\n规则 个人 满岁 : 岁\n  为 周岁(出生)\n"
)


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("people") / "甲.policy"
    file.write_text(PEOPLE, encoding="utf-8")
    return file


def person(fact: str, value: str) -> str:
    return f'{{"家庭": {{"成员": [{{"{fact}": {value}}}]}}}}'


def savings(value: str) -> str:
    return f'{{"家庭": {{"存款": {value}, "成员": [{{}}]}}}}'


WIDE = "".join(chr(0xFF10 + n) for n in (4, 5))
FACTS: dict[str, tuple[str, str, str]] = {  # file name, what it holds, code and what stands in the message
    "nothing": ("a.json", "", "F0101 a.json"),
    "null": ("a.json", "null", "F0103 a.json"),
    "a list": ("a.json", "[]", "F0103 a.json"),
    "a number": ("a.json", "5", "F0103 a.json"),
    "an empty object": ("a.json", "{}", "F0113"),
    "two outermost": ("a.json", '{"家庭": {"成员": [{}]}, "个人": {}}', "F0113"),
    "an unknown outermost": ("a.json", '{"家廷": {}}', "F0113 家廷"),
    "text behind the end": ("a.json", savings("1") + " x", "F0101 a.json:1:"),
    "single quotes": ("a.json", "{'家庭': 1}", "F0101 a.json:1:2"),
    "a key twice": ("a.json", '{"家庭": {"存款": 1, "存款": 2, "成员": [{}]}}', "F0112 存款"),
    "NaN": ("a.json", savings("NaN"), "F0116 a.json:1:"),
    "Infinity": ("a.json", "\n" + savings("-Infinity"), "F0116 a.json:2:"),
    "an exponent": ("a.json", savings("1e999999999"), "F0116 家庭.存款"),
    "a small exponent": ("a.json", savings("1e-999999999"), "F0116 家庭.存款"),
    "a hundred thousand digits": ("a.json", savings("9" * 100_000), "F0114 a.json:1:"),
    "thirty-five digits": ("a.json", savings("9" * 35), "F0114 家庭.存款"),
    "finer than a 分": ("a.json", savings("1.001"), "F0107 家庭.存款"),
    "negative": ("a.json", savings("-1"), "F0106 家庭.存款"),
    "a truth for an amount": ("a.json", savings("true"), "F0103 家庭.存款"),
    "a list for an amount": ("a.json", savings("[1]"), "F0103 家庭.存款"),
    "full-width digits": ("a.json", person("年龄", f'"{WIDE}"'), "F0116 家庭.成员[0].年龄"),
    "digits in Chinese": ("a.json", person("年龄", '"四十五"'), "F0116 家庭.成员[0].年龄"),
    "a negative age": ("a.json", person("年龄", "-1"), "F0106 家庭.成员[0].年龄"),
    "an age over its range": ("a.json", person("年龄", "131"), "F0106 家庭.成员[0].年龄"),
    "half a year": ("a.json", person("年龄", "1.5"), "F0107 家庭.成员[0].年龄"),
    "a wrong unit": ("a.json", person("月收入", '"3 元/户/月"'), "F0108 家庭.成员[0].月收入"),
    "no unit at all": ("a.json", person("月收入", '"3 只"'), "F0108 家庭.成员[0].月收入"),
    "30 February": ("a.json", person("出生", '"2022-02-30"'), "F0115 家庭.成员[0].出生"),
    "the year 0": ("a.json", person("出生", '"0000-01-01"'), "F0115 家庭.成员[0].出生"),
    "the year 10000": ("a.json", person("出生", '"10000-01-01"'), "F0115 家庭.成员[0].出生"),
    "a date as a number": ("a.json", person("出生", "20220101"), "F0103 家庭.成员[0].出生"),
    "a date in full-width digits": ("a.json", person("出生", f'"20{WIDE}-01-01"'), "F0115 家庭.成员[0].出生"),
    "an unknown value": ("a.json", person("自理", '"全部"'), "F0105 家庭.成员[0].自理"),
    "a value with a space": ("a.json", person("自理", '"具备 "'), "F0105 是不是 「具备」"),
    "是 for true": ("a.json", person("重病", '"是"'), "F0103 家庭.成员[0].重病"),
    "an unknown fact": ("a.json", person("年令", "1"), "F0104 是不是 「年龄」"),
    "no members": ("a.json", '{"家庭": {"存款": 1}}', "F0110 家庭.成员"),
    "an empty list": ("a.json", '{"家庭": {"成员": []}}', "F0111 家庭.成员"),
    "members as an object": ("a.json", '{"家庭": {"成员": {"甲": {}}}}', "F0103 家庭.成员"),
    "members as a text": ("a.json", '{"家庭": {"成员": "甲"}}', "F0103 家庭.成员"),
    "members of any kind": ("a.json", '{"家庭": {"成员": [[{}], 1, null]}}', "F0103 家庭.成员[2]"),
    "a lone surrogate": ("a.json", '{"家庭": {"\\ud800": 1, "成员": [{}]}}', "F0104"),
    "escape codes": ("a.json", '{"家庭": {"\\u001b[2J": 1, "成员": [{}]}}', "F0104"),
    "a yaml alias": ("a.yaml", "a: &a [x, x]\n家庭: *a\n", "F0102 别名 a.yaml:2:"),
    "a yaml bomb": ("a.yaml", "a: &a [x]\n" + "".join(f"b{n}: &b{n} [*a, *a]\n" for n in range(50)), "F0102 别名"),
    "a yaml object": ("a.yaml", "家庭: !!python/object/apply:os.system [ls]\n", "F0102 标签 a.yaml:1:"),
    "a yaml float": ("a.yaml", "家庭:\n  存款: !!float 1.5\n  成员: [{}]\n", "F0102 标签 a.yaml:2:"),
    "a yaml tag": ("a.yaml", "家庭: !foo 1\n", "F0102 标签"),
    "a yaml set": ("a.yaml", "家庭: !!set {a, b}\n", "F0102 标签"),
    "a key twice in yaml": ("a.yaml", "家庭:\n  存款: 1\n  存款: 2\n", "F0112 a.yaml:3:"),
    "a yaml key of many words": ("a.yaml", "? [a, b]\n: 1\n", "F0102 a.yaml:1:"),
    "a tab in yaml": ("a.yaml", "家庭:\n\t存款: 1\n", "F0102 制表符 a.yaml:2:"),
    "two yaml documents": ("a.yaml", "a: 1\n---\nb: 2\n", "F0102 a.yaml:2:"),
    "no in yaml": ("a.yaml", "家庭:\n  成员: [{重病: no}]\n", "F0103 家庭.成员[0].重病"),
    "1_000 in yaml": ("a.yaml", "家庭:\n  存款: 1_000\n  成员: [{}]\n", "F0116 家庭.存款"),
    "octal in yaml": ("a.yaml", "家庭:\n  存款: 0o17\n  成员: [{}]\n", "家庭.存款"),
    "1:30 in yaml": ("a.yaml", "家庭:\n  存款: 1:30\n  成员: [{}]\n", "家庭.存款"),
    ".nan in yaml": ("a.yaml", "家庭:\n  存款: .nan\n  成员: [{}]\n", "F0116 家庭.存款"),
    "a control character in yaml": ("a.yaml", "a: \x01\n", "F0102 a.yaml"),
    "digits in yaml": ("a.yaml", f"家庭:\n  存款: {'9' * 100_000}\n", "F0114 a.yaml:2:"),
}


@pytest.mark.parametrize("what", FACTS)
def test_bad_facts_are_refused(what: str, people: Path, tmp_path: Path) -> None:
    """The message names the path in the facts, or the place in the file; nothing in it is what a terminal would obey."""
    name, text, said = FACTS[what]
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    done = CliRunner().invoke(main, ["decide", str(people), str(file), "--on", "2022-06-01"])
    assert done.exit_code == 1, done.output
    assert "Traceback" not in done.output
    assert "[P0808]" not in done.stderr
    assert not re.search(r"[\x00-\x08\x0b-\x1f]", done.stderr)
    for part in said.split(" ") if "是不是" not in said else said.split(" ", 1):
        assert part in done.stderr


HEAVY: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "binary": ("a.json", lambda: RANDOM.randbytes(5_000), "F0101"),
    "deep objects": ("a.json", lambda: b'{"a":' * 200_000, "F0114"),
    "a million brackets": ("a.json", lambda: b"[" * 1_000_000, "F0114"),
    "a million members": ("a.json", lambda: ('{"家庭":{"成员":[' + "{}," * 1_000_000 + "{}]}}").encode(), "F0111"),
    "400 000 unknown facts": (
        "a.json", lambda: ('{"家庭":{' + ",".join(f'"k{n}":1' for n in range(400_000)) + "}}").encode(), "F0104"
    ),
    "400 000 unknown outermost": ("a.json", lambda: ("{" + ",".join(f'"k{n}":1' for n in range(400_000)) + "}").encode(), "F0113"),
    "a name of a megabyte": ("a.json", lambda: ('{"家庭":{"' + "x" * 1_000_000 + '":1}}').encode(), "F0104"),
    "9 MB": ("a.json", lambda: b" " * 9_000_000, "F0114"),
    "utf-16": ("a.json", lambda: '{"家庭": {}}'.encode("utf-16"), "F0101"),
    "deep yaml": ("a.yaml", lambda: b"[" * 100_000, "F0114"),
    "deep yaml lists": ("a.yaml", lambda: b"- " * 100_000, "F0114"),
    "long yaml": ("a.yaml", lambda: b"- x\n" * 120_000, "F0103"),
    "a megabyte of yaml": ("a.yaml", lambda: b"#" * 1_000_000, "F0114"),
}  # fmt: skip


@pytest.mark.parametrize("what", HEAVY)
def test_heavy_facts_are_refused_in_time(what: str, people: Path, tmp_path: Path) -> None:
    """What is large, deep or no text at all ends within the limits."""
    name, make, code = HEAVY[what]
    file = tmp_path / name
    file.write_bytes(make())
    done = policy("decide", people, file, "--on", "2022-06-01")
    assert (done.code, "Traceback" in done.err) == (1, False)
    assert f"[{code}]" in done.err
    assert "  ┌─ " in done.err
    assert len(done.err) < 20_000


def test_standard_input_is_bounded_too(people: Path) -> None:
    """`-` reads JSON from standard input, under the same rules."""
    assert policy("decide", people, "-", "--on", "2022-06-01", stdin=savings("5").encode()).code == 0
    done = policy("decide", people, "-", "--on", "2022-06-01", stdin=b"[" * 9_000_000)
    assert (done.code, "[F0114]" in done.err) == (1, True)


class Liar(dict):  # type: ignore[type-arg]
    """A mapping that is no plain dict."""


API: dict[str, tuple[object, str]] = {
    "a float": ({"家庭": {"存款": 0.1, "成员": [{}]}}, "F0109"),
    "a whole float": ({"家庭": {"存款": 5.0, "成员": [{}]}}, "F0109"),
    "a float NaN": ({"家庭": {"存款": float("nan"), "成员": [{}]}}, "F0116"),
    "a decimal NaN": ({"家庭": {"存款": Decimal("NaN"), "成员": [{}]}}, "F0116"),
    "a signalling NaN": ({"家庭": {"存款": Decimal("sNaN"), "成员": [{}]}}, "F0116"),
    "a decimal infinity": ({"家庭": {"存款": Decimal("-Infinity"), "成员": [{}]}}, "F0116"),
    "a huge exponent": ({"家庭": {"存款": Decimal("1E+999999"), "成员": [{}]}}, "F0116"),
    "a huge whole number": ({"家庭": {"存款": 10**5000, "成员": [{}]}}, "F0114"),
    "a huge negative number": ({"家庭": {"存款": -(10**5000), "成员": [{}]}}, "F0114"),
    "a fraction finer than all": ({"家庭": {"存款": Fraction(1, 10**5000), "成员": [{}]}}, "F0107"),
    "a third": ({"家庭": {"存款": Fraction(1, 3), "成员": [{}]}}, "F0107"),
    "a huge number for a truth": ({"家庭": {"成员": [{"重病": 10**5000}]}}, "F0103"),
    "a huge key": ({"家庭": {10**5000: 1, "成员": [{}]}}, "F0104"),
    "a key of bytes": ({"家庭": {b"x": 1, "成员": [{}]}}, "F0104"),
    "no key at all": ({"家庭": {None: 1, "成员": [{}]}}, "F0104"),
    "bytes": ({"家庭": {"存款": b"5", "成员": [{}]}}, "F0103"),
    "a set of members": ({"家庭": {"成员": {1, 2}}}, "F0103"),
    "a complex number": ({"家庭": {"存款": 1j, "成员": [{}]}}, "F0103"),
    "nothing": (None, "F0103"),
    "a text": ("家庭", "F0103"),
    "a class": ({"家庭": {"存款": int, "成员": [{}]}}, "F0103"),
}


@pytest.mark.parametrize("what", API)
def test_bad_objects_are_refused(what: str, people: Path) -> None:
    """The Python API raises PolicyError, whatever object it is given, and its message can be printed."""
    facts, code = API[what]
    with pytest.raises(PolicyError) as caught:
        policy_dsl.load(people).decide(facts, on="2022-06-01")
    assert [d.code for d in caught.value.diagnostics] == [code]
    assert code in str(caught.value)


def test_data_that_hold_themselves_are_refused(people: Path) -> None:
    """A circle in the data is read as far as the policy's entities go."""
    person_: dict[str, object] = {}
    person_["年龄"] = person_
    family = {"成员": [person_]}
    person_["成员"] = family
    with pytest.raises(PolicyError) as caught:
        policy_dsl.load(people).decide({"家庭": family}, on="2022-06-01")
    assert {d.code for d in caught.value.diagnostics} == {"F0103", "F0104"}


def test_other_mappings_are_read(people: Path) -> None:
    """A mapping of another kind, tuples and decimals are facts like any other."""
    decision = policy_dsl.load(people).decide(
        Liar({"家庭": Liar({"成员": (Liar({"月收入": Decimal("1.50")}),)})}), on="2022-06-01"
    )
    assert decision["家庭.收入"] == Decimal("1.50")


@pytest.mark.parametrize(
    "on", ["", "2022", "2022-13", "2022-02-30", "0000-01", "10000-01-01", "２０２２-01-01", "昨天", "2022-1-1"]
)
def test_a_date_that_is_none_is_refused(on: str, people: Path) -> None:
    """A fault of the call: exit 2."""
    done = CliRunner().invoke(main, ["decide", str(people), "-", "--on", on], input=savings("5"))
    assert (done.exit_code, "[P0802]" in done.stderr) == (2, True)


@pytest.mark.parametrize("on", ["0001-01-01", "9999-12-31"])
def test_a_date_before_and_after_everything(on: str, people: Path, tmp_path: Path) -> None:
    """A day on which nothing is in force is an error with its name, not a crash; the calendar's ends are days like any other."""
    text = (
        PEOPLE
        + "参数 标准 : 元/月\n  自 2022-01-01 至 2022-12 为 5\n规则 家庭 乙 : 元/月\n  为 标准\n规则 家庭 丙 : 日期\n  为 决定日 + 1 日\n"
    )
    file = tmp_path / "乙.policy"
    file.write_text(text, encoding="utf-8")
    decision = policy_dsl.load(file).decide({"家庭": {"成员": [{"出生": "0001-01-01"}]}}, on=on)
    codes = {e.path: e.code for e in decision.errors}
    assert codes["家庭.乙"] == "R0105"
    assert ("家庭.丙" in codes) == (on == "9999-12-31")


# --- what is legal and changes nothing

SIGNS = {c: chr(ord(c) + 0xFEE0) for c in ":,()=<>|[]+*"}
PLAIN = (
    "政策 甲\n类型 级 = 一级 < 二级 < 三级\n对象 个人\n  年龄 : 岁, 0..130\n  级 : 级\n对象 家庭\n  成员 : 若干 个人, 1..9\n"
    "  存款 : 元, 0..1000000\n  户籍 : 城市 | 农村\n参数 额(级) : 元\n  | 级         | 自 2022-01-01 |\n  | 一级, 二级 | 5             |\n"
    "  | 三级       | 6             |\n规则 家庭 老人 : 人\n  为 人数(成员 当 年龄 >= 60 且 年龄 <= 100)\n规则 家庭 乙 : 元\n"
    "  当 户籍 = 城市 且 (存款 < 100 元 或 存款 属于 [200 元, 300 元)) 为 最大(存款 * 2, 5 元 + 额(三级))\n  否则 为 0\n"
    "规则 家庭 丙 : 是否\n  | 存款          | 丙 |\n  | < 10 元       | 是 |\n  | [10 元, 20 元] | 否 |\n  | > 20 元       | 是 |\n"
)  # fmt: skip


def tree(text: str) -> nodes.File:
    report = Report()
    made = parse(Source("甲.policy", text), report)
    assert report.items == []
    return made


LEGAL: dict[str, Callable[[str], str]] = {
    "a byte order mark": lambda t: chr(0xFEFF) + t,
    "CRLF": lambda t: t.replace("\n", "\r\n"),
    "no line end at the end": lambda t: t.rstrip("\n"),
    "trailing white space": lambda t: t.replace("\n", " \t" + chr(0x3000) + "\n"),
    "tabs for indents": lambda t: t.replace("\n  ", "\n\t"),
    "tabs between words": lambda t: re.sub(r"(?<=\S) +(?=\S)", "\t", t),
    "ideographic spaces for indents": lambda t: t.replace("\n  ", "\n" + chr(0x3000)),
    "ideographic spaces between words": lambda t: re.sub(r"(?<=\S) +(?=\S)", chr(0x3000), t),
    "no-break spaces": lambda t: re.sub(r"(?<=\S) +(?=\S)", chr(0xA0), t),
    "full-width punctuation": lambda t: t.translate(str.maketrans(SIGNS)),
    "deeper indents": lambda t: t.replace("\n  ", "\n        "),
    "comments and blank lines": lambda t: t.replace("\n", "  // 注\n\n"),
    "an ideographic comma": lambda t: t.replace("一级, 二级", "一级" + chr(0x3001) + "二级"),
}


@pytest.mark.parametrize("what", LEGAL)
def test_what_is_legal_changes_nothing(what: str) -> None:
    """The tree is the same, and the characters really are the odd ones."""
    text = LEGAL[what](PLAIN)
    assert text != PLAIN
    if "full-width" in what:
        assert {ord(c) for c in text} >= {
            0xFF1A,
            0xFF0C,
            0xFF08,
            0xFF09,
            0xFF1D,
            0xFF1C,
            0xFF1E,
            0xFF5C,
            0xFF3B,
            0xFF3D,
            0xFF0B,
            0xFF0A,
        }
        assert not set(SIGNS) & set(text)
    assert tree(text) == tree(PLAIN)


def test_a_policy_in_odd_dress_decides_the_same(tmp_path: Path) -> None:
    """From the file to the decision, through the real reader: BOM, CRLF, ideographic indents and full-width signs at once."""
    odd_text = PLAIN
    for what in ("full-width punctuation", "ideographic spaces for indents", "CRLF", "a byte order mark"):
        odd_text = LEGAL[what](odd_text)
    facts = {"家庭": {"存款": 50, "户籍": "城市", "成员": [{"年龄": 70, "级": "一级"}]}}

    def outputs(text: str) -> dict[str, object]:
        file = tmp_path / "甲.policy"
        file.write_bytes(text.encode("utf-8"))
        return dict(policy_dsl.load(file).decide(facts, on="2022-06-01").items())

    assert outputs(odd_text) == outputs(PLAIN) == {"家庭.老人": 1, "家庭.乙": Decimal("100.00"), "家庭.丙": True}


@pytest.mark.parametrize(
    "name",
    ["__class__", "import", "lambda", "None", "eval", "self", "def", "data", "on", "「不 是 一 个 词」", '「"引号"」', "「'''」", "「\\n」", "「是」", "「1」", "「a.b」"],
)  # fmt: skip
def test_any_name_is_a_name(name: str, tmp_path: Path) -> None:
    """Python's keywords, dunder names and names in quotation marks are names like any other, in the fast form and in the explanation."""
    text = f"政策 甲\n对象 家庭\n  {name} : 整数, 0..10\n  {name.strip('「」') + '二' if name[0] != '「' else '二'} : 是否\n规则 家庭 结果 : 整数\n  为 {name} + 1\n"
    file = tmp_path / "甲.policy"
    file.write_text(text, encoding="utf-8")
    made = policy_dsl.load(file)
    decision = made.decide({"家庭": {name.strip("「」"): 2}}, on="2022-06-01")
    assert decision["家庭.结果"] == 3
    assert name.strip("「」") in decision.explain("家庭.结果").text()


def test_a_report_is_bounded_in_memory() -> None:
    """Enough is enough: a pass stops where the report is full, and what is kept is the first of it."""
    from policy_dsl.library import LayerFiles, PolicyFile

    text = HEAD + "x\n" * 50_000
    report = Report()
    file = PolicyFile(Path("甲.policy"), "甲.policy", text, "甲", "", 1)
    assert compile_layers([LayerFiles("甲", (file,))], report) is None
    assert len(report.items) == KEPT
    assert [d.place.line for d in report.items[:2] if d.place] == [6, 7]
