"""What is printed holds nothing that a terminal obeys, and the quick look at a text overlooks none of it."""

from __future__ import annotations

import json
import re
import sys

import pytest

from policy_dsl import outputs, source

LINES = "户籍\n农村\n"
EVERY = [chr(n) for n in range(sys.maxunicode + 1)]


@pytest.mark.parametrize("refused", [source._OBEYED, outputs._UNSEEN])
def test_no_character_that_is_refused_prints_as_it_is(refused: str) -> None:
    found = [c for c in EVERY if re.match(refused, c)]
    assert len(found) > 50
    assert [c for c in found if source.prints_as_it_is(c)] == []
    assert source.prints_as_it_is(LINES)


def test_what_a_terminal_obeys_is_replaced() -> None:
    assert source.visible(LINES) == LINES
    assert source.visible("甲\u202e乙\t\u3000丙\x1b[2J") == "甲\ufffd乙\t\u3000丙\ufffd[2J"


def test_json_escapes_it() -> None:
    assert outputs.dump({"名": "甲乙"}) == '{\n  "名": "甲乙"\n}'
    made = outputs.dump({"名": "甲\u202e乙\ud800\u3000"})
    assert "甲\\u202e乙\\ud800\u3000" in made
    assert json.loads(made) == {"名": "甲\u202e乙\ud800\u3000"}
