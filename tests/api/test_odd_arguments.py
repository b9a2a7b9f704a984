"""Whatever object is passed where the API wants facts, a day, a month, a name or a figure: it is taken, or refused in words."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

import policy_dsl
from policy_dsl import Calendar, PolicyError

TEXT = """政策 甲
对象 家庭
  收入 : 元/月
  申请 : 日期
  病 : 是否
  区 : 城市 | 农村
  成员 : 若干 个人, 0..9
对象 个人
  身份证 : 文本, 认人
  上学 : 是否
参数 标准 : 元/月
  自 2020-01-01 为 500
参数 生效 : 是否
  自 2020-01-01 为 是
参数 类别 : 城市 | 农村
  自 2020-01-01 为 农村
参数 起 : 日期
  自 2020-01-01 为 2020-01-01
给付 家庭 补助 : 元/月
  为 最大(0 元, 标准 - 收入)
"""


class Hostile:
    """An object with which nothing can be done."""

    def _refuse(self, *_: object, **__: object) -> Any:
        raise RuntimeError("hostile")

    __eq__ = __hash__ = __str__ = __repr__ = __bool__ = __len__ = __iter__ = __getitem__ = _refuse  # type: ignore[assignment]
    __int__ = __index__ = __float__ = __lt__ = __gt__ = __contains__ = __format__ = __call__ = _refuse  # type: ignore[assignment]


class Failing(Mapping[str, object]):
    """A mapping whose source has gone away."""

    def __getitem__(self, key: str) -> object:
        raise ConnectionError(key)

    def __iter__(self) -> Iterator[str]:
        return iter(("家庭", "收入", "标准", "years", "2022-01"))

    def __len__(self) -> int:
        return 1


class Under(Mapping[Any, object]):
    """A mapping with one key, which need not be one that a dict can have."""

    def __init__(self, *keys: object, value: object) -> None:
        self.keys_, self.value = keys, value

    def __getitem__(self, key: object) -> object:
        return self.value

    def __iter__(self) -> Iterator[Any]:
        return iter(self.keys_)

    def __len__(self) -> int:
        return len(self.keys_)


class Text(str):
    """A text of another type."""


def _round() -> list[object]:
    made: list[object] = []
    made.append(made)
    return made


ODD: dict[str, object] = {
    "nothing": None, "a truth": True, "a number": 5, "a negative one": -1, "a huge one": 10**5000, "a float": 1.5, "NaN": float("nan"), "infinity": float("inf"),
    "bytes": b"x", "a bytearray": bytearray(b"x"), "a list": [], "a full list": [1, None], "a dict": {}, "a full dict": {"a": {}}, "a set": set(), "a tuple": (),
    "an object": object(), "a class": int, "a function": len, "an ellipsis": ..., "an empty text": "", "a text": "甲", "a long text": "甲" * 100_000, "no text": "\ud800",
    "a zero": "\x00", "a month too many": "2022-13", "other digits": "２０２２-01", "a day": datetime.date(2022, 6, 1), "a time": datetime.datetime(2022, 6, 1, 12),
    "a time of day": datetime.time(), "a span": datetime.timedelta(5), "a range": range(10**12), "a view": memoryview(b"x"), "a generator": (x for x in ()), "an endless iterator":
    itertools.count(), "a circle": _round(), "a hostile object": Hostile(), "a failing mapping": Failing(), "a text of another type": Text("2022-06"), "a complex number": 1j,
}  # fmt: skip

FACTS = {"家庭": {"收入": 300, "成员": []}}
ON = "2022-06"


@pytest.fixture(scope="module")
def policy(tmp_path_factory: pytest.TempPathFactory) -> policy_dsl.Policy:
    path = tmp_path_factory.mktemp("odd") / "甲.policy"
    path.write_text(TEXT, encoding="utf-8")
    return policy_dsl.load(path)


Call = Callable[[policy_dsl.Policy, Any], object]
CALLS: dict[str, Call] = {
    "load": lambda p, x: policy_dsl.load(x),
    "decide": lambda p, x: p.decide(x, on=ON),
    "decide, root": lambda p, x: p.decide(Under(x, value={}), on=ON),
    "decide, name": lambda p, x: p.decide({"家庭": Under(x, value=1)}, on=ON),
    "decide, entity": lambda p, x: p.decide({"家庭": x}, on=ON),
    "decide, amount": lambda p, x: p.decide({"家庭": {"收入": x}}, on=ON),
    "decide, amount on the grid": lambda p, x: p.decide({"家庭": {"收入": x}}, on=ON, floats="grid"),
    "decide, date": lambda p, x: p.decide({"家庭": {"申请": x}}, on=ON),
    "decide, truth": lambda p, x: p.decide({"家庭": {"病": x}}, on=ON),
    "decide, enumeration": lambda p, x: p.decide({"家庭": {"区": x}}, on=ON),
    "decide, list": lambda p, x: p.decide({"家庭": {"成员": x}}, on=ON),
    "decide, entry": lambda p, x: p.decide({"家庭": {"成员": [x]}}, on=ON),
    "decide, who it is": lambda p, x: p.decide({"家庭": {"成员": [{"身份证": x}]}}, on=ON),
    "decide, on": lambda p, x: p.decide(FACTS, on=x),
    "decide, previous": lambda p, x: p.decide(FACTS, on=ON, previous=x),
    "decide, months_absent": lambda p, x: p.decide(
        FACTS, on=ON, previous=p.decide(FACTS, on="2022-05"), months_absent=x
    ),
    "decide, floats": lambda p, x: p.decide(FACTS, on=ON, floats=x),
    "decide, outputs": lambda p, x: p.decide(FACTS, on=ON, outputs=x),
    "decide, one of the outputs": lambda p, x: p.decide(FACTS, on=ON, outputs=[x]),
    "timeline": lambda p, x: p.timeline(x, start=ON, end=ON),
    "timeline, fact": lambda p, x: p.timeline({"家庭": {"收入": x, "成员": []}}, start=ON, end=ON),
    "timeline, spell": lambda p, x: p.timeline({"家庭": {"收入": [x], "成员": []}}, start=ON, end=ON),
    "timeline, since": lambda p, x: p.timeline({"家庭": {"收入": [{"自": x, "为": 1}], "成员": []}}, start=ON, end=ON),
    "timeline, value": lambda p, x: p.timeline(
        {"家庭": {"收入": [{"自": "2022-01", "为": x}], "成员": []}}, start=ON, end=ON
    ),
    "timeline, present": lambda p, x: p.timeline({"家庭": {"成员": [{"在列": x}]}}, start=ON, end=ON),
    "timeline, paid": lambda p, x: p.timeline({"家庭": {"成员": [], "已发": x}}, start=ON, end=ON),
    "timeline, paid amount": lambda p, x: p.timeline({"家庭": {"成员": [], "已发": {"补助": x}}}, start=ON, end=ON),
    "timeline, start": lambda p, x: p.timeline(FACTS, start=x, end=ON),
    "timeline, end": lambda p, x: p.timeline(FACTS, start=ON, end=x),
    "timeline, as_known": lambda p, x: p.timeline(FACTS, start=ON, end=ON, as_known=x),
    "timeline, floats": lambda p, x: p.timeline(FACTS, start=ON, end=ON, floats=x),
    "timeline, a month": lambda p, x: p.timeline(FACTS, start=ON, end=ON)[x],
    "timeline, settled in": lambda p, x: p.timeline(FACTS, start=ON, end=ON).settled(x, "家庭.补助"),
    "timeline, settled of": lambda p, x: p.timeline(FACTS, start=ON, end=ON).settled(ON, x),
    "timeline, paid in": lambda p, x: p.timeline(FACTS, start=ON, end=ON).paid(x, "家庭.补助"),
    "timeline, paid of": lambda p, x: p.timeline(FACTS, start=ON, end=ON).paid(ON, x),
    "timeline, benefit": lambda p, x: p.timeline(FACTS, start=ON, end=ON).benefit(x),
    "show": lambda p, x: p.show(on=x),
    "rule": lambda p, x: p.rule("家庭", x),
    "rule of": lambda p, x: p.rule(x, "补助"),
    "with_parameters": lambda p, x: p.with_parameters(x),
    "with_parameters, name": lambda p, x: p.with_parameters(Under(x, value={"2022-01": 1})),
    "with_parameters, values": lambda p, x: p.with_parameters({"标准": x}),
    "with_parameters, date": lambda p, x: p.with_parameters({"标准": Under(x, value=1)}),
    "with_parameters, dates": lambda p, x: p.with_parameters({"标准": Under("2022-01", x, value=1)}),
    "with_parameters, amount": lambda p, x: p.with_parameters({"标准": {"2022-01": x}}),
    "with_parameters, truth": lambda p, x: p.with_parameters({"生效": {"2022-01": x}}),
    "with_parameters, enumeration": lambda p, x: p.with_parameters({"类别": {"2022-01": x}}),
    "with_parameters, a date's": lambda p, x: p.with_parameters({"起": {"2022-01": x}}),
    "with_calendar": lambda p, x: p.with_calendar(x),
    "with_calendar, years": lambda p, x: p.with_calendar({"years": x}),
    "with_calendar, a year": lambda p, x: p.with_calendar({"years": [x]}),
    "with_calendar, key": lambda p, x: p.with_calendar(Under(x, value=[2022])),
    "with_calendar, off": lambda p, x: p.with_calendar({"years": [2022], "off": x}),
    "with_calendar, a day on": lambda p, x: p.with_calendar({"years": [2022], "on": [x]}),
    "Calendar": lambda p, x: Calendar(x, (), ()),
    "explain": lambda p, x: p.decide(FACTS, on=ON).explain(x),
    "an output": lambda p, x: p.decide(FACTS, on=ON)[x],
    "whether there is an output": lambda p, x: x in p.decide(FACTS, on=ON),
}


LOOKED_UP = ("timeline, a month", "settled", "paid in", "paid of", "timeline, benefit", "an output", "rule")


def raised(call: Call, policy: policy_dsl.Policy, value: object) -> Exception | None:
    try:
        call(policy, value)
    except Exception as error:
        return error
    return None


@pytest.mark.parametrize("where", CALLS)
def test_any_object_is_taken_or_refused_in_words(where: str, policy: policy_dsl.Policy) -> None:
    """A PolicyError with a code, in words that can be printed; where something is looked up also the KeyError of a mapping."""
    for what, value in ODD.items():
        error = raised(CALLS[where], policy, value)
        if isinstance(error, PolicyError):
            assert error.diagnostics, what
            assert len(str(error)) < 20_000, what
            assert len(error.diagnostics[0].message("en")) < 1_000, what
        elif any(x in where for x in LOOKED_UP):
            assert error is None or type(error) is KeyError or (isinstance(value, int) and type(error) is IndexError), (
                what
            )
        else:
            assert error is None, what
