"""Nothing in a policy, in facts or in a cache can run Python, read a file or reach an attribute.

Each attempt puts a hostile text into one place of a policy or of facts; the policy is then checked, decided, explained in every form,
compiled to a standalone module and that module imported. All runs in one process under an audit hook that sees every file opened for
writing, every process started, every connection and every import of something new, with a canary file that must not appear and a
secret file that must not be opened.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

POLICY = """# {heading}
政策 {name}
  辖区 {jurisdiction}
文件 办法 : {number}
  标题 {title}
  机关 {issuer}
类型 「{type}」 = 低 < 「{member}」
对象 个人
  姓名 : 文本
  「{fact}」 : 元/月, 0..1000, 问 "{question}"
  等级 : 「{type}」, 默认 低, 由 「{by}」 定
对象 家庭
  「{list}」 : 若干 个人, 1..9
## {clause}
> {gist}
参数 「{parameter}」 : 元/月
  自 2022-01-01 为 5      假设 {assumption}
规则 家庭 「{rule}」 : 元/月
  为 合计(「{list}」.「{fact}」) + 「{parameter}」
规则 个人 结果 : 低低 | 「{result}」
  | 等级 | 结果 |
  | 低   | 低低 |
  | 「{member}」 | 「{result}」 |
给付 家庭 钱 : 元/月
  为 「{rule}」
  例外 「{label}」 当 「{rule}」 > 900 为 0
案例 {example}
  于 2022-06-01
  「{list}」 「{entry}」: 「{fact}」 = 3
  应为 家庭: 钱 = 8
"""
PLACES = (
    "heading", "name", "jurisdiction", "number", "title", "issuer", "type", "member", "fact", "question", "by", "list", "clause",
    "gist", "parameter", "assumption", "rule", "result", "label", "example", "entry",
)  # fmt: skip
PAYLOADS = (
    "__import__('os').system('touch CANARY')",
    "'+open('CANARY','w').write('x')+'",
    "{0.__class__.__mro__[1].__subclasses__}",
    "%(x)s${CANARY}`touch CANARY`",
    "().__class__.__base__.__subclasses__()",
    "eval",
    "Defer",
    "UNKNOWN",
    "data",
    "__class__",
    "§0",
    "\\'''+__import__('subprocess').call(['touch','CANARY'])+\\'''",
    "../../SECRET",
)
PLAIN = {p: f"平常{n}" for n, p in enumerate(PLACES)}

RUN = r"""
import json, sys
spec = json.loads(sys.stdin.read())
import policy_dsl, pathlib, tempfile, importlib.util, html.entities, linecache, tokenize, csv, decimal, datetime, string, ast, marshal
from policy_dsl import Policy, PolicyError, library, pipeline
from policy_dsl import whatif
from policy_dsl.backends import standalone
from policy_dsl.facts import files, read as facts_, schema
from policy_dsl.diagnostics import render
from policy_dsl.diagnostics.report import Report
from policy_dsl.explain import data, describe, html as page, summary, text as r2
from policy_dsl.cli import explain_code
from policy_dsl.examples import run
import lark, yaml
from policy_dsl.syntax.grammar import grammar
grammar()
shipped = policy_dsl.load("qingshui")
work = pathlib.Path(spec["work"])
seen = []
watching = False
def hook(event, args):
    if not watching:
        return
    if event == "open":
        path, mode = str(args[0]), args[1] or ""
        if spec["secret"] in path or (isinstance(mode, str) and set(mode) & set("wax+") and not path.startswith(str(work))):
            seen.append((event, path, mode))
    elif event in ("os.system", "subprocess.Popen", "os.exec", "os.posix_spawn", "os.fork", "socket.connect", "ctypes.dlopen", "os.remove", "os.rename"):
        seen.append((event, str(args)[:200]))
sys.addaudithook(hook)
decided = 0
def everything(text, facts):
    global decided
    head = library._POLICY.search(text)
    name = (head[1] or head[2]) if head else ""
    report = Report()
    program = pipeline.compile_layers([library.LayerFiles(name, (library.PolicyFile(work / "p.policy", "p.policy", text, name, "", 1),))], report)
    render.text(report.items, "zh"); render.as_json(report.items, "en"); render.as_sarif(report.items, "zh", "1")
    if program is None:
        return
    policy = Policy(program)
    run.run(policy)
    schema.schema(program)
    for form in ("json", "yaml", "csv"):
        schema.template(program, form)
    target = work / "made.py"
    target.write_text(standalone.standalone(program), encoding="utf-8")
    s = importlib.util.spec_from_file_location("made", target)
    module = importlib.util.module_from_spec(s)
    s.loader.exec_module(module)
    for case in facts(program):
        try:
            d = policy.decide(case, on="2022-06-01")
        except PolicyError as error:
            str(error)
            continue
        decided += 1
        d.text(); d.to_json(); d._repr_html_()
        e = d.explain()
        for lang in ("zh", "en"):
            e.text(lang); e.markdown(lang); e.html(lang); e.to_json(lang)
        try:
            module.decide(case, "2022-06-01")
        except (module.Defer, KeyError, TypeError):
            pass
