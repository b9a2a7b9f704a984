"""Decisions, months and timelines as pickles: small, without the policy, and read again by whoever has it (developer guide)."""

from __future__ import annotations

import concurrent.futures
import copy
import gc
import io
import json
import pickle
import subprocess
import sys
import weakref
from pathlib import Path
from typing import Any

import pytest

import policy_dsl
from policy_dsl import Calendar, Decision, Policy, PolicyError, origin
from policy_dsl.backends import calendar
from policy_dsl.backends.entries import Entries
from policy_dsl.backends.runtime import NOTHING, UNKNOWN, UNLISTED, Held, Unknown
from policy_dsl.backends.values import Undetermined

ROOT = Path(__file__).parents[2]
EXIT = """政策 渐退
对象 个人
  姓名 : 文本
  月收入 : 元/月, 0..1000000
对象 家庭
  成员 : 若干 个人
参数 标准 : 元/人/月
  自 2022-01-01 为 450
规则 家庭 人均 : 元/人/月
  为 合计(成员.月收入) / 人数(成员)
阶段 家庭 状态
  起始 未享受
  未享受 → 在保 当 人均 < 标准
  在保 → 渐退 当 人均 ≥ 标准
  渐退 → 退出 当 持续(渐退) ≥ 3
  终止 退出
给付 家庭 保障金 : 元/月
  当 状态 = 在保 为 四舍五入((标准 - 人均) * 人数(成员), 1 元)
  当 状态 = 渐退 为 上月(保障金)
  否则 为 0
"""
TERM = """政策 期限
对象 家庭
  受理日期 : 日期
参数 天数 : 整数
  自 2020-01-01 为 20
参数 加发 : 元/月
  自 2020-01-01 为 1
规则 家庭 最迟确认日 : 日期
  为 受理日期 + 20 个工作日
规则 家庭 数 : 整数
  为 天数
规则 家庭 额 : 元/月
  为 加发
"""
ACCEPTED = {"家庭": {"受理日期": "2022-09-28"}}
OURS = Calendar([2022], off=["2022-10-03"], on=["2022-10-08"], name="ours")


def written(folder: Path, text: str = EXIT, name: str = "政策.policy") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def facts(income: object) -> dict[str, Any]:
    return {"家庭": {"成员": [{"姓名": "甲", "月收入": income}]}}


def again(made: Any, protocol: int = pickle.HIGHEST_PROTOCOL) -> Any:
    return pickle.loads(pickle.dumps(made, protocol))


def plain(carry: Any) -> Any:
    """What is handed over, to be compared: what is unknown stands for itself nowhere else."""
    if isinstance(carry, Unknown):
        return type(carry).__name__, carry.name, getattr(carry, "value", None), carry is NOTHING
    if isinstance(carry, (tuple, list)):
        return [plain(x) for x in carry]
    return {k: plain(v) for k, v in carry.items()} if isinstance(carry, dict) else carry


def the_same(one: Decision, other: Decision) -> None:
    """In all that people and programs see, and in what the next month gets."""
    assert one is not other
    assert (repr(one), one.policy, one.digest, one.on, one.root) == (
        repr(other), other.policy, other.digest, other.on, other.root,
    )  # fmt: skip
    assert one.outputs == other.outputs
    assert one.to_json() == other.to_json()
    assert one.text("en") == other.text("en")
    assert [one.explain().text(lang) for lang in ("zh", "en")] == [other.explain().text(lang) for lang in ("zh", "en")]
    assert one.compiled_alone is other.compiled_alone
    assert one.amounts() == other.amounts()
    assert plain(one.carry()) == plain(other.carry())


# --- what comes back


@pytest.mark.parametrize(
    "name", ["examples/willow.policy", "examples/liuxi.policy", "examples/bridge.policy", "tests/data/county.policy", "qingshui"]
)  # fmt: skip
def test_a_decision_comes_back_as_it_was(name: str) -> None:
    """The cases of the example policies: values, text, JSON, reasons and what is handed over; with each fact left out as well."""
    policy = policy_dsl.load(ROOT / name if "/" in name else name)
    cases = [(x.facts, x.on) for x in policy.program.examples if not x.history][:8]
    for given, on in cases:
        day = f"{on // 10000:04}-{on // 100 % 100:02}-{on % 100:02}"
        decision = policy.decide(_full(policy, given), on=day)
        the_same(decision, again(decision))


