"""What a reviewer reads, kept as files: every form of an explanation, in both languages, of cases that use every kind of row.

`pytest --update-golden` writes them anew; read the diff as a reviewer would before committing it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import policy_dsl
from policy_dsl.explain.describe import _LABELS, describe

HERE = Path(__file__).parent
CASES: dict[str, dict[str, Any]] = json.loads((HERE / "cases.json").read_text(encoding="utf-8"))
ENDINGS = {"text": "txt", "markdown": "md", "html": "html", "json": "json"}


def explanation(case: str) -> policy_dsl.Explanation:
    """The explanation that a case asks for."""
    policy = policy_dsl.load(HERE / CASES[case].get("policy", "county.policy"))
    if "calendar" in CASES[case]:  # a new version of the default one shall not change what is printed here
        policy = policy.with_calendar(policy_dsl.Calendar.from_json(CASES[case]["calendar"], name="calendar.json"))
    return policy.decide(CASES[case]["facts"], on=CASES[case]["on"]).explain(CASES[case].get("output"))


def written(made: policy_dsl.Explanation, form: str, lang: str) -> str:
    """One form of it as a file's text; the engine's version is left out, since it says nothing about the reasons."""
    if form == "json":
        return json.dumps(made.to_json(lang) | {"engine": "-"}, ensure_ascii=False, indent=1) + "\n"
    return getattr(made, form)(lang) + "\n"  # type: ignore[no-any-return]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("form", ENDINGS)
@pytest.mark.parametrize("case", CASES)
def test_explanation_reads_as_before(case: str, form: str, lang: str, update_golden: bool) -> None:
    """Every form of every case is what the golden file says."""
    path = HERE / "golden" / f"{case}.{lang}.{ENDINGS[form]}"
    found = written(explanation(case), form, lang)
    if update_golden:
        path.write_text(found, encoding="utf-8")
    assert found == path.read_text(encoding="utf-8")


def test_golden_folder_holds_nothing_else() -> None:
    """A case that was renamed leaves no old file behind."""
    wanted = {f"{case}.{lang}.{ending}" for case in CASES for lang in ("zh", "en") for ending in ENDINGS.values()}
    assert {p.name for p in (HERE / "golden").iterdir()} == wanted


def test_every_kind_of_row_is_shown() -> None:
    """The cases together use every label, so that none can change unseen."""
    used = {
        row.key
        for case in CASES
        for made in [explanation(case)]
        for step in made.steps.values()
        for row in describe(made, step, "zh").rows
    }
    assert used == set(_LABELS)


def test_a_copy_elsewhere_gives_the_same(tmp_path: Path) -> None:
    """The reasons do not depend on where the policy lies: a copy elsewhere gives the same bytes."""
    for name in ("county.policy", "province.policy"):
        (tmp_path / name).write_bytes((HERE / name).read_bytes())
    for case in ("rural", "faulty"):
        here, there = (
            policy_dsl.load(folder / "county.policy").decide(CASES[case]["facts"], on=CASES[case]["on"])
            for folder in (HERE, tmp_path)
        )
        assert there.to_json() == here.to_json()
        assert there.text() == here.text()
        assert there.explain().text() == here.explain().text()
