"""The limits under which the tests of bad input run the command are kept, and the one that is not is named."""

from __future__ import annotations

import pytest

from .limited import limited


def test_what_keeps_them_ends_as_it_would() -> None:
    assert limited("print(sys.argv[1:]); sys.exit(3)", "a", "b") == (3, "['a', 'b']\n", "")


def test_too_much_of_the_processor() -> None:
    with pytest.raises(pytest.fail.Exception, match="more than 1 seconds of the processor"):
        limited("while True: pass", seconds=1)


def test_waiting_is_no_work_but_ends() -> None:
    """Waiting longer than the limit of the processor fails nothing; waiting for ever does."""
    wait = "import time; time.sleep(float(sys.argv[1]))"
    assert limited(wait, "1.5", seconds=1).code == 0
    with pytest.raises(pytest.fail.Exception, match=r"after 0\.5 seconds by the clock"):
        limited(wait, "60", wall=0.5)


def test_too_much_memory() -> None:
    assert "MemoryError" in limited("bytearray(2 << 30)").err