def _full(policy: Policy, given: Any) -> Any:
    """An example's facts as `decide` takes them: lists that an example may leave out are empty."""
    from policy_dsl.facts.read import Reader

    try:
        Reader(policy.program).read(given)
    except PolicyError:
        ((root, entry),) = given.items()
        lists = next(e.lists for e in policy.program.entities if e.name == root)
        return {root: {**{m.name: [{}] for m in lists if m.low}, **entry}}
    return given


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_every_protocol_from_2_on(tmp_path: Path, protocol: int) -> None:
    policy = policy_dsl.load(written(tmp_path))
    for income in (300, None):
        decision = policy.decide(facts(income), on="2022-07")
        the_same(decision, again(decision, protocol))


def test_a_month_as_known_on_a_day_comes_back(tmp_path: Path) -> None:
    """What was decided with less knowledge is read with less knowledge."""
    text = EXIT.replace("为 450", "为 400\n  自 2022-02-01 为 450 公布 2022-06-20")
    policy = policy_dsl.load(written(tmp_path, text))
    months = policy.timeline(facts(300), start="2022-01", end="2022-08")
    for month in months:
        for one in (month.paid, month.decision):
            assert one is not None
            the_same(one, again(one))
    assert months["2022-03"].paid != months["2022-03"].decision


def test_what_stands_for_the_unknown_stays_what_it_is() -> None:
    """What is known by its identity comes back as the same, copied too; what carries a word, with it."""
    for one in (UNKNOWN, UNLISTED, NOTHING):
        for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
            assert again(one, protocol) is one
        assert copy.deepcopy(one) is one
    held = again(Held(Undetermined(("家庭.收入",)), "x"))
    assert (type(held), held.value, held.name) == (Held, Undetermined(("家庭.收入",)), "x")
    named = again(Unknown("收入"))
    assert (type(named), named.name) == (Unknown, "收入")
    entries = again(Entries([(1,), (2,)], (0, 3)))
    assert (type(entries), list(entries), entries.numbers) == (Entries, [(1,), (2,)], (0, 3))


def test_the_next_month_goes_on_from_it(tmp_path: Path) -> None:
    """Also where something was not known last month, and where there was no month before."""
    policy = policy_dsl.load(written(tmp_path))
    for first in (300, None):
        july = policy.decide(facts(first), on="2022-07")
        august = policy.decide(facts(500), on="2022-08", previous=again(july))
        the_same(policy.decide(facts(500), on="2022-08", previous=july), august)
        the_same(august, again(august))
    assert (
        policy.decide(facts(500), on="2022-08", previous=again(policy.decide(facts(300), on="2022-07")))["家庭.状态"]
        == "渐退"
    )


def test_copies_are_the_decision_itself(tmp_path: Path) -> None:
    """A decision never changes; one that has not been read yet neither."""
    policy = policy_dsl.load(written(tmp_path))
    decision = policy.decide(facts(300), on="2022-07")
    for one in (decision, again(decision)):
        assert copy.copy(one) is one
        assert copy.deepcopy([one])[0] is one


def test_a_pickle_of_a_pickle(tmp_path: Path) -> None:
    """Read or not, it is pickled as before."""
    policy = policy_dsl.load(written(tmp_path))
    raw = pickle.dumps(policy.decide(facts(300), on="2022-07"))
    one = pickle.loads(raw)
    assert pickle.dumps(one) == raw
    assert one["家庭.保障金"] == 150
    assert pickle.dumps(one) == raw


# --- what it holds


def test_it_is_small_and_holds_no_code() -> None:
    """A county's household: no more than ten times its facts; nothing named but what opens it."""
    policy = policy_dsl.load("qingshui")
    given = json.loads((ROOT / "examples" / "qingshui.json").read_text(encoding="utf-8"))
    raw = pickle.dumps(policy.decide(given, on="2022-06"))
    assert len(raw) < 10 * len(json.dumps(given, ensure_ascii=False).encode())
    assert len(raw) < 20_000
    assert _named(raw) == {"policy_dsl.decision _unread"}
    inner = pickle.loads(raw)._kept[-1]
    assert _named(inner) <= {f"policy_dsl.backends.runtime {x}" for x in ("NOTHING", "UNKNOWN", "UNLISTED", "Unknown")}


