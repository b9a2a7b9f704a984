"""Names that generated code uses itself, entries of a cache made by an attacker, a folder full of traps, pages with markup.

test_canary.py puts hostile texts into every place of a policy; here each way out has its own scene, watched by a canary file that must
not appear.
"""

from __future__ import annotations

import hashlib
import html.parser
import json
import marshal
import os
import pickle
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import policy_dsl
from policy_dsl import cache, library
from policy_dsl.backends.standalone import standalone

# --- names

GENERATED = (
    "P", "on", "data", "facts", "read", "decide", "record", "UNKNOWN", "Unknown", "Defer", "defer", "_", "t1", "t2", "x1", "o0", "o1",
    "m1", "d0", "n0", "w1", "b1", "p1", "v1", "v2", "a_n", "a_p", "a_1", "values", "sum", "count", "Fraction", "ROOT", "EPOCHS",
    "RESULTS", "UNITS", "_collect", "datetime", "read_0", "decide_0", "read_day", "read_decimal", "round_half_up", "result", "out", "index",
)  # fmt: skip
PYTHON = (
    "__builtins__", "__class__", "__dict__", "__import__", "__loader__", "__name__", "__subclasses__", "eval", "exec", "compile", "open",
    "input", "print", "getattr", "globals", "vars", "type", "dict", "list", "str", "int", "len", "max", "min", "os", "sys", "self",
    "None", "True", "False", "lambda", "class", "def", "import", "yield", "await", "return", "match", "case", "del", "raise",
)  # fmt: skip
ODD = (
    "a b", "a.b", "a-b", "a/b", "0", "1e5", "'", '"', "'''", '"""', "\\", "\\n", "\\x41", "\\N{DASH}", "#", "// x", "§0", "{0}", "{x!r}",
    "%s", "%(x)s", "$HOME", "$(touch CANARY)", "`touch CANARY`", ";", "|", ",", "()", "[]", ":", "=", "是", "为", "当", "<b>", "&lt;", "../x",
    "x\u2028y", "x\u3000y", "é", "a" * 300, "合计", "元", "岁", "print('x')", "__import__('os').system('touch CANARY')", "f'{x}'",
)  # fmt: skip
NAMES = (*GENERATED, *PYTHON, *ODD)


def quoted(name: str) -> str:
    return f"「{name}」"


def value(name: str) -> str:
    """The name as an enumeration's value: a word that is there both value and name is refused (semantics, rule 9)."""
    return f"{name}~"


def hostile() -> str:
    """A policy whose facts, lists, rules, enumerations, parameters, units and labels carry all the names."""
    facts = "".join(f'  {quoted(n)} : 整数, 0..1000, 默认 0, 问 "{n.replace(chr(34), "")}"\n' for n in NAMES)
    rules = "".join(
        f"规则 家庭 {quoted(n)} : 整数\n  为 合计(「data!」.{quoted(n)}) + {i}\n  例外 {quoted(n)} 当 合计(「data!」.{quoted(n)}) > 900 为 0\n"
        for i, n in enumerate(NAMES)
    )
    members = " | ".join(quoted(value(n)) for n in NAMES)
    rows = "".join(f"  | {quoted(value(n))} | {i} |\n" for i, n in enumerate(NAMES))
    return (
        f"政策 {quoted('exec')}\n类型 {quoted('eval')} = {members}\n类型 {quoted('__class__')} = 单位\n"
        f"对象 个人\n{facts}对象 家庭\n  「data!」 : 若干 个人, 1..9\n  「self!」 : {quoted('eval')}\n  「import!」 : {quoted('__class__')}, 0..9\n"
        f"规则 家庭 「lambda」甲 : 整数\n  | 「self!」 | 「lambda」甲 |\n{rows}".replace("「lambda」甲", "「lambda x」")
        + rules
    )


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("names") / "甲.policy"
    file.write_text(hostile(), encoding="utf-8")
    return file


def expected() -> dict[str, int]:
    return {f"家庭.{n}": 2 * i + (i + 1) % 7 + i for i, n in enumerate(NAMES)}


def family(self_: str) -> dict[str, object]:
    first = {n: i for i, n in enumerate(NAMES)}
    second = {n: i + (i + 1) % 7 for i, n in enumerate(NAMES)}
    return {"家庭": {"data!": [first, second], "self!": value(self_), "import!": 3}}


def test_a_hundred_names_are_names(names: Path) -> None:
    """Names of Python, of the generated code itself and with every sign: the fast function gives each its own value."""
    assert len(NAMES) > 120
    policy = policy_dsl.load(names)
    decision = policy.decide(family("eval"), on="2022-06-01")
    found = dict(decision.items())
    assert {k: v for k, v in found.items() if k != "家庭.lambda x"} == expected()
    assert found["家庭.lambda x"] == NAMES.index("eval")
    assert decision.compiled_alone, "the fast function answers, not the interpreter"


