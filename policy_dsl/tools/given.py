"""Reading given facts from a file or standard input: JSON and YAML, numbers as decimals, every fault with its place."""

from __future__ import annotations

import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

from ..diagnostics.report import PolicyError, diagnostic

MAX_FACTS = 8 << 20  # bytes


def read(name: str) -> Any:
    """Facts from a .json, .yaml or .yml file, or JSON from standard input ("-"). Raises PolicyError."""
    if name == "-":
        raw = sys.stdin.buffer.read(MAX_FACTS + 1)
    else:
        try:
            with Path(name).open("rb") as file:
                raw = file.read(MAX_FACTS + 1)
        except OSError as error:
            zh = {FileNotFoundError: "没有这个文件", PermissionError: "没有权限", IsADirectoryError: "这是文件夹"}.get(
                type(error), str(error.strerror)
            )
            raise PolicyError(
                [diagnostic("F0117", at=name, reason=f"{name} {zh}", reason_en=f"{name}: {error.strerror}")]
            ) from None
    if len(raw) > MAX_FACTS:
        raise PolicyError([diagnostic("F0114", at=name, what=f"{MAX_FACTS >> 20} MiB")])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise PolicyError(
            [
                diagnostic(
                    "F0101",
                    at=f"{name}:{line}",
                    reason=f"不是 UTF-8 文本（第 {error.start + 1} 个字节）",
                    reason_en=f"not UTF-8 (byte {error.start + 1})",
                )
            ]
        ) from None
    return yaml(text, name) if name.endswith((".yaml", ".yml")) else json(text, name)


def json(text: str, name: str) -> Any:
    import json as library

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(items)
        if len(made) != len(items):
            seen: set[str] = set()
            for key, _ in items:
                if key in seen:
                    raise PolicyError([diagnostic("F0112", at=name, name=key[:80])])
                seen.add(key)
        return made

    def constant(word: str) -> Any:
        raise PolicyError([diagnostic("F0116", at=name, value=word)])

    def whole(digits: str) -> int:
        if len(digits) > 40:
            raise PolicyError([diagnostic("F0114", at=name, what=f"{len(digits)} 位的数")])
        return int(digits)

    if not text.strip():
        raise PolicyError([diagnostic("F0101", at=name, reason="内容是空的", reason_en="it is empty")])
    try:
        return library.loads(
            text, parse_float=_decimal(name), parse_int=whole, parse_constant=constant, object_pairs_hook=pairs
        )
    except library.JSONDecodeError as error:
        raise PolicyError(
            [
                diagnostic(
                    "F0101",
                    at=f"{name}:{error.lineno}:{error.colno}",
                    reason=f"第 {error.lineno} 行第 {error.colno} 列",
                    reason_en=error.msg,
                )
            ]
        ) from None
    except RecursionError:
        raise PolicyError([diagnostic("F0114", at=name, what="嵌套")]) from None


def _decimal(name: str) -> Any:
    def make(digits: str) -> Decimal:
        if len(digits) > 60:
            raise PolicyError([diagnostic("F0114", at=name, what=f"{len(digits)} 位的数")])
        return Decimal(digits)

    return make


def yaml(text: str, name: str) -> Any:
    """YAML with decimals for numbers, true/false alone as truths, dates as text, no aliases (they can grow without bound)."""
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
                if key.value in seen:
                    raise PolicyError(
                        [diagnostic("F0112", at=f"{name}:{key.start_mark.line + 1}", name=str(key.value)[:80])]
                    )
                seen.add(key.value)
            return super().construct_mapping(node, deep=deep)

    Loader.yaml_implicit_resolvers = {}
    import re

    Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
    Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:~|null|)$"), ["~", "n", ""])
    Loader.add_implicit_resolver(
        "tag:policy,number", re.compile(r"^-?[0-9]+(?:\.[0-9]+)?$", re.ASCII), list("-0123456789")
    )
    Loader.add_constructor(
        "tag:policy,number",
        lambda loader, node: (
            _decimal(name)(node.value) if "." in node.value or len(node.value) > 40 else int(node.value)
        ),
    )
    try:
        return library.load(text, Loader)  # a SafeLoader: it makes plain data only
    except library.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        zh = f"第 {mark.line + 1} 行第 {mark.column + 1} 列" if mark else "读不下去"
        raise PolicyError([diagnostic("F0102", at=where, reason=zh, reason_en=problem)]) from None
    except (RecursionError, ValueError, TypeError):
        raise PolicyError([diagnostic("F0114", at=name, what="嵌套")]) from None