def _named(raw: bytes) -> set[str]:
    """Every class and function that a pickle names."""
    out: set[str] = set()

    class Listening(pickle.Unpickler):
        def find_class(self, module: str, name: str) -> Any:
            out.add(f"{module} {name}")
            return super().find_class(module, name)

    Listening(io.BytesIO(raw)).load()
    return out


def test_a_policy_that_nobody_holds_is_forgotten(tmp_path: Path) -> None:
    """The look-up keeps no policy alive; a decision that was read does."""
    policy = policy_dsl.load(written(tmp_path))
    raw = pickle.dumps(policy.decide(facts(300), on="2022-07"))
    one = pickle.loads(raw)
    assert one["家庭.保障金"] == 150
    kept = weakref.ref(policy.engine)
    del policy
    gc.collect()
    assert pickle.loads(raw)["家庭.保障金"] == 150  # while `one` lives
    del one
    gc.collect()
    assert kept() is None


def test_threads_read_one_decision(tmp_path: Path) -> None:
    policy = policy_dsl.load(written(tmp_path))
    raw = pickle.dumps(policy.with_parameters({"标准": {"2022-01": 500}}).decide(facts(300), on="2022-07"))
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        for _ in range(20):
            gc.collect()
            one = pickle.loads(raw)
            assert set(pool.map(lambda _, d=one: str(d["家庭.保障金"]), range(16))) == {"200.00"}


# --- what was changed of a published policy


CHANGES: dict[str, list[Any]] = {
    "figures": [{"天数": {"2022-01-01": 30}}],
    "figures twice": [{"天数": {"2022-01-01": 30}}, {"加发": {"2022-01": "3 元/月"}, "天数": {"2022-05-01": 31}}],
    "a calendar": [OURS],
    "figures, then a calendar": [{"天数": {"2022-01-01": 30}}, OURS],
    "a calendar, then figures twice": [OURS, {"天数": {"2022-01-01": 30}}, {"天数": {"2022-01-01": 32}}],
    "another calendar": [OURS, Calendar([2022]), {"加发": {"2022-01": 2}}],
}


def changed(policy: Policy, steps: list[Any]) -> Policy:
    for step in steps:
        policy = policy.with_calendar(step) if isinstance(step, Calendar) else policy.with_parameters(step)
    return policy


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("loaded", ["published", "half", "other calendar"])
def test_a_changed_policy_is_made_again(tmp_path: Path, name: str, loaded: str) -> None:
    """From the published one, from one that has some of the changes, from one that has another calendar."""
    policy = policy_dsl.load(written(tmp_path, TERM))
    steps = CHANGES[name]
    other = changed(policy, steps)
    decision = other.decide(ACCEPTED, on="2022-11")
    raw, seen = pickle.dumps(decision), (decision.to_json(), decision.explain().text(), decision.digest)
    found = {"published": policy, "half": changed(policy, steps[:1]), "other calendar": policy.with_calendar(Calendar([2022, 2023]))}[loaded]  # fmt: skip
    if found.digest != other.digest:
        del other
    del decision, policy
    gc.collect()
    one = pickle.loads(raw)
    assert (one.to_json(), one.explain().text(), one.digest) == seen
    del found


def test_what_changed_travels_with_a_policy(tmp_path: Path) -> None:
    """A policy out of a pickle knows its changes: decisions of policies made of it can be read from the published one."""
    policy = policy_dsl.load(written(tmp_path, TERM))
    other = again(changed(policy, CHANGES["a calendar, then figures twice"])).with_parameters({"加发": {"2022-01": 9}})
    decision = other.decide(ACCEPTED, on="2022-11")
    raw, seen = pickle.dumps(decision), decision.to_json()
    del other, decision
    gc.collect()
    assert pickle.loads(raw).to_json() == seen


# --- where the policy is not at hand


