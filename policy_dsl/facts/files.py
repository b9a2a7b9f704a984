"""Reading given facts from a file or standard input: JSON and YAML, numbers as decimals, every fault with its place."""

from __future__ import annotations

import os
import re
import select
import stat
import sys
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NoReturn

from ..diagnostics.report import Diagnostic, PolicyError, diagnostic
from ..library import why_unreadable

if TYPE_CHECKING:
    from ..backends.calendar import Calendar

MAX_FACTS = 8 << 20  # bytes
MAX_YAML = 512 << 10  # bytes; reading YAML takes some fifty times as long as JSON
_DIGITS = 40  # of one number; the reader of facts (facts/read.py) then says what it may have
WAIT = 5.0  # seconds that a pipe may take to give something

# what a JSON text holds besides what is in quotes: where it says NaN, or writes a number too long
_OUTSIDE = re.compile(r'"(?:\\.|[^"\\])*"|(?P<word>-?Infinity|NaN)|(?P<number>[0-9.eE+-]{41,})')


def read(name: str) -> Any:
    """Facts from a .json, .yaml or .yml file, or JSON from standard input ("-"). Raises PolicyError."""
    is_yaml = name.endswith((".yaml", ".yml"))
    most = MAX_YAML if is_yaml else MAX_FACTS
    try:
        raw = sys.stdin.buffer.read(most + 1) if name == "-" else _bytes(name, most + 1)
    except OSError as error:
        zh, en = why_unreadable(error)
        raise PolicyError([diagnostic("F0117", at=name, reason=zh, reason_en=en)]) from None
    except ValueError:  # a NUL or half a character in the name
        raise PolicyError([diagnostic("F0117", at=name, reason="没有这样的路径", reason_en="no such path")]) from None
    if len(raw) > most:
        size = f"{most >> 20} MiB" if most >> 20 else f"{most >> 10} KiB"
        _large(name, f"超过 {size}", f"over {size}")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        zh, en = f"不是 UTF-8 文本（第 {error.start + 1} 个字节）", f"not UTF-8 (byte {error.start + 1})"
        code = "F0102" if is_yaml else "F0101"
        raise PolicyError([diagnostic(code, at=f"{name}:{line}", reason=zh, reason_en=en)]) from None
    return yaml(text, name) if is_yaml else json(text, name)


def read_calendar(name: str) -> Calendar:
    """A calendar of working days from a .json, .yaml or .yml file, or JSON from standard input ("-"). Raises PolicyError."""
    from ..backends.calendar import Calendar

    try:
        data = read(name)
    except PolicyError as error:
        raise PolicyError(map(_about_calendar, error.diagnostics)) from None
    return Calendar.from_json(data, name=os.path.basename(name))


def _about_calendar(found: Diagnostic) -> Diagnostic:
    """What is wrong with a file of facts, said of a calendar."""
    if found.code not in ("F0117", "F0114"):
        return found
    reason = found.zh.split("：", 1)[-1], found.en.split(": ", 1)[-1]
    return diagnostic("F0134", at=found.path, reason=reason[0], reason_en=reason[1])


