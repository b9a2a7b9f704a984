"""Compiled policies on disk: found again, made anew when in doubt, closed to other users, free of anybody's facts."""

from __future__ import annotations

import marshal
import os
import pickle
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import policy_dsl
from policy_dsl import Policy, PolicyError, cache, library, shelf
from policy_dsl.backends.engine import Engine

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
    """The programs that are kept."""
    return sorted(p for p in folder.iterdir() if p.suffix == ".bin" and "-" not in p.stem)


def functions(folder: Path) -> list[Path]:
    """The compiled functions that are kept beside them."""
    return sorted(p for p in there(folder) if p.suffix == ".bin" and "-" in p.stem)


def there(folder: Path) -> list[Path]:
    """All that is kept but the grammar's tables, which are no policy's (tests/syntax/test_read_once.py)."""
    return sorted(p for p in folder.iterdir() if not p.name.startswith("grammar-"))


def gap(made: Policy, income: object = 300) -> object:
    return made.decide({"家庭": {"收入": income}}, on="2022-01")["家庭.差额"]


@pytest.fixture
def pieces(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The functions that were compiled, in order: an empty list is a hit."""
    seen: list[str] = []
    real = Engine._compile

    def count(self: Engine, piece: str, *args: Any) -> Any:
        seen.append(piece)
        return real(self, piece, *args)

    monkeypatch.setattr(Engine, "_compile", count)
    return seen


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


DATED = TEXT.replace(
    "  为 800 - 收入",
    "  自 2022-01-01\n    为 800 - 收入\n  自 2023-01-01\n    为 900 - 收入\n  自 2024-01-01\n    为 700 - 收入",
)


def test_only_what_is_asked_for_is_compiled(folder: Path, policy: Path, compiles: list[str], pieces: list[str]) -> None:
    """Loading compiles no function; a decision those of its day, reasons one more; each is there for the next process."""
    policy.write_text(DATED, encoding="utf-8")
    facts = {"家庭": {"收入": 300}}
    made = policy_dsl.load(policy)
    assert (pieces, len(functions(folder))) == ([], 0)
    assert made.decide(facts, on="2022-01")["家庭.差额"] == 500
    assert made.decide(facts, on="2022-06")["家庭.差额"] == 500
    assert (pieces, len(functions(folder))) == (["decide", "read"], 2)
    again = policy_dsl.load(policy)
    assert again.decide(facts, on="2023-01")["家庭.差额"] == 600
    assert (pieces, len(functions(folder))) == (["decide", "read", "decide"], 3)
    assert "900" in again.decide(facts, on="2023-01").explain().text()
    assert (pieces, len(functions(folder))) == (["decide", "read", "decide", "record"], 4)
    assert made.decide(facts, on="2023-01")["家庭.差额"] == 600  # another one's, in the meantime
    last = policy_dsl.load(policy)
    assert [last.decide(facts, on=f"{year}-01")["家庭.差额"] for year in (2022, 2023)] == [500, 600]
    last.decide(facts, on="2023-01").explain()
    assert (len(pieces), len(compiles)) == (4, 1)


def test_conditions_on_cases_are_kept_too(folder: Path, policy: Path, pieces: list[str]) -> None:
    policy.write_text(TEXT + "保证 收入有上限\n  收入 <= 5000\n", encoding="utf-8")
    for _ in range(2):
        assert gap(policy_dsl.load(policy)) == 500
        assert sorted(pieces) == ["decide", "decide", "read"]
        with pytest.raises(PolicyError):
            gap(policy_dsl.load(policy), 6000)


def test_examples_are_read_when_they_are_asked_for(folder: Path, policy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Deciding does not read them; a cached policy has them all the same, and so has its pickle."""
    policy.write_text(TEXT + "案例 甲\n  于 2022-01\n  家庭: 收入 = 300\n  应为 家庭: 差额 = 500\n", encoding="utf-8")
    fresh = policy_dsl.load(policy)
    read: list[int] = []
    real = cache._unpickled
    monkeypatch.setattr(cache, "_unpickled", lambda raw: read.append(len(raw)) or real(raw))
    cached = policy_dsl.load(policy)
    assert gap(cached) == 500
    assert len(read) == 1
    assert fresh.program == cached.program
    assert cached.program == fresh.program
    assert len(read) == 2
    assert [e.title for e in cached.program.examples] == ["甲"]
    assert pickle.loads(pickle.dumps(cached)).program == fresh.program
    assert len(read) == 2


def test_the_oldest_files_make_room(folder: Path, policy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept is bounded, in files and in bytes; only files of ours are taken away."""
    gap(policy_dsl.load(policy))
    (folder / "mine.txt").write_text("not of the cache", encoding="utf-8")
    for n, old in enumerate(sorted(folder.glob("*.bin"))):
        os.utime(old, ns=(n, n))
    monkeypatch.setattr(shelf, "MOST_FILES", 3)
    policy.write_text(TEXT.replace("800", "900"), encoding="utf-8")
    assert gap(policy_dsl.load(policy)) == 600
    assert len(list(folder.glob("*.bin"))) <= 3
    assert (folder / "mine.txt").exists()
    monkeypatch.setattr(shelf, "MOST_BYTES", 1)
    policy.write_text(TEXT.replace("800", "999"), encoding="utf-8")
    assert gap(policy_dsl.load(policy)) == 699
    assert len(list(folder.glob("*.bin"))) == 1


@pytest.mark.parametrize("part", ["__version__", "MAGIC"])
def test_another_engine_does_not_read_it(
    folder: Path, policy: Path, compiles: list[str], part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy_dsl.load(policy)
    monkeypatch.setattr(shelf, part, "another")
    policy_dsl.load(policy)
    assert len(compiles) == 2
    assert len(entries(folder)) == 2


PACKAGE = Path(policy_dsl.__file__).parent
MAKING = [
    ".",
    *sorted({str(f.parent.relative_to(PACKAGE)) for room in shelf.ROOMS for f in (PACKAGE / room).rglob("*.py")}),
]


@pytest.mark.parametrize("part", MAKING)
def test_a_change_of_the_engines_own_files_makes_entries_stale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    """In a checkout the key holds when the newest of the files that make an entry was changed."""
    for folder in MAKING:
        (tmp_path / folder).mkdir(exist_ok=True, parents=True)
        (tmp_path / folder / "made.py").write_text("", encoding="utf-8")
    monkeypatch.setattr(shelf, "__file__", str(tmp_path / "shelf.py"))
    before = shelf.source_stamp()
    os.utime(tmp_path / part / "made.py", ns=(0, int(before) + 1))
    assert shelf.source_stamp() != before


def test_the_engines_own_files_are_all_that_make_an_entry() -> None:
    """What compiling loads lies in the rooms whose age is in the key, or words what is wrong, which no entry holds."""
    code = (
        "import sys, policy_dsl.pipeline, policy_dsl.backends.engine, policy_dsl.backends.python\n"
        "print(*{m.split('.')[1] for m in sys.modules if m.startswith('policy_dsl.') and m.count('.') > 1})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) - {"diagnostics"} <= set(shelf.ROOMS)


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
    assert shelf.folder() == str(tmp_path / "xdg" / "policy_dsl")
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert shelf.folder() == str(tmp_path / ".cache" / "policy_dsl")
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert shelf.folder() is None, "never in the folder in which somebody happens to be"


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


# --- policies in pickles

_WORKER = """
import multiprocessing, sys, policy_dsl
from policy_dsl.backends.engine import Engine

def work(policy):
    compiled = []
    Engine._compile = lambda self, piece, *args: compiled.append(piece)
    decided = policy.decide({"家庭": {"收入": 300}}, on="2022-01")
    return decided["家庭.差额"], "800" in decided.explain().text(), compiled

if __name__ == "__main__":
    policy = policy_dsl.load(sys.argv[1])
    policy.decide({"家庭": {"收入": 1}}, on="2022-01").explain()
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        print(*pool.apply(work, (policy,)))
"""


def test_a_worker_of_a_pool_compiles_nothing(tmp_path: Path, policy: Path) -> None:
    """A policy takes along what has been compiled, conditions on cases too; there is no cache that could help."""
    policy.write_text(TEXT + "保证 收入有上限\n  收入 <= 5000\n", encoding="utf-8")
    script = tmp_path / "script.py"
    script.write_text(_WORKER, encoding="utf-8")
    env = {**os.environ, "PYTHONUTF8": "1", "POLICY_DSL_CACHE": "0"}
    done = subprocess.run(
        [sys.executable, str(script), str(policy)], capture_output=True, text=True, env=env, check=False
    )
    assert done.stdout.strip() == "500.00 True []", done.stderr


def test_a_policy_from_a_pickle_uses_the_cache(
    folder: Path, policy: Path, compiles: list[str], pieces: list[str]
) -> None:
    """What it did not bring along is taken from there, and added."""
    made = policy_dsl.load(policy)
    raw = pickle.dumps(made)
    gap(made)
    again = pickle.loads(raw)
    assert gap(again) == 500
    assert pieces == ["decide", "read"]
    again.decide({"家庭": {"收入": 1}}, on="2022-01").explain()
    made.decide({"家庭": {"收入": 1}}, on="2022-01").explain()
    assert pieces == ["decide", "read", "record"]


def test_what_another_engine_compiled_is_compiled_anew(
    policy: Path, pieces: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POLICY_DSL_CACHE", "0")
    made = policy_dsl.load(policy)
    assert gap(made) == 500
    raw = pickle.dumps(made)
    monkeypatch.setattr(shelf, "__version__", "another")
    assert gap(pickle.loads(raw)) == 500
    assert pieces == ["decide", "read"] * 2


def test_a_pickle_takes_the_functions_along_and_little_more(policy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLICY_DSL_CACHE", "0")
    made = policy_dsl.load(policy)
    before = len(pickle.dumps(made))
    gap(made)
    after = pickle.dumps(made)
    assert len(after) - before < 2 * sum(map(len, made.engine.saved().values()))
    assert len(pickle.dumps(pickle.loads(after))) == len(after)


# --- entries that are not what they seem


def _sealed(key: str, program: bytes) -> bytes:
    """An entry around these bytes whose seal is right."""
    body = marshal.dumps((program, pickle.dumps(()), {}, None))
    return shelf.seal(key, body)


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


DAMAGED_FUNCTION: dict[str, Any] = {
    **{name: how for name, how in DAMAGE.items() if "sealed" not in name},
    "another function": lambda raw, key: shelf.seal("x", shelf.unseal(key, raw)),
    "sealed parts too few": lambda raw, key: shelf.seal(key, marshal.dumps((1, ()))),
    "sealed code that is none": lambda raw, key: shelf.seal(key, marshal.dumps((b"no code", (), (), ()))),
    "sealed bytes": lambda raw, key: shelf.seal(key, b"no code"),
}


@pytest.mark.parametrize("damage", list(DAMAGED_FUNCTION))
def test_a_damaged_function_is_compiled_anew(
    folder: Path, policy: Path, compiles: list[str], pieces: list[str], damage: str
) -> None:
    gap(policy_dsl.load(policy))
    for kept in functions(folder):
        kept.write_bytes(DAMAGED_FUNCTION[damage](kept.read_bytes(), kept.stem))
    assert gap(policy_dsl.load(policy)) == 500
    assert pieces == ["decide", "read"] * 2
    assert gap(policy_dsl.load(policy)) == 500
    assert (len(pieces), len(compiles)) == (4, 1)


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
    assert (entries(folder), len(functions(folder))) == ([entry], 2)


def test_an_entry_that_is_a_pipe_is_not_waited_for(folder: Path, policy: Path, compiles: list[str]) -> None:
    gap(policy_dsl.load(policy))
    there = sorted(folder.iterdir())
    for entry in there:
        entry.unlink()
        os.mkfifo(entry, 0o600)
    assert gap(policy_dsl.load(policy)) == 500
    assert len(compiles) == 2
    assert sorted(folder.iterdir()) == there
    assert all(stat.S_ISREG(entry.stat().st_mode) for entry in there)


# --- what stands in it


def test_no_given_fact_is_ever_kept(folder: Path, policy: Path) -> None:
    """What deciding and explaining add are the functions of the policy, the same for all facts; failing adds nothing."""

    def there() -> dict[str, tuple[bytes, int]]:
        return {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in folder.iterdir()}

    made = policy_dsl.load(policy)
    with pytest.raises(PolicyError):
        gap(made, "77777777")
    gap(made)
    for income in (700, None):
        made.decide({"家庭": {"收入": income}}, on="2022-01").explain().text()
    before = there()
    assert len(before) == 5  # the program; functions that read, decide, record, and decide where something is open
    for income in (1234, "4321 元/月", None):
        made.decide({"家庭": {"收入": income}}, on="2022-01").explain().text()
    with pytest.raises(PolicyError):
        gap(made, "77777777")
    policy_dsl.load(policy).decide({"家庭": {"收入": 2345}}, on="2023-01")
    assert there() == before


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
    assert len(there(folder)) == 3
    assert (len(entries(folder)), len(functions(folder))) == (1, 2)


_DIES = """
import os, sys, policy_dsl
from policy_dsl import writing
left = int(sys.argv[2])
def lay(path, raw, mode=0o666, settled=False):
    global left
    left -= 1
    with open(path, "xb") as file:
        file.write(raw if left else raw[: len(raw) // 2])
    if not left:
        os._exit(9)
    os.chmod(path, mode)
writing.lay = lay
policy_dsl.load(sys.argv[1]).decide({"家庭": {"收入": 300}}, on="2022-01")
"""


@pytest.mark.parametrize(("at", "left"), [(1, 2), (2, 2), (3, 2), (4, 1)])
def test_a_worker_that_dies_leaves_no_half_cache(
    folder: Path, policy: Path, pieces: list[str], at: int, left: int
) -> None:
    """It dies while it writes the grammar's tables, the program, the first function, the second: what was written before is whole, the rest is made anew."""
    env = {**os.environ, "PYTHONUTF8": "1"}
    done = subprocess.run([sys.executable, "-c", _DIES, str(policy), str(at)], env=env, check=False)
    assert done.returncode == 9
    assert len(list(folder.glob("*.bin"))) == at - 1
    assert gap(policy_dsl.load(policy)) == 500
    assert len(pieces) == left
    assert len(there(folder)) == 3


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
    monkeypatch.setattr(shelf, "__file__", str(package / "shelf.py"))
    stamps = {shelf.source_stamp()}
    for build in ("policy_dsl/ir/nodes.py,sha256=a,1\n", "policy_dsl/ir/nodes.py,sha256=b,1\n"):
        record.write_text(build, encoding="utf-8")
        stamps.add(shelf.source_stamp())
    assert len(stamps) == 3
