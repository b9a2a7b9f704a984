"""The code in which a wrong character is wrong money, and which tests judge it."""

from __future__ import annotations

from pathlib import Path

from .alter import ROOT
from .judge import Tests

# by folders and names that a file keeps when it is divided
ROOMS: dict[str, tuple[str, ...]] = {
    "ir": ("ir/**/*.py",),
    "backends": ("backends/*.py",),
    "interpret": ("backends/interpret/**/*.py",),
    "python": ("backends/python/**/*.py",),
    "facts": ("facts/**/*.py",),
    "units": ("model/units*.py", "model/types*.py"),
    "arrears": ("timeline/arrears*.py", "timeline/ledger*.py", "timeline/courses*.py", "timeline/booked*.py"),
}

_SPEC: Tests = ("tests/spec",)
_REGRESSIONS: Tests = ("tests/regressions", "--deselect", "tests/regressions/test_blanks.py::test_a_blank_left_as_printed_answers_nothing")  # fmt: skip
_AGREEMENT: Tests = ("tests/property/test_agreement.py::test_compiled_values_are_the_interpreters",)
_FAST: Tests = ("tests/property/test_agreement.py::test_what_is_plain_stays_on_the_fast_way",)
_MORE: dict[str, tuple[Tests, ...]] = {
    "ir": (_AGREEMENT,),
    "backends": (_AGREEMENT,),
    "interpret": (_AGREEMENT,),
    "python": (_AGREEMENT, _FAST),
    "facts": (("tests/api/test_policy.py", "tests/errors/test_bad_histories.py", "tests/property/test_births.py"),),
    "units": (("tests/property/test_units.py",),),
    "arrears": (("tests/property/test_arrears.py",),),
}


def sources(room: str) -> list[Path]:
    return sorted({p for pattern in ROOMS[room] for p in (ROOT / "policy_dsl").glob(pattern)})


def judges(room: str) -> tuple[Tests, ...]:
    """Runs of pytest, the quickest first."""
    return (_SPEC, _REGRESSIONS, *_MORE[room])