def test_the_written_module_holds_them_as_data(names: Path, tmp_path: Path) -> None:
    """`policy compile` of the same names: the file is imported under watch, and decides the same."""
    target, canary = tmp_path / "made.py", tmp_path / "CANARY"
    target.write_text(standalone(policy_dsl.load(names).program), encoding="utf-8")
    code = (
        "import importlib.util, json, sys\n"
        f"facts = json.loads({json.dumps(json.dumps(family('eval')))})\n"
        f"spec = importlib.util.spec_from_file_location('made', {str(target)!r})\n"
        "module = importlib.util.module_from_spec(spec)\n"
        "import __future__, bisect, collections.abc, datetime, fractions, typing\n"
        "code = spec.loader.get_code('made')\n"
        "seen = []\n"
        "sys.addaudithook(lambda event, args: seen.append(event))\n"
        "exec(code, module.__dict__)\n"
        "made = module.decide(facts, '2022-06-01')\n"
        "watched = [e for e in seen if e.split('.')[0] in ('open', 'os', 'subprocess', 'socket', 'import', 'compile', 'ctypes')]\n"
        "print(json.dumps([watched, {k: str(v) for k, v in made.items()}]))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-X", "utf8", "-c", code], capture_output=True, text=True, encoding="utf-8", cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr[-2000:]
    watched, made = json.loads(done.stdout)
    assert watched == []
    assert {k: int(v) for k, v in made.items() if k != "家庭.lambda x"} == expected()
    assert not canary.exists()


# --- pages