def _bytes(path: str, most: int) -> bytes:
    """The file's first bytes. A pipe may be given too (`<(…)`), but nobody waits for ever for one that nobody fills."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(handle, "rb", buffering=0) as file:
        if not stat.S_ISFIFO(os.fstat(handle).st_mode):
            return b"".join(_pieces(file, most))
        made = b""
        while len(made) < most and select.select([handle], [], [], WAIT)[0]:
            piece = os.read(handle, min(1 << 16, most - len(made)))
            if not piece:
                break
            made += piece
        return made


def _pieces(file: Any, most: int) -> Any:
    while most > 0:
        piece = file.read(most)
        if not piece:
            return
        most -= len(piece)
        yield piece


def _large(at: str, zh: str, en: str) -> NoReturn:
    raise PolicyError([diagnostic("F0114", at=at, what=zh, what_en=en)]) from None


def _place(text: str, name: str, group: str) -> str:
    """Where the first thing of its kind stands outside quotes: file:line:column."""
    found = next((m for m in _OUTSIDE.finditer(text) if m[group]), None)
    if found is None:
        return name
    return f"{name}:{text.count(chr(10), 0, found.start()) + 1}:{found.start() - text.rfind(chr(10), 0, found.start())}"


def json(text: str, name: str) -> Any:
    """JSON with whole numbers and decimals, no NaN, no key twice."""
    import json as library

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(items)
        if len(made) != len(items):
            _twice([key for key, _ in items], name)
        return made

    def constant(word: str) -> Any:
        raise PolicyError([diagnostic("F0116", at=_place(text, name, "word"), value=word)])

    def number(make: Any) -> Any:
        def made(digits: str) -> Any:
            if len(digits) > _DIGITS:
                _digits(_place(text, name, "number"), digits)
            return make(digits)

        return made

    if not text.strip():
        raise PolicyError([diagnostic("F0101", at=name, reason="内容是空的", reason_en="it is empty")])
    try:
        return library.loads(
            text,
            parse_float=number(Decimal),
            parse_int=number(int),
            parse_constant=constant,
            object_pairs_hook=pairs,
        )
    except library.JSONDecodeError as error:
        zh, en = _words(_JSON_REASONS, error.msg)
        zh = f"第 {error.lineno} 行第 {error.colno} 列" + (f"，{zh}" if zh else "")
        at = f"{name}:{error.lineno}:{error.colno}"
        raise PolicyError([diagnostic("F0101", at=at, reason=zh, reason_en=en)]) from None
    except RecursionError:
        _large(name, "嵌套太深", "nesting")


def _digits(at: str, digits: str) -> NoReturn:
    _large(at, f"数有 {len(digits)} 位", f"a number of {len(digits)} digits")


def _twice(keys: list[str], at: str) -> NoReturn:
    seen: set[str] = set()
    key = next(k for k in keys if k in seen or seen.add(k))  # type: ignore[func-returns-value]
    raise PolicyError([diagnostic("F0112", at=at, name=key[:80])])


# what the readers say, in the user's words: how their message begins, Chinese, English
_JSON_REASONS = (
    ("Expecting property name", "这里应是双引号里的名称", "a name in double quotes is wanted here"),
    ("Expecting ',' delimiter", "缺少逗号或括号", "a comma or a bracket is missing"),
    ("Expecting ':' delimiter", "缺少冒号", "a colon is missing"),
    ("Expecting value", "这里缺少一个值", "a value is missing here"),
    ("Extra data", "后面多出了内容", "there is more behind the end"),
    ("Unterminated string", "双引号没有配对", "a double quote has no partner"),
    ("Invalid control character", "双引号里有换行或控制字符", "a line break or a control character in quotes"),
    ("Invalid \\", "双引号里的 \\ 用错了", "a wrong \\ in quotes"),
    ("Illegal trailing comma", "最后一项后面多了逗号", "a comma too many at the end"),
)
_YAML_REASONS = (
    ("aliases are", "不接受别名（& 与 *）", "no aliases (& and *) here"),
    ("could not determine a constructor", "不接受标签（!）", "no tags (!) here"),
    ("found character '\\t'", "缩进里有制表符", "a tab in the indentation"),
    ("found unknown escape", "引号里的 \\ 用错了", "a wrong \\ in quotes"),
    ("mapping values are not allowed", "这里不该有冒号", "no colon is allowed here"),
    ("a key must be", "名称不能是列表或对象", "a key must be a word"),
    ("but found another document", "一个文件里只能有一份（不能有 ---）", "one document a file (no ---)"),
    ("found unexpected end of stream", "引号没有配对", "a quote has no partner"),
    ("found incompatible YAML", "不认识这个 YAML 版本", "an unknown YAML version"),
    ("expected <block end>", "缩进不齐", "uneven indentation"),
)


def _words(reasons: tuple[tuple[str, str, str], ...], said: str) -> tuple[str, str]:
    return next(((zh, en) for begins, zh, en in reasons if said.startswith(begins)), ("", said))


def yaml(text: str, name: str) -> Any:
    """YAML with decimals for numbers, true and false alone as truths, dates as text; no tags, no aliases (they can grow without bound)."""
    import yaml as library

    class Loader(library.SafeLoader):
        def compose_node(self, parent: Any, index: Any) -> Any:
            if self.check_event(library.events.AliasEvent):
                event = self.peek_event()  # type: ignore[no-untyped-call]
                raise library.constructor.ConstructorError(None, None, "aliases are not read", event.start_mark)
            return super().compose_node(parent, index)

        def construct_mapping(self, node: Any, deep: bool = False) -> Any:
            seen: set[str] = set()
            for key, _ in node.value:
                if not isinstance(key, library.ScalarNode):
                    raise library.constructor.ConstructorError(None, None, "a key must be a word", key.start_mark)
                if key.value in seen:
                    at = f"{name}:{key.start_mark.line + 1}:{key.start_mark.column + 1}"
                    raise PolicyError([diagnostic("F0112", at=at, name=key.value[:80])])
                seen.add(key.value)
            return super().construct_mapping(node, deep=deep)

    def number(loader: Any, node: Any) -> Any:
        if len(node.value) > _DIGITS:
            _digits(f"{name}:{node.start_mark.line + 1}:{node.start_mark.column + 1}", node.value)
        return Decimal(node.value) if "." in node.value else int(node.value)

    plain = {"map", "seq", "str", "bool", "null"}
    Loader.yaml_constructors = {
        tag: made
        for tag, made in library.SafeLoader.yaml_constructors.items()
        if tag is None or tag.rpartition(":")[2] in plain
    }
    Loader.yaml_implicit_resolvers = {}
    Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
    Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:~|null|)$"), ["~", "n", ""])
    Loader.add_implicit_resolver(
        "tag:policy,number", re.compile(r"^-?[0-9]+(?:\.[0-9]+)?$", re.ASCII), list("-0123456789")
    )
    Loader.add_constructor("tag:policy,number", number)
    try:
        return library.load(text, Loader)  # it makes plain data only
    except library.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = str(getattr(error, "problem", None) or error).splitlines()[0]
        zh, en = _words(_YAML_REASONS, problem)
        if mark is not None:
            place = f"第 {mark.line + 1} 行第 {mark.column + 1} 列"
            zh = f"{place}，{zh}" if zh else place
        elif hasattr(error, "position"):  # a character that YAML does not allow
            line = text.count("\n", 0, error.position) + 1
            zh, en = f"第 {line} 行有不允许的字符", f"a character that is not allowed in line {line}"
        at = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name
        raise PolicyError([diagnostic("F0102", at=at, reason=zh or "读不下去", reason_en=en)]) from None
    except RecursionError:
        _large(name, "嵌套太深", "nesting")
