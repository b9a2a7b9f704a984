"""Each declaration of the shipped policies in the words of the other language: it reads back as that tree, and Chinese words come back."""

from __future__ import annotations

from pathlib import Path

import pytest

from policy_dsl.diagnostics.report import Report
from policy_dsl.handbook.wording import worded
from policy_dsl.model.functions import BY_NAME
from policy_dsl.source import Source
from policy_dsl.syntax import nodes
from policy_dsl.syntax.parse import parse
from policy_dsl.syntax.printer import printer

FILES = sorted((Path(__file__).parents[2] / "policies").rglob("*.policy"))


def read(text: str) -> tuple[nodes.Item, ...]:
    report = Report()
    items = parse(Source("x.policy", text), report).items
    assert not report.failed
    return items


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_words_of_a_declaration(path: Path) -> None:
    for item in read(path.read_text(encoding="utf-8")):
        english = worded(item, "en")
        text = printer.text(english, "en")
        assert read(text) == (english,)
        assert not [w for w, f in BY_NAME.items() if w in f.zh and f" {w}(" in text]
        back = worded(english, "zh")
        assert worded(back, "en") == english
        assert worded(worded(item, "zh"), "en") == english
