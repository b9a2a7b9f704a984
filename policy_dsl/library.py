"""Where policies lie: a path, a folder, a shipped name; and which files a policy with its layers is made of.

Only the head of each file is looked at here (政策, 上级), with two regular expressions, so that a cached policy needs no parser.
Paths are texts: deciding with a cached policy must not load pathlib, which costs as much as reading the policy.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
from functools import lru_cache
from typing import NamedTuple

from .diagnostics.report import Diagnostic, PolicyError, diagnostic, suggestion
from .source import Place, Source

MAX_FILE = 1 << 20  # bytes; syntax/characters.py says the same
MAX_FILES = 500  # of one folder
MAX_FOLDER = 8 << 20  # bytes of the files of one policy in one folder
MAX_HEAD = 1 << 16  # bytes at a file's beginning in which it says to which policy it belongs
MAX_LAYERS = 50  # policies that extend each other, the lowest included

_POLICY = re.compile(r"^(?:政策|policy)[ \t\u3000]+(?:「([^」\n]+)」|([^\s:：]+))", re.MULTILINE)
_EXTENDS = re.compile(r"^[ \t\u3000]+(?:上级|extends)[ \t\u3000]+(?:「([^」\n]+)」|([^\s:：]+))", re.MULTILINE)
_NEXT = re.compile(r"^[^\s/]", re.MULTILINE)  # where the declaration after 政策 begins
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]|\r(?!\n)")


class PolicyFile(NamedTuple):
    """One file: where it lies, how messages name it, its text, and what its head says."""

    path: str
    name: str
    text: str
    policy: str
    extends: str
    extends_line: int


class LayerFiles(NamedTuple):
    policy: str
    files: tuple[PolicyFile, ...]


class Shelf:
    """What lies in folders, looked up once: the policies of a folder with their files, each layer that was read, the folders around one.

    For one call only: files may change until the next.
    """

    def __init__(self) -> None:
        self._heads: dict[str, dict[str, list[str]]] = {}
        self._layers: dict[tuple[str, str], LayerFiles] = {}
        self._around: dict[str, list[str]] = {}

    def heads(self, folder: str) -> dict[str, list[str]]:
        """The files of each 政策 that lies in the folder, by its name."""
        if folder not in self._heads:
            found: dict[str, list[str]] = {}
            for path in policy_files(folder):
                found.setdefault(_head_name(path), []).append(path)
            self._heads[folder] = found
        return self._heads[folder]

    def layer(self, folder: str, policy: str) -> LayerFiles:
        """The files of `folder` whose 政策 is `policy`; the others are another policy's business."""
        key = (folder, policy)
        if key not in self._layers:
            self._layers[key] = LayerFiles(policy, tuple(_read_all(self.heads(folder).get(policy, []), folder)))
        return self._layers[key]

    def around(self, folder: str) -> list[str]:
        """Where the layers of a policy in `folder` are looked for beside it: the folders next to it, the one above."""
        if folder not in self._around:
            above = os.path.normpath(os.path.join(folder, os.pardir))
            own = os.path.basename(os.path.realpath(folder))
            beside = [path for path in _folders_in(above) if os.path.basename(path) != own]
            self._around[folder] = [*beside[:MAX_FILES], above]
        return self._around[folder]


def shipped_folder() -> str:
    """`policies/`: in the wheel inside the package, in a checkout beside it."""
    package = os.path.dirname(__file__)
    inside = os.path.join(package, "policies")
    return inside if os.path.isdir(inside) else os.path.join(os.path.dirname(package), "policies")


def pages_folder() -> str:
    """The pages of the diagnostics: in the wheel inside the package, in a checkout in docs/errors."""
    package = os.path.dirname(__file__)
    inside = os.path.join(package, "diagnostics", "pages")
    return inside if os.path.isdir(inside) else os.path.join(os.path.dirname(package), "docs", "errors")


def plain(path: str | os.PathLike[str]) -> str:
    """The path without what says nothing (`./`, `//`, a slash at the end), as messages name it. `..` stays: it may follow a link."""
    given = os.fspath(path)
    steps = [step for step in given.split(os.sep) if step not in ("", os.curdir)]
    return (os.sep if given.startswith(os.sep) else "") + os.sep.join(steps) or os.curdir


def _in(folder: str, name: str) -> str:
    return plain(os.path.join(folder, name))


def _folder_of(path: str) -> str:
    return os.path.dirname(path) or os.curdir


