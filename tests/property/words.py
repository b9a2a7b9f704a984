"""Words as they may stand in a policy: names, prose, texts, days; and what strategies of trees are made with."""

from __future__ import annotations

import datetime
import functools
import re
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from policy_dsl.source import Source, Span
from policy_dsl.syntax import characters, keywords, nodes

N = TypeVar("N", bound=nodes.Node)
T = TypeVar("T")
NOWHERE = Span(Source("", ""), 0, 0)
SPELLINGS = sorted({w for k in keywords.KEYWORDS for w in (k.zh, k.en)} | set(keywords.COMPARISON_WORDS))
SIGNS = [(sign, word) for table in (keywords.SIGNS, keywords.COMPARISON_WORDS) for word, sign in table.items()]
CELL_WORDS = [(">=" if k.terminal == "AND_MORE" else "<=", w) for w, k in keywords.words("cell").items()]
TAILS = frozenset(keywords.words("tail"))


def made(kind: type[N], *parts: SearchStrategy[Any], **named: SearchStrategy[Any]) -> SearchStrategy[N]:
    return st.builds(functools.partial(kind, span=NOWHERE), *parts, **named)


def tuples(of: SearchStrategy[Any], least: int = 0, most: int = 3) -> SearchStrategy[tuple[Any, ...]]:
    return st.lists(of, min_size=least, max_size=most).map(tuple)


def maybe(of: SearchStrategy[Any]) -> SearchStrategy[Any]:
    return st.none() | of


def hidden(of: SearchStrategy[T]) -> SearchStrategy[T]:
    """The same with a short name: Hypothesis writes strategies out, and nested ones are longer than it can bear."""

    @st.composite
    def drawn(draw: DrawFn) -> T:
        return draw(of)

    return drawn()


_visible = st.characters(exclude_categories=("Cc", "Cf", "Cs"), exclude_characters="」")
_letters = st.sampled_from("甲乙档a_1２ 　.,:：;|｜/\"“'(（）＝=<-—%#＿é²「") | _visible
ordinary = st.sampled_from(
    ["收入", "家庭", "户籍", "档2", "x", "Größe", "class", "None", "def", "__class__", "_", "元", "单位"]
)
names = hidden(
    st.one_of(
        ordinary,
        ordinary,
        st.sampled_from(SPELLINGS),
        st.sampled_from(sorted(keywords.UNIT_KEYS)),
        st.text(_letters, min_size=1, max_size=6).filter(str.strip),
    )
)


def _is_prose(text: str) -> bool:
    """No comment in it, and no word that would begin the next note."""
    words = (re.match(r"\w*", w) for w in text.split())
    return "//" not in characters.fold(text) and not any(w and w.group() in TAILS for w in words)


prose = hidden(
    st.lists(
        st.sampled_from(["第三条", "(二)", "No. 5", "「甲", "乙」", '"', "5%", "自", "a#b", "，", "且", "—", ":", "／"])
        | st.text(_visible, max_size=4),
        max_size=5,
    )
    .map(" ".join)
    .map(lambda text: text.strip(" \t\u3000\u00a0"))
    .filter(_is_prose)
)
row_prose = prose.map(lambda text: text.replace("|", "").replace("｜", "").strip(" \t\u3000\u00a0"))
strings = hidden(st.text(_letters, max_size=8).map(lambda text: re.sub('["“”＂]', "", text)))

_dates = st.dates(datetime.date(1990, 1, 1), datetime.date(2040, 12, 31)).map(str)
full_days = _dates
days = _dates | _dates.map(lambda day: day[:7])
