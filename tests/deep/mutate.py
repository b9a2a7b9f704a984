"""Texts of policies that nobody meant: real ones with a few words and lines changed.

Hypothesis draws values of a structure, and what its shrinking needs it must have drawn; here whole real texts are bent, by words of our own
language. So this is code of our own, and small: a mutation is a function of a text, the dice and the words of all texts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

from policy_dsl.library import LayerFiles, PolicyFile
from policy_dsl.library import units as units_of
from policy_dsl.syntax.keywords import KEYWORDS
from tests.docs.blocks import blocks

ROOT = Path(__file__).parents[2]
_WORD = re.compile(
    r'「[^」\n]*」|"[^"\n]*"|[0-9]{4}-[0-9]{2}(?:-[0-9]{2})?|[0-9]+(?:\.[0-9]+)?|\w+|[^\w\s]|[^\S\n]+|\n'
)
_HEAD = re.compile(r"^(?:政策|policy)[ \t]+(\S+)", re.MULTILINE)
_ABOVE = re.compile(r"^[ \t]+(?:上级|extends)[ \t]+(\S+)", re.MULTILINE)
_DECLARED = r"^(?:政策|policy)[^\n]*\n(?:[ \t]+[^\n]*\n)*"
_FENCE = re.compile(r"^```policy([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MOST = 8_000  # characters of a file: of a longer one a few declarations are bent
ODD = (
    *"「」\"'|()[]{}<>=:,.#%/\\*+-—→≥≤≠；。、：，（）　",
    *("..", "//", "->", ">=", "<=", "!=", "> ", "\t", "\f", "\u2028", "\u200b", "\u202e", "\u0301", "⼾", "４", "𝟜"),
    *(
        "0",
        "1",
        "-1",
        "0.001",
        "100",
        "99999999999999999999",
        "1950",
        "2022-02",
        "2022-02-29",
        "9999-12-31",
        "0001-01-01",
    ),
)

Layers = tuple[str, ...]
"""The texts of a policy's layers, top first; the last one is the policy."""


def layer_files(texts: Layers) -> list[LayerFiles]:
    """The layers as the pipeline takes them."""
    out = []
    for n, text in enumerate(texts):
        head, above = _HEAD.search(text), _ABOVE.search(text)
        name = head[1] if head else f"层{n}"
        file = PolicyFile(f"{n}.policy", f"{n}.policy", text, name, above[1] if above else "", 2)
        out.append(LayerFiles(name, (file,)))
    return out


class Corpus(NamedTuple):
    """Policies to bend: those that compile, pieces and texts that are wrong already, and the shipped ones with all their layers."""

    good: list[Layers]
    other: list[Layers]
    whole: list[Layers]
    words: list[str]


def corpus() -> Corpus:
    """Every policy of the repository: shipped, of the examples, and of the pages, where short ones stand on the prelude."""
    good: list[Layers] = []
    other: list[Layers] = []
    for folder in ("policies", "examples", "tests"):
        for file in sorted((ROOT / folder).glob("**/*.policy")):
            if "kept" not in file.parts:
                (other if folder == "policies" else good).append((file.read_text(encoding="utf-8"),))
    prelude = blocks(ROOT / "docs" / "language" / "index.md")[0].text
    for page in sorted([*ROOT.glob("docs/**/*.md"), *ROOT.glob("tests/spec/*.md")]):
        above: dict[str, Layers] = {}
        for info, text in _FENCE.findall(page.read_text(encoding="utf-8")):
            head, upper = _HEAD.search(text), _ABOVE.search(text)
            layers = (*above.get(upper[1] if upper else "", ()), text if head else f"{prelude}\n{text}")
            if head:
                above[head[1]] = layers
            (other if "出错" in info or "fragment" in info else good).append(layers)
    units, _ = units_of([ROOT / "policies"])
    whole = [tuple(_joined([file.text for file in layer.files]) for layer in layers) for layers in units]
    texts = [text for layers in (*good, *other) for text in layers]
    return Corpus(list(dict.fromkeys(good)), list(dict.fromkeys(other)), whole, _words(texts))


def _joined(files: list[str]) -> str:
    """The files of a policy as one: the first alone says which policy it is."""
    return "\n".join([files[0], *(re.sub(_DECLARED, "", text, count=1, flags=re.MULTILINE) for text in files[1:])])


def _words(texts: list[str]) -> list[str]:
    """The words to put in: those of the texts, keywords in both spellings, and what should stand nowhere."""
    words = {word for text in texts for word in _WORD.findall(text) if word.strip()}
    return sorted(words) + sorted({w for k in KEYWORDS for w in (k.zh, k.en)}) * 8 + list(ODD) * 8