def code_of(read: Any) -> str:
    with pytest.raises(PolicyError) as caught:
        read()
    (found,) = caught.value.diagnostics
    assert found.help("zh")
    assert found.help("en")
    return f"{found.code} {found.message('zh')} {found.help('zh')} {found.help('en')}"


def test_the_first_read_says_what_to_load(tmp_path: Path) -> None:
    """Reading the pickle succeeds, and so does showing it; what is read of it raises, until the policy is loaded."""
    policy = policy_dsl.load(written(tmp_path))
    digest = policy.digest
    raw = pickle.dumps(policy.decide(facts(300), on="2022-07"))
    del policy
    gc.collect()
    one = pickle.loads(raw)
    assert repr(one) == "<Decision 渐退 2022-07-01>"
    for read in (lambda: one["家庭.保障金"], lambda: one.on, one.explain, one.carry, one.text, lambda: len(one)):
        said = code_of(read)
        assert said.startswith("P0814")
        assert "渐退" in said
        assert digest[:12] in said
    assert repr(one) == "<Decision 渐退 2022-07-01>"
    assert pickle.dumps(one) == raw
    now = policy_dsl.load(tmp_path / "政策.policy")
    assert one["家庭.保障金"] == 150
    assert one.digest == now.digest


def test_a_layer_with_other_texts_is_named(tmp_path: Path) -> None:
    above = written(tmp_path, "政策 省\n参数 另 : 元\n  自 2022-01-01 为 1\n", "1-省.policy")
    below = written(tmp_path, EXIT.replace("政策 渐退", "政策 渐退\n  上级 省"), "2-县.policy")
    raw = pickle.dumps(policy_dsl.load(below).decide(facts(300), on="2022-07"))
    above.write_text(above.read_text(encoding="utf-8").replace("为 1", "为 2"), encoding="utf-8")
    policy = policy_dsl.load(below)
    gc.collect()
    said = code_of(lambda: pickle.loads(raw)["家庭.保障金"])
    assert said.startswith("P0814")
    assert "文本或文件名不同：省；" in said
    del policy


def test_another_usual_calendar_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same texts, but the package of the published holidays has another version."""
    raw = pickle.dumps(policy_dsl.load(written(tmp_path, TERM)).decide(ACCEPTED, on="2022-11"))
    gc.collect()
    other = Calendar([2022], name="chinesecalendar 0")
    monkeypatch.setattr(calendar, "_default", lambda: other)
    policy = policy_dsl.load(written(tmp_path, TERM))
    said = code_of(lambda: pickle.loads(raw)["家庭.最迟确认日"])
    assert said.startswith("P0814")
    assert "chinesecalendar " in said
    del policy


def test_what_another_version_wrote_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever its bytes hold: they are not opened."""
    policy = policy_dsl.load(written(tmp_path))
    with monkeypatch.context() as patch:
        patch.setattr(origin, "MARK", "policy_dsl 0.0.9, 0")
        patch.setattr(origin.pickle, "dumps", lambda *_: b"of another form")
        _, kept = policy.decide(facts(300), on="2022-07").__reduce__()
    one = again(policy.decide(facts(300), on="2022-07"))
    one._kept = (*kept, "and more")
    assert repr(one) == "<Decision 渐退 2022-07-01>"
    assert code_of(lambda: one["家庭.保障金"]).startswith("P0815")


# --- months, timelines, explanations


def test_a_timeline_comes_back(tmp_path: Path) -> None:
    """With people who come and go, dated facts, corrections and a ledger; small, and without the policy."""
    policy = policy_dsl.load(ROOT / "examples" / "bridge.policy")
    history = json.loads((ROOT / "examples" / "bridge-history.json").read_text(encoding="utf-8"))
    for as_known in (None, "2022-06-30"):
        made = policy.timeline(history, start="2021-12", end="2022-12", as_known=as_known)
        raw = pickle.dumps(made)
        assert len(raw) < 5_000
        one = pickle.loads(raw)
        assert repr(one) == repr(made)
        assert one.to_json(explanations=True) == made.to_json(explanations=True)
        assert one.text("en") == made.text("en")
        assert (len(one), one.arrears, one.settlements, one.as_known) == (len(made), made.arrears, made.settlements, made.as_known)  # fmt: skip
        assert pickle.dumps(one) == raw
        the_same(made["2022-08"].decision, one["2022-08"].decision)


