"""What is read once: a text for all places that extend it, and the grammar's tables for all processes."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import lark
import pytest

from policy_dsl import shelf
from policy_dsl.diagnostics.report import Enough, Report
from policy_dsl.library import units
from policy_dsl.pipeline import compile_layers
from policy_dsl.source import Source
from policy_dsl.syntax import grammar, nodes, parse

UPPER = """政策 溪省
对象 家庭
  收入 : 元/月, 0..10000
规则 家庭 差额 : 元/月
  为 800 - 收入
"""
WRONG = UPPER.replace("为 800", "是 800")


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the texts that were read, in order."""
    seen: list[str] = []
    real = parse._parsed

    def count(source: Source, report: Report) -> nodes.File:
        seen.append(source.name)
        return real(source, report)

    monkeypatch.setattr(parse, "_parsed", count)
    parse._remembered.clear()
    return seen


def test_each_layer_is_read_once_for_all_that_extend_it(tmp_path: Path, read: list[str]) -> None:
    (tmp_path / "溪省.policy").write_text(UPPER, encoding="utf-8")
    for place in ("甲县", "乙县", "丙县"):
        (tmp_path / f"{place}.policy").write_text(f"政策 {place}\n  上级 溪省\n", encoding="utf-8")
    policies, problems = units([str(tmp_path)])
    assert not problems
    for layers in policies:
        assert compile_layers(layers, Report()) is not None
    assert len(policies) == 4
    assert len(read) == len(set(read)) == 4


def test_a_text_under_another_name_or_changed_is_read_again(read: list[str]) -> None:
    a = parse.parse(Source("甲", UPPER), Report())
    assert parse.parse(Source("甲", UPPER), Report()) is a
    b = parse.parse(Source("乙", UPPER), Report())
    assert a == b
    assert {i.span.source.name for i in b.items} == {"乙"}
    parse.parse(Source("甲", UPPER.replace("800", "900")), Report())
    assert read == ["甲", "乙", "甲"]


@pytest.mark.parametrize("text", [WRONG, UPPER + "\n?\n" * 300, "", "  \n"])
def test_what_is_wrong_is_told_to_each_report(read: list[str], text: str) -> None:
    told = []
    for _ in range(3):
        report = Report()
        with suppress(Enough):
            parse.parse(Source("甲", text), report)
        told.append(report.items)
    assert told[0]
    assert told[0] == told[1] == told[2]


def test_what_is_remembered_is_bounded(read: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parse, "MOST_REMEMBERED", 3 * len(UPPER))
    for name in "甲乙丙丁甲":
        parse.parse(Source(name, UPPER), Report())
        assert len(parse._remembered) <= 3
    assert read == list("甲乙丙丁甲")
    monkeypatch.setattr(parse, "MOST_REMEMBERED", 1)
    parse.parse(Source("甲", UPPER), Report())
    parse.parse(Source("戊", UPPER), Report())
    assert not parse._remembered


# --- the tables


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One more item for each time that Lark made the tables, in a cache folder of the test's own."""
    monkeypatch.setenv("POLICY_DSL_CACHE", str(tmp_path / "cache"))
    seen: list[int] = []
    real = lark.Lark.__init__

    def count(self: lark.Lark, *args: Any, **options: Any) -> None:
        seen.append(1)
        real(self, *args, **options)

    monkeypatch.setattr(lark.Lark, "__init__", count)
    return seen


def parsed(machine: grammar.Grammar, monkeypatch: pytest.MonkeyPatch) -> nodes.File:
    monkeypatch.setattr(parse, "grammar", lambda: machine)
    parse._remembered.clear()
    report = Report()
    tree = parse.parse(Source("甲", UPPER + WRONG), report)
    assert [d.code for d in report.items] == ["P0101"]
    return tree


def tables(tmp_path: Path) -> Path:
    (kept,) = (tmp_path / "cache").glob("grammar-*.bin")
    return kept


def test_tables_are_made_once(tmp_path: Path, made: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = grammar.Grammar(), grammar.Grammar()
    assert len(made) == 1
    assert parsed(first, monkeypatch) == parsed(second, monkeypatch)
    assert tables(tmp_path).stat().st_mode & 0o777 == 0o600
    monkeypatch.setattr(lark, "__version__", "another")
    grammar.Grammar()
    assert len(made) == 2


@pytest.mark.parametrize("spoil", ["cut", "turned", "others may write", "a pipe", "none"])
def test_tables_that_cannot_be_trusted_are_made_anew(
    tmp_path: Path, made: list[int], spoil: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    grammar.Grammar()
    kept = tables(tmp_path)
    raw = kept.read_bytes()
    if spoil == "cut":
        kept.write_bytes(raw[:-1])
    elif spoil == "turned":
        kept.write_bytes(raw[:1000] + bytes([raw[1000] ^ 1]) + raw[1001:])
    elif spoil == "others may write":
        kept.chmod(0o666)
    elif spoil == "a pipe":
        kept.unlink()
        os.mkfifo(kept, 0o600)
    else:
        kept.write_bytes(shelf.seal(kept.stem, b"N"))
    assert parsed(grammar.Grammar(), monkeypatch).items
    assert len(made) == 2
    grammar.Grammar()
    assert len(made) == 2


def test_without_a_cache_nothing_is_kept(made: list[int], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("POLICY_DSL_CACHE", "0")
    for _ in range(2):
        grammar.Grammar()
    assert len(made) == 2
    assert not (tmp_path / "cache").exists()
