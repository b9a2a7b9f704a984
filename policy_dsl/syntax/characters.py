"""Characters before words: bounds on sizes, full-width punctuation folded one to one, characters that only look right."""

from __future__ import annotations

import re
import unicodedata

NAME = r"[^\W\d](?:[^\W\d]|[0-9])*"  # a name that needs no 「」

MAX_FILE = 1 << 20  # bytes of one file
MAX_WORDS = 120_000  # words and signs of a policy with its layers, comments included
MAX_LINE = 4_000  # characters of one line that is no comment
MAX_GIST = 8_000  # characters of a clause's gist, all its lines together
MAX_NESTING = 60  # parentheses inside each other
MAX_BLOCKS = 12  # dated blocks inside each other
MAX_DIGITS = 30  # digits of one number
MAX_TOKENS = 1_000  # words and signs of one logical line
MAX_DEPTH = 120  # an expression's depth as a tree
MAX_PARTS = 5_000  # parts of one formula, what is used twice counted twice
MAX_GATHERS = 3  # aggregates inside each other
MAX_LEVELS = 8  # entities that contain each other
MAX_KEYS = 20_000  # combinations of a parameter's keys
MAX_DAYS = 2_000  # days on which something changes
MAX_RULE_LINES = 5_000  # lines of one rule, each dated column of a row counted
MAX_DISPLACED = 50  # different values of one rule that its lines read as 原值: each is compiled like a rule of its own
MAX_CHAIN = 200  # rules or parameters that read each other in a row
MAX_SIZE = 1_000  # digits that a computed number may have
MAX_CARRIED = 40  # digits of a number that is carried into the next month
MAX_CARRIED_PARTS = 12  # digits of its denominator
MAX_TEXT = 10_000  # characters of a text fact; what is beyond is not read
MAX_REREAD = 20_000  # lines read again to find further mistakes in one declaration

_FULL = {0xFF01 + i: 0x21 + i for i in range(94) if not chr(0x21 + i).isalnum()}
FOLD = _FULL | {
    0x3000: " ",
    0x00A0: " ",
    0x0D: " ",
    0x09: "\t",
    ord("、"): ",",
    ord("×"): "*",
    ord("÷"): "/",
    ord("−"): "-",
    ord("–"): "—",
    ord("“"): '"',
    ord("”"): '"',
    ord("｜"): "|",
}


def fold(text: str) -> str:
    """The text with full-width punctuation and spaces in their half-width form; every offset stays what it was. Digits stay."""
    return text.translate(FOLD)


BIDIRECTIONAL = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
"""Marks that turn the order of what stands on the screen: wrong even in a comment, since the reader sees another text."""


def word_count(text: str) -> int:
    """About how many words and signs a text has; unspaced Chinese counts as one. Lines too long to be read do not count."""
    lines = (line for line in text.split("\n") if len(line) <= MAX_LINE)
    return sum(len(re.findall(r"\w+|[^\w\s]", line)) for line in lines)


def is_hidden(character: str) -> bool:
    """Zero-width and bidirectional marks: what nobody can see in a name or an amount."""
    return unicodedata.category(character) == "Cf"


# Radicals have a code of their own beside the character, and are folded to the traditional one.
_SIMPLIFIED = str.maketrans("戶車長門馬魚鳥龍黃見貝頁風飛韋齊齒龜麥鹵", "户车长门马鱼鸟龙黄见贝页风飞韦齐齿龟麦卤")


def lookalike(character: str) -> str:
    """The ordinary character that `character` only looks like (⼾ → 户), or an empty string."""
    plain = unicodedata.normalize("NFKC", character).translate(_SIMPLIFIED)
    return plain if plain != character and len(plain) == 1 else ""


def disguised(word: str) -> int:
    """Where a letter stands in the word that only looks like another one, or -1."""
    if word.isascii() or unicodedata.is_normalized("NFKC", word):
        return -1
    return next((n for n, c in enumerate(word) if lookalike(c)), -1)


def describe(character: str) -> str:
    """A character as a message names it: itself when it can be seen, and its code point."""
    code = f"U+{ord(character):04X}"
    return f"「{character}」（{code}）" if character.isprintable() and not is_hidden(character) else code