class Tags(html.parser.HTMLParser):
    """The elements and attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.attributes |= {name for name, _ in attrs}


MARKUP = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "</style><script>",
    "<!--",
    "]]>",
    "<b>",
)


@pytest.mark.parametrize("payload", MARKUP)
def test_markup_stays_text(payload: str, tmp_path: Path) -> None:
    """In a page or a notebook, names, gists, sources and texts of facts bring no element and no attribute with them."""

    def page(word: str) -> list[str]:
        text = (
            f"政策 「{word}」\n文件 办法 : {word}\n  标题 {word}\n类型 级 = 「{word}」 | 乙\n对象 个人\n  姓名 : 文本\n  「{word}」 : 元, 0..9\n"
            f"对象 家庭\n  成员 : 若干 个人\n  级 : 级\n## {word}\n> {word}\n规则 家庭 「{word}」 : 元\n  为 合计(成员.「{word}」)  假设 {word}\n"
        )
        file = tmp_path / "甲.policy"
        file.write_text(text, encoding="utf-8")
        decision = policy_dsl.load(file).decide(
            {"家庭": {"级": word, "成员": [{"姓名": word, word: 3}]}}, on="2022-06-01"
        )
        return [decision.explain().html("zh"), decision.explain().html("en"), decision._repr_html_()]

    def tags(text: str) -> tuple[set[str], set[str]]:
        parser = Tags()
        parser.feed(text)
        parser.close()
        return parser.seen, parser.attributes

    for plain, made in zip(page("平常"), page(payload), strict=True):
        assert tags(made) == tags(plain)


# --- the cache

COUNTY = "政策 甲\n对象 家庭\n  存款 : 元, 0..1000\n规则 家庭 乙 : 元\n  为 存款 * 2\n"


class Evil:
    """Unpickles to a command."""

    def __init__(self, command: str) -> None:
        self.command = command

    def __reduce__(self) -> tuple[Any, ...]:
        return (os.system, (self.command,))


def resealed(raw: bytes, change: Callable[[list[Any]], None], seal: bool) -> bytes:
    """The entry with another body, and with the digest that belongs to it or the old one."""
    magic, key, check, body = marshal.loads(raw)
    parts = list(marshal.loads(body))
    change(parts)
    made = marshal.dumps(tuple(parts))
    return marshal.dumps((magic, key, hashlib.sha256(made).hexdigest() if seal else check, made))


def with_pickle(command: str) -> Callable[[list[Any]], None]:
    def change(parts: list[Any]) -> None:
        parts[0] = pickle.dumps(Evil(command))

    return change


def with_code(command: str) -> Callable[[list[Any]], None]:
    """A compiled function replaced by one that runs a command when it is loaded, without a builtin to help it."""
    way = "[c for c in ().__class__.__base__.__subclasses__() if c.__name__ == '_wrap_close'][0].__init__.__globals__['system']"
    code = compile(f"{way}({command!r})\nread = decide = record = None", "x", "exec")

    def change(parts: list[Any]) -> None:
        parts[0] = code

    return change


def kept(folder: Path, function: bool) -> Path:
    """A function that is kept, else the program."""
    return next(p for p in sorted(folder.glob("[!g]*.bin")) if ("-" in p.stem) == function)


ATTACKS: dict[str, tuple[Callable[[str], Callable[[list[Any]], None]], bool, str]] = {
    "a pickle that runs a command": (with_pickle, True, ""),
    "the same with the old digest": (with_pickle, False, ""),
    "other code with the old digest": (with_code, False, ""),
    "other code in a file that others can write": (with_code, True, "file"),
    "other code in a folder that others can write": (with_code, True, "folder"),
    "other code in a folder of a group": (with_code, True, "group"),
    "other code behind a link": (with_code, True, "link"),
    "other code in a linked folder": (with_code, True, "linked folder"),
    "other code under another name": (with_code, True, "name"),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_of_an_attackers_entry_runs(attack: str, tmp_path: Path) -> None:
    """A fresh process meets the entry, does not run it, and decides right."""
    make, seal, how = ATTACKS[attack]
    policy, canary, folder = tmp_path / "甲.policy", tmp_path / "CANARY", tmp_path / "cache"
    policy.write_text(COUNTY, encoding="utf-8")
    folder.mkdir(mode=0o700)
    env = {**os.environ, "POLICY_DSL_CACHE": str(folder), "PYTHONUTF8": "1"}

    def decide() -> str:
        code = f"import policy_dsl, pathlib; p = policy_dsl.load(pathlib.Path({str(policy)!r})); print(p.decide({{'家庭': {{'存款': 7}}}}, on='2022-06')['家庭.乙'])"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, encoding="utf-8")
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    assert decide() == "14.00"
    entry = kept(folder, make is with_code)
    good = entry.read_bytes()
    evil = resealed(good, make(f"touch {canary}"), seal)
    target = entry
    if how == "link":
        target = tmp_path / "elsewhere.bin"
        entry.unlink()
        entry.symlink_to(target)
    elif how == "name":
        policy.write_text(COUNTY.replace("* 2", "* 3 - 存款"), encoding="utf-8")
        fresh = cache.entry(library.find(policy))
        assert fresh is not None
        target = folder / entry.name.replace(entry.name[:64], os.path.basename(fresh)[:64])
    target.write_bytes(evil)
    target.chmod(0o666 if how == "file" else 0o600)
    if how == "folder":
        folder.chmod(0o777)
    elif how == "group":
        folder.chmod(0o770)
    elif how == "linked folder":
        folder.rename(tmp_path / "other")
        folder.symlink_to(tmp_path / "other")
    assert decide() == "14.00"
    assert not canary.exists()
    assert stat.S_ISREG(policy.stat().st_mode)


def test_the_attack_would_have_run(tmp_path: Path) -> None:
    """The canary works: in a private file with its own digest, which only the user could have made, the code is run."""
    policy, canary, folder = tmp_path / "甲.policy", tmp_path / "CANARY", tmp_path / "cache"
    policy.write_text(COUNTY, encoding="utf-8")
    folder.mkdir(mode=0o700)
    env = {**os.environ, "POLICY_DSL_CACHE": str(folder)}
    code = f"import policy_dsl, pathlib; policy_dsl.load(pathlib.Path({str(policy)!r})).decide({{'家庭': {{'存款': 7}}}}, on='2022-06')"
    subprocess.run([sys.executable, "-c", code], env=env, check=True)
    entry = kept(folder, True)
    entry.write_bytes(resealed(entry.read_bytes(), with_code(f"touch {canary}"), True))
    subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, check=False)
    assert canary.exists()


# --- the folder

TRAPS = (
    "json",
    "click",
    "lark",
    "yaml",
    "attrs",
    "attr",
    "decimal",
    "fractions",
    "pickle",
    "marshal",
    "policy_dsl",
    "sitecustomize",
    "usercustomize",
)


def test_a_folder_of_traps_is_no_library(tmp_path: Path) -> None:
    """The command takes neither modules nor policies from the folder in which it runs."""
    canary = tmp_path / "CANARY"
    for name in TRAPS:
        (tmp_path / f"{name}.py").write_text(f"open({str(canary)!r}, 'w').close()\n", encoding="utf-8")
    for name in ("qingshui", "清水县", "policies"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "清水县.policy").write_text("政策 清水县\n坏\n", encoding="utf-8")
    command = Path(sys.executable).with_name("policy")
    if not command.is_file():
        pytest.skip("the command is not installed here")
    case = Path(__file__).parents[2] / "examples" / "qingshui.json"
    for args in (
        ["check", "./qingshui"],
        ["decide", "qingshui", str(case), "--on", "2022-06-01"],
        ["explain-code", "P0101"],
    ):
        done = subprocess.run([str(command), *args], cwd=tmp_path, capture_output=True, text=True, encoding="utf-8")
        assert done.returncode == (1 if args[0] == "check" else 0), done.stderr
        assert "Traceback" not in done.stderr
    assert not canary.exists()
