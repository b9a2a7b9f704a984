"""Compiled policies on disk: found again, made anew when in doubt, closed to other users, free of anybody's facts."""

from __future__ import annotations

import marshal
import os
import pickle
import stat
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

import policy_dsl
from policy_dsl import Policy, PolicyError, cache, library

TEXT = """政策 溪口县
对象 家庭
  收入 : 元/月, 0..10000
规则 家庭 差额 : 元/月
  为 800 - 收入
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder that nothing has made yet."""
    path = tmp_path / "cache"
    monkeypatch.setenv("POLICY_DSL_CACHE", str(path))
    return path


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    path = tmp_path / "溪口县.policy"
    path.write_text(TEXT, encoding="utf-8")
    return path


def entries(folder: Path) -> list[Path]:
    return sorted(p for p in folder.iterdir() if p.suffix == ".bin")


def gap(made: Policy, income: object = 300) -> object:
    return made.decide({"家庭": {"收入": income}}, on="2022-01")["家庭.差额"]


@pytest.fixture
def compiles(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The policies that were compiled, in order: an empty list is a hit."""
    from policy_dsl import pipeline

    seen: list[str] = []
    real = pipeline.compile_or_raise

    def count(layers: list[library.LayerFiles]) -> Any:
        seen.append(layers[-1].policy)
        return real(layers)

    monkeypatch.setattr(pipeline, "compile_or_raise", count)
    return seen


def test_the_second_load_compiles_nothing(folder: Path, policy: Path, compiles: list[str]) -> None:
    assert gap(policy_dsl.load(policy)) == 500
    assert compiles == ["溪口县"]
    (entry,) = entries(folder)
    again = policy_dsl.load(policy)
    assert compiles == ["溪口县"]
    assert gap(again) == 500
    assert entries(folder) == [entry]


def test_a_loaded_policy_is_the_same_from_the_cache(folder: Path, county: Path) -> None:
    """Program, digest, inputs and the reasons of a decision do not tell where the policy came from."""
    facts = {
        "家庭": {
            "户籍": "农村",
            "类别": "一类",
            "成员": [{"姓名": "甲", "出生日期": "1980-01-01", "月收入": 100, "重病": False}],
        }
    }
    fresh, cached = policy_dsl.load(county), policy_dsl.load(county)
    assert fresh is not cached
    assert fresh.program == cached.program
    assert fresh.digest == cached.digest
    a, b = (p.decide(facts, on="2022-06").to_json() for p in (fresh, cached))
    assert a == b


def test_a_changed_file_makes_a_new_entry(folder: Path, policy: Path) -> None:
    assert gap(policy_dsl.load(policy)) == 500
    policy.write_text(TEXT.replace("800", "900"), encoding="utf-8")
    assert gap(policy_dsl.load(policy)) == 600
    assert len(entries(folder)) == 2
    policy.write_text(TEXT, encoding="utf-8")
    assert gap(policy_dsl.load(policy)) == 500
    assert len(entries(folder)) == 2


def test_a_changed_upper_layer_makes_a_new_entry(folder: Path, tmp_path: Path) -> None:
    upper, lower = tmp_path / "省.policy", tmp_path / "县.policy"
    upper.write_text(TEXT.replace("溪口县", "溪省"), encoding="utf-8")
    lower.write_text("政策 溪口县\n  上级 溪省\n", encoding="utf-8")
    assert gap(policy_dsl.load(lower)) == 500
    upper.write_text(TEXT.replace("溪口县", "溪省").replace("800", "700"), encoding="utf-8")
    assert gap(policy_dsl.load(lower)) == 400


def test_a_policy_that_does_not_compile_is_not_kept(folder: Path, policy: Path) -> None:
    policy.write_text(TEXT.replace("收入\n", "收人\n"), encoding="utf-8")
    for _ in range(2):
        with pytest.raises(PolicyError):
            policy_dsl.load(policy)
    assert not folder.exists()


def test_a_deleted_cache_is_made_anew(folder: Path, policy: Path) -> None:
    policy_dsl.load(policy)
    for entry in entries(folder):
        entry.unlink()
    folder.rmdir()
    assert gap(policy_dsl.load(policy)) == 500
    assert len(entries(folder)) == 1


@pytest.mark.parametrize("part", ["__version__", "MAGIC"])
def test_another_engine_does_not_read_it(
    folder: Path, policy: Path, compiles: list[str], part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy_dsl.load(policy)
    monkeypatch.setattr(cache, part, "another")
    policy_dsl.load(policy)
    assert len(compiles) == 2
    assert len(entries(folder)) == 2


PACKAGE = Path(policy_dsl.__file__).parent
MAKING = [
    ".",
    *sorted({str(f.parent.relative_to(PACKAGE)) for room in cache.ROOMS for f in (PACKAGE / room).rglob("*.py")}),
]


@pytest.mark.parametrize("part", MAKING)
def test_a_change_of_the_engines_own_files_makes_entries_stale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    """In a checkout the key holds when the newest of the files that make an entry was changed."""
    for folder in MAKING:
        (tmp_path / folder).mkdir(exist_ok=True, parents=True)
        (tmp_path / folder / "made.py").write_text("", encoding="utf-8")
    monkeypatch.setattr(cache, "__file__", str(tmp_path / "cache.py"))
    before = cache._source_stamp()
    os.utime(tmp_path / part / "made.py", ns=(0, int(before) + 1))
    assert cache._source_stamp() != before


def test_the_engines_own_files_are_all_that_make_an_entry() -> None:
    """What compiling loads lies in the rooms whose age is in the key, or words what is wrong, which no entry holds."""
    code = (
        "import sys, policy_dsl.pipeline, policy_dsl.backends.engine, policy_dsl.backends.python\n"
        "print(*{m.split('.')[1] for m in sys.modules if m.startswith('policy_dsl.') and m.count('.') > 1})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) - {"diagnostics"} <= set(cache.ROOMS)


def test_zero_switches_it_off(
    tmp_path: Path, policy: Path, monkeypatch: pytest.MonkeyPatch, compiles: list[str]
) -> None:
    monkeypatch.setenv("POLICY_DSL_CACHE", "0")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.iterdir())
    for _ in range(2):
        assert gap(policy_dsl.load(policy)) == 500
    assert len(compiles) == 2
    assert sorted(tmp_path.iterdir()) == before


def test_where_it_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLICY_DSL_CACHE", "")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache.folder() == str(tmp_path / "xdg" / "policy_dsl")
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache.folder() == str(tmp_path / ".cache" / "policy_dsl")
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert cache.folder() is None, "never in the folder in which somebody happens to be"


# --- folders that cannot be used


def _a_file(folder: Path) -> None:
    folder.write_text("no folder", encoding="utf-8")


def _below_a_file(folder: Path) -> None:
    folder.parent.joinpath("blocked").write_text("no folder", encoding="utf-8")
    os.environ["POLICY_DSL_CACHE"] = str(folder.parent / "blocked" / "cache")


def _read_only(folder: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root writes everywhere")
    folder.mkdir(mode=0o500)


def _dangling(folder: Path) -> None:
    folder.symlink_to(folder.parent / "nowhere")


@pytest.mark.parametrize("spoil", [_a_file, _below_a_file, _read_only, _dangling])
def test_a_folder_that_cannot_be_written_is_no_error(folder: Path, policy: Path, spoil: Any) -> None:
    spoil(folder)
    for _ in range(2):
        assert gap(policy_dsl.load(policy)) == 500


def test_a_disk_without_room_leaves_nothing_behind(folder: Path, policy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    assert gap(policy_dsl.load(policy)) == 500
    assert list(folder.iterdir()) == []


def test_the_folder_is_the_users_own(folder: Path, policy: Path) -> None:
    """Made for this user alone, whatever the umask allows."""
    before = os.umask(0)
    try:
        policy_dsl.load(policy)
    finally:
        os.umask(before)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    (entry,) = entries(folder)
    assert stat.S_IMODE(entry.stat().st_mode) == 0o600


@pytest.mark.parametrize("mode", [0o770, 0o707, 0o777, 0o1777, 0o722])
def test_a_folder_that_others_can_write_is_not_used(folder: Path, policy: Path, compiles: list[str], mode: int) -> None:
    """Neither written, nor read where an entry lies in it already."""
    folder.mkdir(mode=0o700)
    folder.chmod(mode)
    policy_dsl.load(policy)
    assert list(folder.iterdir()) == []
    folder.chmod(0o700)
    policy_dsl.load(policy)
    assert len(entries(folder)) == 1
    folder.chmod(mode)
    assert gap(policy_dsl.load(policy)) == 500
    assert len(compiles) == 3


@pytest.mark.parametrize("end", ["", "/", "/.", "/./"])
def test_a_folder_that_is_a_link_is_not_used(
    folder: Path, policy: Path, compiles: list[str], end: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However the folder's name is written: with a slash behind it the system would follow the link."""
    real = folder.with_name("real")
    real.mkdir(mode=0o700)
    folder.symlink_to(real)
    monkeypatch.setenv("POLICY_DSL_CACHE", f"{folder}{end}")
    for _ in range(2):
        policy_dsl.load(policy)
    assert len(compiles) == 2
    assert list(real.iterdir()) == []


@pytest.mark.parametrize("mode", [0o660, 0o606, 0o666])
def test_an_entry_that_others_can_write_is_replaced(folder: Path, policy: Path, compiles: list[str], mode: int) -> None:
    policy_dsl.load(policy)
    (entry,) = entries(folder)
    entry.chmod(mode)
    assert gap(policy_dsl.load(policy)) == 500
    assert len(compiles) == 2
    assert stat.S_IMODE(entry.stat().st_mode) == 0o600


def test_an_entry_that_is_a_link_is_replaced(folder: Path, policy: Path, compiles: list[str]) -> None:
    policy_dsl.load(policy)
    (entry,) = entries(folder)
    elsewhere = entry.rename(folder.parent / "elsewhere.bin")
    entry.symlink_to(elsewhere)
    assert gap(policy_dsl.load(policy)) == 500
    assert len(compiles) == 2
    assert not entry.is_symlink()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
@pytest.mark.parametrize("which", ["folder", "entry"])
def test_what_belongs_to_another_user_is_not_read(folder: Path, policy: Path, compiles: list[str], which: str) -> None:
    policy_dsl.load(policy)
    os.chown(folder if which == "folder" else entries(folder)[0], 65534, 65534)
    assert gap(policy_dsl.load(policy)) == 500
    assert len(compiles) == 2


# --- entries that are not what they seem


def _sealed(key: str, program: bytes, saved: object = None, steps: object = None) -> bytes:
    """An entry around these bytes whose seal is right."""
    body = marshal.dumps((program, saved or {}, steps or {}))
    return marshal.dumps((cache.MAGIC, key, sha256(body).hexdigest(), body))


class _Trap:
    def __reduce__(self) -> Any:
        return (os.mkdir, (os.environ["TRAP"],))


def _flipped(raw: bytes, key: str) -> bytes:
    return raw[: len(raw) // 2] + bytes([raw[len(raw) // 2] ^ 0xFF]) + raw[len(raw) // 2 + 1 :]


DAMAGE: dict[str, Any] = {
    "empty": lambda raw, key: b"",
    "one byte": lambda raw, key: raw[:1],
    "cut in half": lambda raw, key: raw[: len(raw) // 2],
    "one byte short": lambda raw, key: raw[:-1],
    "one byte turned": _flipped,
    "text": lambda raw, key: "政策 溪口县\n".encode(),
    "zeros": lambda raw, key: b"\0" * len(raw),
    "a plain pickle": lambda raw, key: pickle.dumps({"policy": 1}),
    "marshal of a number": lambda raw, key: marshal.dumps(5),
    "marshal of another tuple": lambda raw, key: marshal.dumps(("x", "y", "z")),
    "deep marshal": lambda raw, key: b"(\1\0\0\0" * 5000 + b"N",
    "sealed nothing": lambda raw, key: _sealed(key, b""),
    "sealed pickle of another kind": lambda raw, key: _sealed(key, pickle.dumps([1, 2, 3])),
    "sealed pickle that calls": lambda raw, key: _sealed(key, pickle.dumps(_Trap())),
    "sealed pickle of a class of ours without its parts": lambda raw, key: _sealed(key, b"cpolicy_dsl.ir.nodes\nProgram\n)\x81."),
}  # fmt: skip


@pytest.mark.parametrize("damage", list(DAMAGE))
def test_a_damaged_entry_is_ignored_and_made_anew(
    folder: Path, policy: Path, compiles: list[str], damage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRAP", str(tmp_path / "sprung"))
    policy_dsl.load(policy)
    (entry,) = entries(folder)
    sound = entry.read_bytes()
    entry.write_bytes(DAMAGE[damage](sound, entry.stem))
    assert gap(policy_dsl.load(policy)) == 500
    assert compiles == ["溪口县"] * 2
    assert not (tmp_path / "sprung").exists()
    assert cache.read(entry) is not None
    assert gap(policy_dsl.load(policy)) == 500
    assert len(compiles) == 2


def test_another_policys_entry_under_this_name_is_ignored(folder: Path, policy: Path, compiles: list[str]) -> None:
    """What an entry holds must be what its name says: a file copied or renamed by hand decides nothing."""
    policy_dsl.load(policy)
    (first,) = entries(folder)
    policy.write_text(TEXT.replace("800", "999"), encoding="utf-8")
    policy_dsl.load(policy)
    (second,) = [e for e in entries(folder) if e != first]
    second.write_bytes(first.read_bytes())
    assert gap(policy_dsl.load(policy)) == 699
    assert len(compiles) == 3


def test_an_entry_that_is_a_folder_is_no_error(folder: Path, policy: Path) -> None:
    policy_dsl.load(policy)
    (entry,) = entries(folder)
    entry.unlink()
    entry.mkdir()
    assert gap(policy_dsl.load(policy)) == 500
    assert [p.name for p in folder.iterdir()] == [entry.name]


def test_an_entry_that_is_a_pipe_is_not_waited_for(folder: Path, policy: Path, compiles: list[str]) -> None:
    policy_dsl.load(policy)
    (entry,) = entries(folder)
    entry.unlink()
    os.mkfifo(entry, 0o600)
    assert gap(policy_dsl.load(policy)) == 500
    assert len(compiles) == 2
    assert stat.S_ISREG(entry.stat().st_mode)


# --- what stands in it


def test_no_given_fact_is_ever_kept(folder: Path, policy: Path) -> None:
    """Entries are written when a policy is loaded; deciding, explaining and failing write nothing."""
    made = policy_dsl.load(policy)
    (entry,) = entries(folder)
    before = entry.read_bytes(), entry.stat().st_mtime_ns
    for income in (1234, "4321 元/月", None):
        made.decide({"家庭": {"收入": income}}, on="2022-01").explain().text()
    with pytest.raises(PolicyError):
        gap(made, "77777777")
    policy_dsl.load(policy).decide({"家庭": {"收入": 2345}}, on="2023-01")
    assert (entry.read_bytes(), entry.stat().st_mtime_ns) == before
    assert entries(folder) == [entry]


def test_a_deep_formula_is_kept_too(folder: Path, policy: Path, compiles: list[str]) -> None:
    """The deepest formula that the language allows goes into the cache and comes back."""
    policy.write_text(TEXT.replace("800 - 收入", "800 " + "- 收入 + 收入 " * 55 + "- 收入"), encoding="utf-8")
    assert gap(policy_dsl.load(policy)) == 500
    assert gap(policy_dsl.load(policy)) == 500
    assert len(compiles) == 1


def test_a_moved_policy_is_named_by_its_new_place(folder: Path, tmp_path: Path) -> None:
    """The texts are the same, the names in reasons and errors are those of today."""
    old, new = tmp_path / "old", tmp_path / "新 处"
    old.mkdir()
    text = TEXT.replace("为 800 - 收入", "为 800 元/月 * (收入 / 收入)")
    (old / "溪口县.policy").write_text(text, encoding="utf-8")

    def place() -> str:
        where = old if old.exists() else new
        (found,) = policy_dsl.load(where).decide({"家庭": {"收入": 0}}, on="2022-01").errors
        return str(found.place)

    assert place() == f"{old / '溪口县.policy'}:5:16"
    assert place() == f"{old / '溪口县.policy'}:5:16"
    old.rename(new)
    assert place() == f"{new / '溪口县.policy'}:5:16"
    assert place() == f"{new / '溪口县.policy'}:5:16"


# --- several at once

_LOAD = "import sys, policy_dsl; print(policy_dsl.load(sys.argv[1]).decide({'家庭': {'收入': 300}}, on='2022-01')['家庭.差额'])"


def test_processes_that_write_at_once_all_decide(folder: Path, policy: Path) -> None:
    """Each writes beside and renames: whoever is last wins, nobody sees half an entry, nothing is left over."""
    env = {**os.environ, "PYTHONUTF8": "1"}
    running = [
        subprocess.Popen([sys.executable, "-c", _LOAD, str(policy)], stdout=subprocess.PIPE, env=env, text=True)
        for _ in range(3)
    ]
    assert [p.communicate(timeout=60)[0].strip() for p in running] == ["500.00"] * 3
    assert [p.name for p in folder.iterdir()] == [e.name for e in entries(folder)]
    assert len(entries(folder)) == 1


def test_a_reader_meets_whole_entries_while_another_writes(folder: Path, policy: Path) -> None:
    """Read again and again while the entry is rewritten: always the policy, never damage."""
    import threading

    made = policy_dsl.load(policy)
    (entry,) = entries(folder)
    stop = threading.Event()

    def rewrite() -> None:
        while not stop.is_set():
            cache.write(entry, made.engine)

    writer = threading.Thread(target=rewrite)
    writer.start()
    try:
        for _ in range(100):
            assert cache.read(entry) is not None
    finally:
        stop.set()
        writer.join()
    assert len(list(folder.iterdir())) == 1


def test_another_build_of_one_version_has_entries_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed package is told apart by the installer's record of its files."""
    package = tmp_path / "policy_dsl"
    (package / "policies").mkdir(parents=True)
    record = tmp_path / f"policy_dsl-{policy_dsl.__version__}.dist-info" / "RECORD"
    record.parent.mkdir()
    monkeypatch.setattr(cache, "__file__", str(package / "cache.py"))
    stamps = {cache._source_stamp()}
    for build in ("policy_dsl/ir/nodes.py,sha256=a,1\n", "policy_dsl/ir/nodes.py,sha256=b,1\n"):
        record.write_text(build, encoding="utf-8")
        stamps.add(cache._source_stamp())
    assert len(stamps) == 3