def read_file(path: str | os.PathLike[str], name: str | None = None) -> PolicyFile:
    """Reads a file within the bounds. Raises PolicyError: not there, no file, too large, not UTF-8, not text."""
    path = plain(path)
    shown = name or path
    at = Place(shown, 1, 1, 1, 1)
    try:
        info = os.stat(path)
        if not stat.S_ISREG(info.st_mode):
            raise PolicyError([diagnostic("P0129", at, reason="不是普通文件", reason_en="not a regular file")])
        if info.st_size > MAX_FILE:
            raise PolicyError([diagnostic("P0126", at, size=info.st_size, most=MAX_FILE)])
        with open(path, "rb") as file:
            raw = file.read(MAX_FILE + 1)
    except OSError as error:
        zh, en = why_unreadable(error)
        raise PolicyError([diagnostic("P0129", at, reason=zh, reason_en=en)]) from None
    except ValueError:  # a NUL or half a character in the name
        raise PolicyError([diagnostic("P0129", at, reason="没有这样的路径", reason_en="no such path")]) from None
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise PolicyError([diagnostic("P0125", Place(shown, line, 1, line, 2), byte=error.start + 1)]) from None
    text = text.removeprefix("\ufeff")
    control = _CONTROL.search(text)
    if control:
        place = Source(shown, text).place(control.start(), control.end())
        raise PolicyError([diagnostic("P0127", place, character=f"U+{ord(control.group()):04X}")])
    head = _POLICY.search(text)
    following = _NEXT.search(text, head.end()) if head else None
    upper = _EXTENDS.search(text, head.end(), following.start() if following else len(text)) if head else None
    return PolicyFile(
        path,
        shown,
        text,
        (head[1] or head[2]) if head else "",
        (upper[1] or upper[2]) if upper else "",
        text.count("\n", 0, upper.start(0)) + 1 if upper else 1,
    )


def why_unreadable(error: OSError) -> tuple[str, str]:
    """Why a file cannot be read or written, in both languages."""
    reason = error.strerror or str(error)
    known = {
        errno.ENOENT: "没有这个文件",
        errno.EACCES: "没有权限",
        errno.EPERM: "没有权限",
        errno.EISDIR: "这是文件夹",
        errno.ENOTDIR: "路径中间不是文件夹",
        errno.ELOOP: "符号链接绕成了圈",
        errno.ENAMETOOLONG: "名称太长",
        errno.ENOSPC: "磁盘满了",
        errno.EDQUOT: "磁盘配额用完了",
        errno.EFBIG: "文件太大",
        errno.EPIPE: "管道的另一头关了",
        errno.EROFS: "磁盘只读",
    }
    return known.get(error.errno or 0, reason), reason


def in_order(name: str) -> tuple[list[str | int], str]:
    """The key by which files are sorted: `2-…` comes before `10-…`."""
    parts = re.split(r"([0-9]+)", os.path.basename(name))
    return [int(part) if n % 2 else part for n, part in enumerate(parts)], name


def policy_files(folder: str) -> list[str]:
    """The .policy files directly in a folder, in the order of their names. Raises PolicyError when there are too many."""
    try:
        names = sorted((name for name in os.listdir(folder) if os.path.splitext(name)[1] == ".policy"), key=in_order)
    except OSError:
        return []
    files = [_in(folder, name) for name in names]
    if len(files) > MAX_FILES:
        raise PolicyError([_too_many(folder)])
    return files


def _too_many(folder: str) -> Diagnostic:
    return diagnostic("P0133", at=folder, path=folder, files=MAX_FILES, size=MAX_FOLDER >> 20)


def _read_all(paths: list[str], folder: str) -> list[PolicyFile]:
    """The files, within the bound on their sizes together."""
    files = []
    size = 0
    for path in paths:
        files.append(read_file(path))
        size += len(files[-1].text)
        if size > MAX_FOLDER:
            raise PolicyError([_too_many(folder)])
    return files


def _folders_in(folder: str) -> list[str]:
    """The folders directly in a folder, in the order of their names; none where it cannot be looked into."""
    try:
        return [path for name in sorted(os.listdir(folder)) if os.path.isdir(path := _in(folder, name))]
    except OSError:
        return []


def is_path(name: str) -> bool:
    return "/" in name or os.sep in name or name.endswith(".policy")