def usual(program):
    lists = [m.name for e in program.entities for m in e.lists]
    names = [f.name for e in program.entities if e.holder for f in e.facts]
    person = {n: v for n, v in zip(names, ("甲", 3, "低"))}
    return [{"家庭": {lists[0]: [person]}}]
watching = True
for text in spec["texts"]:
    everything(text, usual)
plain = spec["plain"]
def hostile(program):
    out = []
    lists = [m.name for e in program.entities for m in e.lists]
    names = [f.name for e in program.entities if e.holder for f in e.facts]
    for p in spec["payloads"]:
        out += [{p: {}}, {"家庭": {p: 1, lists[0]: []}}, {"家庭": {lists[0]: p}}, {"家庭": {lists[0]: [{names[0]: p, names[1]: 3}]}}]
        out += [{"家庭": {lists[0]: [{names[1]: p}]}}, {"家庭": {lists[0]: [{names[2]: p, names[1]: 1}]}}]
    return out
everything(plain, hostile)
for p in spec["payloads"]:
    try:
        shipped.with_parameters({p: {"2022-01-01": p}})
    except PolicyError:
        pass
    for text in ("[" + json.dumps(p) + "]", "!!python/object/apply:os.system ['touch %s']" % spec["canary"], "a: !!python/name:os.system"):
        try:
            files.yaml(text, "x.yaml")
        except PolicyError:
            pass
watching = False
print(json.dumps({"seen": seen, "decided": decided}))
"""


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """Runs every attempt in one guarded process."""
    work = tmp_path_factory.mktemp("canary")
    canary, secret = work.parent / "canary-file", work.parent / "secret-file"
    secret.write_text("geheim", encoding="utf-8")
    (work / "inside").mkdir()

    def filled(payload: str) -> str:
        return payload.replace("CANARY", str(canary)).replace("SECRET", secret.name)

    payloads = [filled(p) for p in PAYLOADS]
    texts = [POLICY.format(**{**PLAIN, place: payload}) for place in PLACES for payload in payloads]
    spec = {
        "work": str(work / "inside"), "canary": str(canary), "secret": secret.name, "texts": texts, "payloads": payloads,
        "plain": POLICY.format(**PLAIN),
    }  # fmt: skip
    env = {**os.environ, "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", RUN],
        input=json.dumps(spec),
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=env,
        cwd=work,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return {
        **json.loads(done.stdout.splitlines()[-1]),
        "attempts": len(texts),
        "canary": canary.exists(),
        "secret": secret,
    }


def test_a_hundred_attempts_and_no_canary(outcome: dict[str, object]) -> None:
    """No file written, no process started, no secret opened, by any of the attempts; and the policies really ran."""
    assert outcome["seen"] == []
    assert outcome["canary"] is False
    assert int(str(outcome["attempts"])) > 100
    assert int(str(outcome["decided"])) > 100


def test_the_hook_would_have_seen_it(tmp_path: Path) -> None:
    """The watch itself works: an attempt that does run is seen."""
    code = RUN[RUN.index("work =") : RUN.index("decided = 0")]
    spec = {"work": str(tmp_path / "w"), "secret": "secret-file"}
    script = f"import sys, pathlib, json, os\nspec = json.loads({json.dumps(json.dumps(spec))})\n{code}\nwatching = True\nos.system('true')\nopen({str(tmp_path / 'x')!r}, 'w').close()\nwatching = False\nprint(len(seen))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.strip() == "2", done.stderr


def test_extends_takes_a_name_never_a_path(tmp_path: Path) -> None:
    """A layer is looked for by its 政策 name; a path in its place finds nothing."""
    from policy_dsl import PolicyError, load

    for name in ("../../etc/passwd", "/etc/passwd", "..", "~", "$HOME"):
        file = tmp_path / "a.policy"
        file.write_text(f"政策 甲\n  上级 「{name}」\n", encoding="utf-8")
        with pytest.raises(PolicyError) as caught:
            load(file)
        assert {d.code for d in caught.value.diagnostics} == {"P0603"}
