"""What diagnostics look like on a terminal, in both languages: messages, carets under wide characters, labels, long lines.

`pytest --update-golden` writes the expected files anew; read the difference before committing it.
"""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from policy_dsl.diagnostics.render import text
from policy_dsl.diagnostics.report import Report
from policy_dsl.library import LayerFiles, read_file
from policy_dsl.pipeline import compile_layers
from policy_dsl.source import width

GOLDEN = Path(__file__).parent / "golden"
POLICIES = sorted(GOLDEN.glob("*.policy"))


def rendered(file: Path, lang: str) -> str:
    """What `check` prints of the file, named without its folder."""
    report = Report()
    read = read_file(file, file.name)
    assert compile_layers([LayerFiles(read.policy, (read,))], report) is None
    return text(report.sorted(), lang) + "\n"


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("file", POLICIES, ids=lambda f: f.stem)
def test_diagnostics_look_as_expected(file: Path, lang: str, update_golden: bool) -> None:
    """The rendering is the golden one."""
    expected = file.with_suffix(f".{lang}.txt")
    made = rendered(file, lang)
    if update_golden:
        expected.write_text(made, encoding="utf-8")
    assert made == expected.read_text(encoding="utf-8")


def shown(line: str) -> str:
    """A line as it is printed: a tab takes one column, what cannot be seen a sign of its own."""
    return "".join(c if c.isprintable() or c == "\u3000" else " " if c == "\t" else "\ufffd" for c in line)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("file", POLICIES, ids=lambda f: f.stem)
def test_marks_stand_under_what_they_mark(file: Path, lang: str) -> None:
    """A line of marks begins at the screen column of the stretch and is as wide as it, and no line runs far over a screen."""
    report = Report()
    read = read_file(file, file.name)
    compile_layers([LayerFiles(read.policy, (read,))], report)
    lines = rendered(file, lang).splitlines()
    for d in report.items:
        assert d.place is not None
        column, end = d.place.column - 1, d.place.end_column - 1
        stretch = d.place.text[column:end] if d.place.end_line == d.place.line else d.place.text[column:]
        for line, marks in itertools.pairwise(lines):
            bar = marks.find("│ ")
            if not line.startswith(f"{d.place.line} │ ") or "^" not in marks or "…" in line:
                continue
            before = width(marks[bar + 2 : marks.index("^")])
            if before == width(shown(d.place.text[:column])):
                assert marks.count("^") == max(1, width(shown(stretch)))
                break
        else:
            assert any("…" in line for line in lines), d
    assert all(width(line) <= 125 for line in lines if "│" in line)


def test_there_is_a_golden_file_for_each_policy_and_no_other() -> None:
    """Nothing is left over."""
    names = {f.name for f in GOLDEN.iterdir()}
    assert names == {f"{f.stem}{end}" for f in POLICIES for end in (".policy", ".zh.txt", ".en.txt")}
    assert len(POLICIES) >= 25