def shipped() -> dict[str, str]:
    """The folder of every shipped policy by its 政策 name and by its own name."""
    found: dict[str, str] = {}
    for folder in _folders_in(shipped_folder()):
        for path in policy_files(folder):
            name = _head_name(path)
            if name:
                found.setdefault(name, folder)
                found.setdefault(os.path.basename(folder), folder)
    return found


def _head_name(path: str) -> str:
    """The 政策 that a file says it belongs to; "" when it says none or is no file that can be read."""
    try:
        info = os.stat(path)
        return _head_of(path, info.st_ino, info.st_mtime_ns, info.st_size) if stat.S_ISREG(info.st_mode) else ""
    except OSError:
        return ""


@lru_cache(maxsize=4096)
def _head_of(path: str, *_stamp: int) -> str:
    with open(path, "rb") as file:
        head = file.read(MAX_HEAD).decode("utf-8", "replace").removeprefix("\ufeff")
    match = _POLICY.search(head)
    return (match[1] or match[2]) if match else ""


def find(name: str | os.PathLike[str]) -> list[LayerFiles]:
    """The layers of a policy, top first. Raises PolicyError when it is not found or its layers do not hang together."""
    given = os.fspath(name)
    if isinstance(name, os.PathLike) or is_path(given):
        return _at(plain(given))
    known = shipped()
    if given not in known:
        zh, en = suggestion(given, known)
        all_zh = "、".join(known)
        raise PolicyError(
            [
                diagnostic(
                    "P0801",
                    at=given,
                    name=given,
                    hint=(
                        (zh + " " if zh else "") + f"随包的政策：{all_zh}；路径要含 / 或以 .policy 结尾",
                        (en + " " if en else "")
                        + f"shipped: {', '.join(known)}; a path has a slash or ends in .policy",
                    ),
                )
            ]
        )
    folder = known[given]
    return [_shipped_names(x) for x in chain(_folder(folder, given if given != os.path.basename(folder) else None))]


def _at(path: str, shelf: Shelf | None = None) -> list[LayerFiles]:
    """The layers of the policy in a folder, or of that to which a file belongs."""
    shelf = shelf or Shelf()
    if os.path.isdir(path):
        return chain(_folder(path), shelf)
    file = read_file(path)
    if not file.policy:
        return [LayerFiles("", (file,))]
    beside = [f for f in shelf.layer(_folder_of(path), file.policy).files if f.path != path]
    return chain(LayerFiles(file.policy, tuple(sorted([*beside, file], key=lambda f: in_order(f.path)))), shelf)


def _shipped_names(layer: LayerFiles) -> LayerFiles:
    """Shipped files named by their place in policies/, so that a decision's reasons read the same on every machine."""
    root = os.path.join(plain(shipped_folder()), "")
    names = [
        f"policies/{f.path.removeprefix(root).replace(os.sep, '/')}" if f.path.startswith(root) else f.name
        for f in layer.files
    ]
    return LayerFiles(layer.policy, tuple(f._replace(name=n) for f, n in zip(layer.files, names, strict=True)))


def _folder(folder: str, policy: str | None = None) -> LayerFiles:
    """The policy of a folder: its files all name the same 政策 (or the one asked for)."""
    files = _read_all(policy_files(folder), folder)
    if not files:
        raise PolicyError([diagnostic("P0806", at=folder, path=folder)])
    names = list(dict.fromkeys(f.policy for f in files))
    chosen = policy or names[0]
    if policy is None and len(names) > 1:
        raise PolicyError(
            [diagnostic("P0610", Place(files[0].name, 1, 1, 1, 1), names="、".join(n or "—" for n in names))]
        )
    return LayerFiles(chosen, tuple(f for f in files if f.policy == chosen))


def chain(layer: LayerFiles, shelf: Shelf | None = None) -> list[LayerFiles]:
    """The layer with those above it, top first. Raises PolicyError where they do not hang together or are more than MAX_LAYERS."""
    shelf = shelf or Shelf()
    layers = [layer]
    above = {layer.policy}
    while True:
        here = layers[-1]
        extends = [f for f in here.files if f.extends]
        names = list(dict.fromkeys(f.extends for f in extends))
        if not names:
            return layers[::-1]
        at = _extends_place(extends[0])
        if len(names) > 1:
            raise PolicyError([diagnostic("P0608", _extends_place(extends[1]), names="、".join(names))])
        if names[0] in above:
            path = " → ".join([*(x.policy for x in layers), names[0]])
            raise PolicyError([diagnostic("P0604", at, path=path)])
        if len(layers) == MAX_LAYERS:
            first = next(f for f in layer.files if f.extends)
            labels = [(at, "第一个放不下的上级", "the first one that is too many")]
            raise PolicyError(
                [diagnostic("P0330", _extends_place(first), name=layer.policy, most=MAX_LAYERS, labels=labels)]
            )
        layers.append(_upper(names[0], here.files[0], at, shelf))
        above.add(names[0])


