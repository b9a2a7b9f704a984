"""The command `policy test`."""

from __future__ import annotations

import sys
from typing import Any

import click

from .given import with_calendar
from .guarded import guarded
from .options import calendar_option, lang_option
from .printing import complain, counted, say


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--generate",
    type=click.IntRange(1, 1_000_000),
    metavar="N",
    help="再试 N 个生成的情形（需要 policy_dsl[generate]）/ try N generated cases too.",
)
@click.option(
    "--seed", type=click.IntRange(0), default=0, help="同一个种子得到同样的情形 / the same seed, the same cases.  [0]"
)
@calendar_option
@lang_option
@guarded
def test(paths: tuple[str, ...], generate: int | None, seed: int, calendar: str | None, lang: str) -> None:
    """运行政策里的案例，检查保证。 / Run the examples that stand beside the rules, check the guarantees."""
    from .. import library
    from ..diagnostics.report import Report
    from ..examples.guarantees import figures
    from ..examples.run import run
    from ..pipeline import compile_layers
    from ..policy import Policy

    give = with_calendar(calendar)
    report = Report(ends=False)
    passed = failed = 0
    tried: list[tuple[str, Any]] = []
    policies, problems = library.units(list(paths))
    for found in problems:
        report.add(found)
    for layers in policies:
        mine = Report()
        program = compile_layers(layers, mine)
        report.take(mine)
        if program is None:
            continue
        policy = give(Policy(program))
        for found in figures(policy):
            report.add(found)
        if generate is not None:
            from ..examples.generate import generated

            tested = generated(policy, generate, seed)
            tried.append((policy.name, tested))
            for found in tested.findings:
                report.add(found)
        for result in run(policy):
            for found in result.findings:
                report.add(found)
            if result.passed:
                passed += 1
                continue
            failed += 1
            place = result.example.place
            say(f"{'不符' if lang == 'zh' else 'FAILED'}  {result.example.title}  ({place.file}:{place.line})", lang)
            for m in result.mismatches:
                say(f"    {m.path}  {m.zh if lang == 'zh' else m.en}  ({m.place.file}:{m.place.line})", lang)
            for f in result.findings:
                say(f"    {f.path}  [{f.code}] {f.message(lang)}  ({f.place})", lang)
    if report.items:
        complain(report.sorted(), lang)
    zh, en = f"{passed} 个案例相符，{failed} 个不符", f"{counted(passed, 'example')} passed, {failed} failed"
    say(zh if lang == "zh" else en, lang)
    for name, tested in tried:
        say(_tried(name, tested, seed, lang), lang)
    sys.exit(1 if failed or report.failed else 0)


def _tried(name: str, tested: Any, seed: int, lang: str) -> str:
    """What came of generated cases. They prove nothing, so how many were tried is what is said."""
    count, problems = tested.cases, len(tested.findings)
    if lang == "zh":
        late = "" if tested.in_time else "，时间用完，没有试完"
        return f"{name}：试了 {count} 个情形（种子 {seed}{late}），发现 {problems} 个问题"
    late = "" if tested.in_time else ", time ran out"
    found = counted(problems, "problem") if problems else "nothing"
    return f"{name}: {counted(count, 'case')} tested (seed {seed}{late}), {found} found"
