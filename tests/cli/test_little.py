"""Policies with next to nothing in them: every command and the Python interface do what can be done, or say why nothing can be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import policy_dsl
from policy_dsl.backends.standalone import standalone
from policy_dsl.cli import main

HEAD = "政策 甲\n"
WITHOUT = {
    "nothing": "",
    "a document": "文件 一 : 某发〔2022〕1 号\n# 一 第一条\n> 摘要\n",
    "types": "类型 大小 = 小 < 大\n",
    "a parameter": "参数 标准 : 元\n  自 2020-01-01 为 1\n",
    "an open parameter": "参数 标准 : 元\n  自 2020-01-01 待定\n",
    "a guarantee": "参数 标准 : 元\n  自 2020-01-01 为 1\n保证 一\n  标准 > 0\n",
    "an example": "案例 一\n  于 2022-01\n  应为 错误\n",
    "a layer above": "  上级 乙\n",
}
WITH = {
    "an entity": "对象 家庭\n",
    "facts": "对象 家庭\n  有车 : 是否\n",
    "a list": "对象 个人\n  有车 : 是否\n对象 家庭\n  成员 : 若干 个人, 0..9\n",
    "a rule": "对象 家庭\n规则 家庭 额 : 元\n  为 3\n",
    "a guarantee": "对象 家庭\n  有车 : 是否\n保证 一\n  有车\n",
    "an example": "对象 家庭\n  有车 : 是否\n案例 一\n  于 2022-01\n  家庭: 有车 = 是\n  应为 家庭: 有车 = 是\n",
    "an example of an error": "对象 家庭\n  有车 : 是否\n案例 一\n  于 2022-01\n  应为 错误\n",
    "a layer above": "  上级 乙\n修订 家庭\n  有车 : 是否\n",
}
ON, MONTHS = ("--on", "2022-01"), ("--from", "2022-01", "--to", "2022-03")
ASKING: list[tuple[str, ...]] = [
    ("decide", "POLICY", "FACTS", *ON),
    ("decide", "POLICY", "FACTS", *ON, "--json"),
    *(("explain", "POLICY", "FACTS", *ON, "--format", form) for form in ("text", "md", "html", "json")),
    *(("timeline", "POLICY", "FACTS", *MONTHS, "--format", form) for form in ("text", "md", "html", "json")),
    ("schema", "POLICY"),
    *(("schema", "POLICY", "--template", form) for form in ("json", "yaml", "csv")),
    ("compile", "POLICY", "-o", "OUT.py"),
]
TELLING: list[tuple[str, ...]] = [
    *(("check", "POLICY", "--format", form) for form in ("text", "json", "sarif")),
    ("test", "POLICY"),
    ("test", "POLICY", "--generate", "3"),
    *(("show", "POLICY", *ON, "--format", form) for form in ("text", "json")),
    *(("register", "POLICY", "--format", form) for form in ("text", "md", "json")),
    ("docs", "POLICY", "--output", "DOCS"),
    ("new", "丁", "--extends", "POLICY", "--output", "BESIDE"),
]
FACTS: list[Any] = [{}, {"家庭": {}}, {"个人": {"有车": True}}]


def laid(folder: Path, text: str, above: str) -> Path:
    """The policy in a folder of its own, beside the layer above."""
    for name, content in (("乙", f"政策 乙\n{above}"), ("甲", HEAD + text)):
        (folder / name).mkdir()
        (folder / name / f"{name}.policy").write_text(content, encoding="utf-8")
    return folder / "甲" / "甲.policy"


def run(command: tuple[str, ...], policy: Path, lang: str, facts: str = '{"家庭": {}}') -> tuple[int, str]:
    """Exit code and all that is said."""
    folder = policy.parents[1]
    (folder / "facts.json").write_text(facts, encoding="utf-8")
    words = {
        "POLICY": str(policy),
        "FACTS": str(folder / "facts.json"),
        "OUT.py": str(folder / "out.py"),
        "DOCS": str(folder / "pages"),
        "BESIDE": str(folder),
    }
    done = CliRunner().invoke(main, [*(words.get(x, x) for x in command), "--lang", lang])
    return done.exit_code, done.output


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("what", WITHOUT)
def test_a_policy_without_an_entity_decides_nothing_and_says_so(what: str, lang: str, tmp_path: Path) -> None:
    """What can be told of it is told; what needs an entity says that there is none, whatever the facts."""
    policy = laid(tmp_path, WITHOUT[what], "参数 标准 : 元\n  自 2020-01-01 为 1\n")
    for command in TELLING:
        code, said = run(command, policy, lang)
        assert code == 0, (command, said)
    for command in ASKING:
        for facts in ("{}", '{"家庭": {}}', '{"家庭": {}, "个人": {}}') if "FACTS" in command else ("{}",):
            code, said = run(command, policy, lang, facts)
            assert code == 1, (command, said)
            assert "[P0617]" in said, (command, said)
            assert "facts.json" not in said, "the facts are not at fault"
            assert said.count("[") == 1, (command, said)
    assert not (tmp_path / "out.py").exists()


@pytest.mark.parametrize("what", WITHOUT)
def test_the_python_interface_says_so_too(what: str, tmp_path: Path) -> None:
    policy = policy_dsl.load(laid(tmp_path, WITHOUT[what], "参数 标准 : 元\n  自 2020-01-01 为 1\n"))
    assert (policy.inputs, policy.outputs) == ([], [])
    assert policy.parameters or what not in ("a parameter", "a layer above")
    assert policy.show(on="2022-01").text("zh")
    assert policy.register().text("zh")
    calls: list[Any] = [policy.schema, lambda: standalone(policy.program)]
    for facts in FACTS:
        calls.append(lambda facts=facts: policy.decide(facts, on="2022-01"))
        calls.append(lambda facts=facts: policy.timeline(facts, start="2022-01", end="2022-02"))
    for call in calls:
        with pytest.raises(policy_dsl.PolicyError) as caught:
            call()
        assert [d.code for d in caught.value.diagnostics] == ["P0617"]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("what", WITH)
def test_a_policy_with_little_in_it_does_what_it_can(what: str, lang: str, tmp_path: Path) -> None:
    policy = laid(tmp_path, WITH[what], "对象 家庭\n")
    facts = '{"家庭": {"成员": []}}' if what == "a list" else '{"家庭": {}}'
    for command in [*TELLING, *ASKING]:
        code, said = run(command, policy, lang, facts)
        assert code == 0, (command, said)