def _extends_place(file: PolicyFile) -> Place:
    source = Source(file.name, file.text)
    start = source.line_start(file.extends_line)
    line = source.line_text(file.extends_line)
    indent = len(line) - len(line.lstrip(" \t\u3000"))
    return source.place(start + indent, start + len(line))


def _upper(name: str, below: PolicyFile, at: Place, shelf: Shelf) -> LayerFiles:
    """The layer `name`: in the same folder; else in one of those around it, where it must lie once; then among the shipped ones."""
    folder = _folder_of(below.path)
    if name in shelf.heads(folder):
        return shelf.layer(folder, name)
    around = shelf.around(folder)
    found = {os.path.realpath(place): place for place in reversed(around) if name in shelf.heads(place)}
    places = list(found.values())[::-1]
    if len(places) > 1:
        raise PolicyError([_found_twice(name, [shelf.heads(place)[name][0] for place in places], at)])
    if places:
        return shelf.layer(places[0], name)
    known = shipped()
    if name in known:
        return shelf.layer(known[name], name)
    here = [h for place in (folder, *around) for h in shelf.heads(place) if h and h != below.policy]
    zh, en = suggestion(name, [*here, *known])
    raise PolicyError(
        [
            diagnostic(
                "P0603",
                at,
                name=name,
                hint=(zh or "把它放在同一文件夹或相邻的文件夹里", en or "put it into the same folder or one beside it"),
            )
        ]
    )


def _found_twice(name: str, paths: list[str], at: Place) -> Diagnostic:
    """A layer that lies in several folders: which of them is the law, nobody but the drafter knows."""
    labels = [(read_file(p), f"也叫 政策 {name}", f"is called {name}, too") for p in paths]
    at_head = [(Source(f.name, f.text).place(*_head_span(f.text)), zh, en) for f, zh, en in labels]
    zh, en = "、".join(paths[:12]), ", ".join(paths[:12])
    return diagnostic("P0331", at, name=name, paths=zh, paths_en=en, labels=at_head)


def _head_span(text: str) -> tuple[int, int]:
    head = _POLICY.search(text)
    return head.span() if head else (0, 1)


def whereabouts(name: str, folder: str) -> str:
    """The folder of a policy of this name, as seen from a policy in `folder`; "" where there is none. Shipped ones have two names."""
    shelf = Shelf()
    for place in (folder, *shelf.around(folder)):
        if name in shelf.heads(place):
            return place
    return shipped().get(name, "")


def units(paths: list[str]) -> tuple[list[list[LayerFiles]], list[Diagnostic]]:
    """What `check` and `test` are asked for: every policy in the files and folders named, each with its layers.

    A file that cannot be read, or a policy whose layers are missing, is reported and the others go on.
    """
    from pathlib import Path

    wanted: list[str] = []
    problems: list[Diagnostic] = []
    for given in paths:
        path = plain(given)
        if os.path.isdir(path):
            below = [str(p) for p in sorted(Path(path).rglob("*.policy")) if p.is_file()]
            if not below:
                problems.append(diagnostic("P0806", at=given, path=given))
            wanted += below
        else:
            wanted.append(path)
    seen: set[tuple[str, str]] = set()
    out: list[list[LayerFiles]] = []
    shelf = Shelf()
    for path in wanted:
        try:
            file = read_file(path)
            key = (os.path.realpath(_folder_of(path)), file.policy or os.path.basename(path))
            if key not in seen:
                seen.add(key)
                out.append(_at(path, shelf))
        except PolicyError as error:
            problems += error.diagnostics
    return out, problems


def digest(layers: list[LayerFiles]) -> str:
    """SHA-256 of what the policy says: layer names, file names and texts; line ends and BOM do not count."""
    made = hashlib.sha256(b"policy_dsl 1\0")
    for layer in layers:
        for file in sorted(layer.files, key=lambda f: os.path.basename(f.path)):
            name = os.fsencode(os.path.basename(file.path))
            for raw in (layer.policy.encode(), name, file.text.replace("\r\n", "\n").encode()):
                made.update(len(raw).to_bytes(8, "big") + raw)
    return made.hexdigest()
