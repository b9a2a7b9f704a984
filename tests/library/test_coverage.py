"""Every scenario case has its 案例 or its data-driven test; what has none is named, with the reason."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
CASES = {
    "CY": "01 02 04 05 07 08 10 11 13 14 16 17 19 20 22 23 25",
    "QS": "01 03 04 06 07 09 10 12 13 15 16 18 19 21 22 24 25 27 28 30 31 33 34 A2 A3 A5 A6 A8 A9",
    "QN": "02 03 05 06 08 09 11 12 14 15 17 A1",
    "LN": "01 02 04 05 07 08 10 11 13 14 16 17 19 20",
    "SL": "02 03 05 06 08 09 11 A1",
    "NA": "01 02 04 05 07 08 10 11 13 14 16 17 19 20 22 23 25 26 28 29 31 32",
}
NOT_HERE: dict[str, str] = {}  # at most five, with the reason
NAMED = re.compile(r"^案例 ([A-Z]{2}-[A-Z]?\d+)\b", re.MULTILINE)


def told() -> set[str]:
    """The ids of all cases that are run."""
    beside = {
        i for file in (ROOT / "policies").glob("*/*.policy") for i in NAMED.findall(file.read_text(encoding="utf-8"))
    }
    driven = {
        case["id"]
        for file in (ROOT / "tests" / "library" / "cases").glob("*.yaml")
        for case in yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    }
    return beside | driven


def test_every_case_is_run() -> None:
    wanted = {f"{place}-{number}" for place, numbers in CASES.items() for number in numbers.split()}
    assert len(wanted) == 102
    assert wanted - told() == set(NOT_HERE)
    assert len(NOT_HERE) <= 5
