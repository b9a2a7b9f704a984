"""A new policy on disk: its name, its place and its text are looked at first, then it is written whole or not at all."""

from __future__ import annotations

import os
import re

from .. import library
from ..diagnostics.report import Diagnostic, PolicyError, Report, diagnostic
from ..library import LayerFiles, PolicyFile, is_path, plain, whereabouts
from ..loading import loaded
from ..pipeline import compile_layers
from ..syntax.characters import NAME, lookalike
from ..syntax.keywords import RESERVED
from ..writing import device, lay, stage, unwritable
from .beginning import beginning
from .draft import draft


def start(name: str, extends: str | None, folder: str, lang: str, month: str) -> str:
    """Writes the folder NAME with a first file in `folder` and gives that file's path. Raises PolicyError, and then nothing is written."""
    _legal(name)
    layers = library.find(extends) if extends is not None else []
    parent = loaded(layers) if extends is not None else None
    target = plain(os.path.join(folder, name))
    if os.path.lexists(target):
        raise PolicyError([_taken(target)])
    there = next((x.files[0].name for x in layers if x.policy == name), "") or whereabouts(name, target)
    if there:
        raise PolicyError([diagnostic("P0811", at=name, name=name, path=there)])
    path = plain(os.path.join(target, f"{name}.policy"))
    text = draft(parent, name, lang, month) if parent is not None else beginning(name, lang, month)
    file = PolicyFile(path, path, text, name, parent.name if parent is not None else "", 3)
    _fits(file, layers, extends or "", target)
    _write(target, path, text)
    return path


def _legal(name: str) -> None:
    """Raises PolicyError for what a policy cannot be called: the name is the folder's and the file's too."""
    problem = None
    if any(lookalike(c).isalnum() for c in name):
        problem = ("有的字只是看上去像", "a letter in it only looks like another")
    elif not re.fullmatch(NAME, name):
        problem = ("有空格、标点，或不以字开头", "it has a space or a sign, or begins with no letter")
    elif name in RESERVED:
        problem = ("它是语言的关键词", "it is a keyword of the language")
    elif device(name):
        problem = (
            "Windows 里这是设备的名称，不能作文件夹",
            "on Windows it is the name of a device, and no folder can have it",
        )
    if problem is not None:
        zh, en = problem
        raise PolicyError([diagnostic("P0810", at=name, name=name, problem=zh, problem_en=en)])


def _fits(file: PolicyFile, above: list[LayerFiles], extends: str, target: str) -> None:
    """The new file finds just these layers from where it will lie, and compiles over them; raises PolicyError."""
    own = LayerFiles(file.policy, (file,))
    try:
        layers = library.chain(own)
    except PolicyError:
        layers = []
    if not layers or (above and library.digest(layers[:-1]) != library.digest(above)):
        shown = f"「{extends}」" if not is_path(extends) else extends
        raise PolicyError(
            [
                diagnostic(
                    "P0603",
                    at=target,
                    name=above[-1].policy,
                    hint=(
                        f"上级在同一文件夹、相邻的文件夹、上一层文件夹和随包的政策里找：用 --output 让新文件夹与 {shown} 相邻",
                        f"it is looked for in the folders beside, the one above and among the shipped policies: put the new folder beside {extends} "
                        "with --output",
                    ),
                )
            ]
        )
    report = Report()
    compile_layers(layers, report)
    if report.failed:
        raise PolicyError(report.sorted())


def _taken(target: str) -> Diagnostic:
    return diagnostic("P0812", at=target, path=target)


def _write(target: str, path: str, text: str) -> None:
    """Lays the folder with its file aside and gives it its place in one step."""
    try:
        with stage(os.path.dirname(target) or os.curdir) as folder:
            made = os.path.join(folder, "new")
            os.mkdir(made)
            lay(os.path.join(made, os.path.basename(path)), text.encode(), settled=True)
            if os.path.lexists(target):  # asked once more: a rename would take the place of an empty folder
                raise PolicyError([_taken(target)])
            os.replace(made, target)
    except OSError as error:
        raise PolicyError([_taken(target) if os.path.lexists(target) else unwritable(target, error)]) from None
