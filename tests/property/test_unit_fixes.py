"""What a message about units tells to write is tried here as its reader would: written down, and checked again."""

from __future__ import annotations

import re

from hypothesis import example, given, settings
from hypothesis import strategies as st

from policy_dsl import PolicyError
from policy_dsl.diagnostics.report import Diagnostic

from ..regressions.deciding import policy_of
from .dice import examples

HEAD = """类型 亩 = 单位
对象 个人 : 人
  年龄 : 岁, 0..120
  收入 : 元/月, 0..100000
  田 : 亩, 0..9
对象 家庭 : 户
  存款 : 元, 0..1000000
  次数 : 整数, 1..9
  地 : 亩, 0..1000
  电价 : 元/亩, 0..9
  成员 : 若干 个人, 1..20
参数 上限 : 元
  自 2022-01-01 为 30000
参数 标准 : 元/人/月
  自 2022-01-01 为 500 元
参数 线 : 元/年
  自 2022-01-01 为 9000
参数 亩补 : 元
  自 2022-01-01 为 100
参数 人均亩 : 亩/人
  自 2022-01-01 为 2
规则 家庭 别的 : 是否
  为 100 元/人/月 < 标准 且 次数 * 2 > 人数(成员) / 1 人 * 1 户
规则 个人 也读 : 元
  为 上限 / 1 人
"""
ATOMS = [
    "存款", "次数", "地", "电价", "上限", "标准", "线", "亩补", "人均亩", "人数(成员)", "合计(成员.收入)", "最大(成员.收入)", "平均(成员.田)",
    "最小(成员.年龄)", "100 元", "3 亩", "2", "500 元/月", "60 岁", "5 元/亩", "1 人", "12 个月", "5%", "合计(成员.田 * 亩补)",
]  # fmt: skip
TERMS = st.one_of(
    st.sampled_from(ATOMS),
    st.builds("{} * {}".format, st.sampled_from(ATOMS), st.sampled_from(ATOMS)),
    st.builds("{} / {}".format, st.sampled_from(ATOMS), st.sampled_from(ATOMS)),
)
WANTED = ["元", "元/月", "元/人/月", "亩", "亩/人", "整数", "数", "人", "岁", "元/亩"]
RULES = st.one_of(
    st.builds("规则 家庭 甲 : {}\n  为 {}\n".format, st.sampled_from(WANTED), TERMS),
    st.builds("规则 家庭 甲 : {}\n  为 {} + {}\n".format, st.sampled_from(WANTED), TERMS, TERMS),
    st.builds("规则 家庭 甲 : {}\n  为 四舍五入({}, {})\n".format, st.sampled_from(WANTED), TERMS, st.sampled_from(ATOMS)),
    st.builds("规则 家庭 甲 : 是否\n  为 {} < {} 且 次数 > 1\n".format, TERMS, TERMS),
    st.builds("规则 家庭 甲 : 是否\n  为 最大({}, {}) > {}\n".format, TERMS, TERMS, TERMS),
    st.builds("规则 家庭 甲 : 是否\n  | {} | 甲 |\n  | > {} | 是 |\n  | 否则 | 否 |\n".format, TERMS, TERMS),
    st.builds("规则 个人 甲 : {}\n  为 {}\n".format, st.sampled_from(WANTED), st.sampled_from(["收入", "家庭.存款", "年龄", "田 * 亩补", "上限", "家庭.地"])),
)  # fmt: skip


def found(text: str) -> list[Diagnostic]:
    try:
        policy_of(text)
    except PolicyError as error:
        return list(error.diagnostics)
    return []


def followed(text: str, diagnostic: Diagnostic, lang: str) -> list[str]:
    """The policy as each way out has it: by the words of the message alone."""
    tail = diagnostic.help(lang).partition("：" if lang == "zh" else ": ")[2]
    made = []
    for way in tail.split("；或" if lang == "zh" else "; or ") if tail else ():
        zh, en = (
            re.match(r"(参数|规则)「(.+)」的类型写成 (.+)", way),
            re.match(r"declare the (parameter|rule) “(.+)” in (.+)", way),
        )
        declared = zh or en
        if declared:
            word = {"parameter": "参数", "rule": "规则"}.get(declared[1], declared[1])
            again = re.sub(rf"(?m)^({word} (?:\w+ )?{declared[2]} : ).*", lambda m, t=declared[3]: m[1] + t, text)
        elif way.startswith(("把 ", "write ")) and (" 写成 " in way or " for " in way):
            again = text
            for part in re.split("、|, write ", way.removeprefix("write ")):
                zh = re.fullmatch(r"把 (.+) 写成 (.+)", part)
                en = re.fullmatch(r"(.+) for (.+)", part)
                old, new = (zh[1], zh[2]) if zh else (en[2], en[1]) if en else ("", "")
                at = again.rindex("规则 ")
                again = again[:at] + re.sub(rf"(?<![\w.]){re.escape(old)}(?!\w)", lambda _, t=new: t, again[at:])
        else:
            new = way.removeprefix("写成 ").removeprefix("write ")
            again = re.sub(r"(?m)(?<=^  为 ).*\Z", lambda _, t=new: t, text.rstrip("\n")) + "\n"
        assert again != text, way
        made.append(again)
    return made


@settings(max_examples=examples(150))
@given(RULES)
@example("规则 家庭 甲 : 元\n  为 100 元 * 次数\n")
@example("规则 家庭 甲 : 元\n  为 次数 * 2\n")
@example("规则 家庭 甲 : 元/月\n  为 最大(成员.收入)\n")
@example("规则 家庭 甲 : 是否\n  为 合计(成员.收入) < 标准 且 次数 > 1\n")
@example("规则 家庭 甲 : 元\n  为 亩补 * 地\n")
@example("规则 家庭 甲 : 是否\n  | 合计(成员.收入) | 甲 |\n  | > 500 元/人/月 | 是 |\n  | 否则 | 否 |\n")
@example("规则 家庭 甲 : 整数\n  为 地\n")
def test_each_way_out_compiles(rule: str) -> None:
    """Whatever is told to write makes the policy one that is accepted."""
    text = HEAD + rule
    for diagnostic in found(text):
        if diagnostic.code == "P0204":
            for lang in ("zh", "en"):
                for again in followed(text, diagnostic, lang):
                    assert not found(again), (diagnostic.help(lang), again.removeprefix(HEAD))
