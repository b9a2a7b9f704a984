"""Names of pages and folders: such as every file system takes, each once."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from policy_dsl.handbook.names import Names, safe
from policy_dsl.writing import device


@given(st.text(max_size=200))
@example("CON")
@example("nul.数")
@example("COM¹.x.y")
@example("CON ")
@example("aux.")
@example("PRN." + "长" * 80)
def test_a_safe_name_is_one_everywhere(text: str) -> None:
    name = safe(text)
    assert name
    assert not device(name)
    assert not device(f"{name}.md")
    assert name[-1] not in ". "
    assert not set(name) & set('<>:"/\\|?* \0\n')
    assert len(name.encode()) < 200
    assert safe(text) == name


@pytest.mark.parametrize("name", ["清水县", "家庭.保障金", "1-一.policy", "CONSOLE"])
def test_what_is_safe_stays(name: str) -> None:
    assert safe(name) == name


def test_what_had_to_be_changed_is_told_apart() -> None:
    names = Names()
    taken = [names.take(x) for x in ("CON", "con", "CON_", "con_")]
    assert len({x.casefold() for x in taken}) == 4