class Bent(NamedTuple):
    """A text as words with the white space between them, or as lines."""

    parts: list[str]
    at: int

    def with_parts(self, *parts: str) -> str:
        """The text with these in the place of the one that was chosen."""
        return "".join([*self.parts[: self.at], *parts, *self.parts[self.at + 1 :]])


Change = Callable[[Bent, Random, list[str]], str]


def _other(bent: Bent, random: Random) -> int:
    return random.randrange(len(bent.parts))


def _swap(bent: Bent, random: Random, words: list[str]) -> str:
    parts, other = list(bent.parts), _other(bent, random)
    parts[bent.at], parts[other] = parts[other], parts[bent.at]
    return "".join(parts)


def _space(bent: Bent, random: Random, words: list[str]) -> str:
    """Splits the word; glues it to the next one by leaving out what parts them."""
    word = bent.parts[bent.at]
    if len(word) > 1 and random.random() < 0.5:
        cut = random.randrange(1, len(word))
        return bent.with_parts(word[:cut], " ", word[cut:])
    behind = bent.parts[bent.at + 1 :]
    return "".join([*bent.parts[: bent.at], word, *(behind[1:] if behind and not behind[0].strip() else behind)])


BY_WORD: list[Change] = [
    lambda b, r, w: b.with_parts(),
    lambda b, r, w: b.with_parts(b.parts[b.at], " ", b.parts[b.at]),
    _swap,
    lambda b, r, w: b.with_parts(r.choice(w)),
    lambda b, r, w: b.with_parts(b.parts[_other(b, r)]),  # by a word of the same text: more often still a policy
    lambda b, r, w: b.with_parts(b.parts[_other(b, r)]),
    lambda b, r, w: b.with_parts(b.parts[b.at], " ", r.choice(w)),
    _space,
]
BY_LINE: list[Change] = [
    lambda b, r, w: b.with_parts(),
    lambda b, r, w: b.with_parts(b.parts[b.at], b.parts[b.at]),
    _swap,
    lambda b, r, w: b.with_parts(b.parts[b.at], b.parts[_other(b, r)]),
    lambda b, r, w: b.with_parts(r.choice(("", " ", "  ", "    ", "\t", "　")) + b.parts[b.at].lstrip(" ")),
    lambda b, r, w: b.with_parts(r.choice(("\n", "  \n", "// 说明\n", "\r\n", "# 标题\n", "> 摘要\n")), b.parts[b.at]),
    lambda b, r, w: "".join(b.parts[: b.at]),
    lambda b, r, w: b.with_parts(b.parts[b.at].rstrip("\n")[: r.randrange(len(b.parts[b.at]))]),
]


def changed(text: str, random: Random, words: list[str]) -> str:
    """The text with one change."""
    by_word = random.random() < 0.6
    parts = _WORD.findall(text) if by_word else text.splitlines(keepends=True)
    places = [n for n, part in enumerate(parts) if part.strip()] if by_word else range(len(parts))
    if not places:
        return random.choice(words)
    change = random.choice(BY_WORD if by_word else BY_LINE)
    return change(Bent(parts, random.choice(places)), random, words)


def declarations(text: str) -> list[str]:
    """The text cut where a line begins at column 0."""
    return re.split(r"(?<=\n)(?=[^\s/])", text)


def mutant(found: Corpus, random: Random) -> Layers:
    """A policy of these with a few changes in one of its layers; of a long file a stretch of its declarations alone."""
    dice = random.random()
    whole = dice < 0.01
    layers = list(random.choice(found.whole if whole else found.good if dice < 0.8 else found.other))
    at = random.choice((len(layers) - 1, random.randrange(len(layers))))
    text = layers[at]
    if len(text) > MOST and not whole:
        items = declarations(text)
        first = random.randrange(len(items))
        text = "".join([*items[:2], *items[first : first + 25]])
    if random.random() < 0.1:  # a declaration of another policy
        text += random.choice(declarations(random.choice(found.good)[-1]))
    for _ in range(random.choice((1, 1, 1, 2, 3, 5))):
        text = changed(text, random, found.words)
    layers[at] = text
    return tuple(layers)


def without_lines(layers: Layers) -> Iterator[Layers]:
    """The same with stretches of lines left out, long ones first."""
    for n, text in enumerate(layers):
        lines = text.splitlines(keepends=True)
        size = len(lines)
        while size:
            for first in range(0, len(lines), size):
                yield (*layers[:n], "".join(lines[:first] + lines[first + size :]), *layers[n + 1 :])
            size //= 2
    for n in range(len(layers) - 1):
        yield (*layers[:n], *layers[n + 1 :])