def test_a_month_comes_back(tmp_path: Path) -> None:
    policy = policy_dsl.load(ROOT / "examples" / "bridge.policy")
    history = json.loads((ROOT / "examples" / "bridge-history.json").read_text(encoding="utf-8"))
    made = policy.timeline(history, start="2021-12", end="2022-12")
    months = again(made.months)
    for old, new in zip(made.months, months, strict=True):
        assert (repr(old), old.first, old.changes, old.findings) == (repr(new), new.first, new.changes, new.findings)
        assert (old.decision, old.paid, old.previous) == (new.decision, new.paid, new.previous)
    assert len(pickle.dumps(made[5])) < 5_000


def test_a_timeline_says_what_to_load(tmp_path: Path) -> None:
    policy = policy_dsl.load(written(tmp_path))
    made = policy.timeline(facts(300), start="2022-01", end="2022-06")
    raw, month = pickle.dumps(made), pickle.dumps(made[3])
    del policy, made
    gc.collect()
    one, other = pickle.loads(raw), pickle.loads(month)
    assert repr(one) == "<Timeline 渐退 2022-01 to 2022-06>"
    assert repr(other) == "<Month 2022-04>"
    for read in (lambda: one[0], lambda: one.arrears, one.text, lambda: one.policy, lambda: other.changes, lambda: other.decision["家庭.保障金"]):  # fmt: skip
        assert code_of(read).startswith("P0814")


def test_an_explanation_comes_back_without_the_policy(tmp_path: Path) -> None:
    """It holds what it tells of."""
    made = policy_dsl.load(written(tmp_path)).decide(facts(500), on="2022-07").explain()
    raw, seen = pickle.dumps(made), (made.text(), made.markdown("en"), made.html(), made.to_json(), made.assumptions())
    del made
    gc.collect()
    one = pickle.loads(raw)
    law = one.interpretation.epoch
    assert (law.plans, law.laws.phrases, law.laws.columns) == (
        None,
        None,
        {},
    )  # by the ids of another process's objects
    assert (one.text(), one.markdown("en"), one.html(), one.to_json(), one.assumptions()) == seen


# --- processes

SCRIPT = """
import concurrent.futures, json, multiprocessing, pickle, sys, policy_dsl

def work(pair):
    return pair[0].decide(pair[1], on="2022-07")

if __name__ == "__main__":
    what, file, path = sys.argv[1:]
    given = {"家庭": {"成员": [{"姓名": "甲", "月收入": 300}]}}
    if what == "pool":
        policy = policy_dsl.load(file).with_parameters({"标准": {"2022-01": 500}})
        with concurrent.futures.ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
            made, = pool.map(work, [(policy, given)])
        print(made["家庭.保障金"], made == work((policy, given)))
    else:
        with open(path, "rb") as source:
            july = pickle.load(source)
        try:
            if what == "read":
                july["家庭.保障金"]
            policy = policy_dsl.load(file)
            given["家庭"]["成员"][0]["月收入"] = 500
            august = policy.decide(given, on="2022-08", previous=july)
            print(july["家庭.保障金"], august["家庭.状态"])
        except policy_dsl.PolicyError as error:
            print([d.code for d in error.diagnostics])
"""


@pytest.mark.parametrize(("what", "says"), [("read", "['P0814']"), ("go on", "150.00 渐退"), ("pool", "200.00 True")])
def test_another_process(tmp_path: Path, what: str, says: str) -> None:
    """One that has not loaded the policy is told so, one that has goes on; a worker hands decisions back."""
    file = written(tmp_path)
    kept = tmp_path / "july.pickle"
    kept.write_bytes(pickle.dumps(policy_dsl.load(file).decide(facts(300), on="2022-07")))
    script = tmp_path / "script.py"
    script.write_text(SCRIPT, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(script), what, str(file), str(kept)], capture_output=True, encoding="utf-8", check=False
    )
    assert done.stdout.strip() == says, done.stderr
