"""The command `policy`. Reads and prints; everything else is the API's. Heavy parts are imported by the commands that need them."""

from __future__ import annotations

import datetime
import io
import sys
from typing import Any

import click

from .._version import __version__
from ..diagnostics.report import Diagnostic, PolicyError, diagnostic, suggestion
from .given import decided, policy_named, proper, today, with_calendar
from .guarded import guarded
from .options import calendar_option, lang_option, on_option
from .printing import complain, counted, fail, put, say, unwritable

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class Commands(click.Group):
    """Keeps the commands in the order in which people meet them, and suggests the nearest for a mistyped one."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            zh, en = suggestion(args[0], self.commands)
            if zh:
                raise click.UsageError(f"{error.message}（{zh} {en}）", ctx) from None
            raise

    def invoke(self, ctx: click.Context) -> Any:
        """An interrupt is the user's wish and ends the command quietly."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            sys.exit(130)

    def main(self, *args: Any, **extra: Any) -> Any:
        """Everything is printed as UTF-8, what click itself says too; a stream that the shell has closed is none to read or write."""
        sys.stdin = sys.stdin or io.TextIOWrapper(io.BytesIO())
        sys.stderr = sys.stderr or io.TextIOWrapper(io.BytesIO())
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(encoding="utf-8", errors="surrogateescape")
        try:
            return super().main(*args, **extra)
        except OSError as error:  # where help or the version is printed to
            unwritable(error, "zh")


@click.group(cls=Commands, context_settings=CONTEXT)
@click.version_option(__version__, "--version", prog_name="policy", message="%(prog)s %(version)s")
def main() -> None:
    """policy：把社会救助政策写成可执行、可解释的规则。

    Rules as code for social policy: check, test, decide, explain.

    POLICY 是文件或文件夹的路径（含 / 或以 .policy 结尾），或随包政策的名称（清水县、qingshui）。
    """


@main.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "sarif"]),
    default="text",
    help="输出格式 / output format.  [text]",
)
@lang_option
@guarded
def check(paths: tuple[str, ...], form: str, lang: str) -> None:
    """检查政策文件：语法、名称、类型、单位、日期。 / Check policy files."""
    from .. import library
    from ..diagnostics.render import as_json, as_sarif
    from ..diagnostics.report import Report
    from ..outputs import dump
    from ..pipeline import compile_layers

    report = Report()
    policies, problems = library.units(list(paths))
    for found in problems:
        report.add(found)
    for layers in policies:
        compile_layers(layers, report)
    items = report.sorted()
    if form == "json":
        say(dump(as_json(items, lang)))
    elif form == "sarif":
        say(dump(as_sarif([*items, *report.allowed], lang, __version__)))
    else:
        if items:
            complain(items, lang)
        errors = sum(d.severity == "error" for d in items)
        if lang == "zh":
            result = f"{errors} 个错误" if errors else f"{len(items)} 条提示" if items else "没有发现问题"
            line = f"检查了 {len(policies)} 个政策：{result}"
        else:
            result = (
                counted(errors, "error") if errors else counted(len(items), "finding") if items else "nothing found"
            )
            line = f"{counted(len(policies), 'policy', 'policies')} checked: {result}"
        if errors:
            click.echo(line, err=True)
        else:
            say(line, lang)
    sys.exit(1 if report.failed else 0)


@main.command()
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
    report = Report()
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
            say(f"{'不符' if lang == 'zh' else 'FAILED'}  {result.example.title}  ({place.file}:{place.line})")
            for m in result.mismatches:
                say(f"    {m.path}  {m.zh if lang == 'zh' else m.en}  ({m.place.file}:{m.place.line})")
            for f in result.findings:
                say(f"    {f.path}  [{f.code}] {f.message(lang)}  ({f.place})")
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


@main.command()
@click.argument("policy")
@click.argument("facts")
@on_option
@click.option("--json", "as_json", is_flag=True, help="按约定的 JSON 输出 / print the contract's JSON.")
@calendar_option
@lang_option
@guarded
def decide(policy: str, facts: str, on: str | None, as_json: bool, calendar: str | None, lang: str) -> None:
    """对一户作出决定。FACTS 是 .json、.yaml 文件或 -。 / Decide one case."""
    decision = decided(policy, facts, today(on, lang), calendar)
    if as_json:
        from ..outputs import dump

        say(dump(decision.to_json()))
    else:
        say(decision.text(lang))
    errors = decision.errors
    if errors:
        fail(errors, lang)


@main.command()
@click.argument("policy")
@click.argument("facts")
@on_option
@click.option("--of", "name", metavar="NAME", help="只解释这一项 / explain this output alone.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "md", "html", "json"]),
    default="text",
    help="输出格式 / output format.  [text]",
)
@calendar_option
@lang_option
@guarded
def explain(
    policy: str, facts: str, on: str | None, name: str | None, form: str, calendar: str | None, lang: str
) -> None:
    """作出决定并逐条说明理由。 / Decide and give reasons, each traced to its clause."""
    decision = decided(policy, facts, today(on, lang), calendar)
    made = decision.explain(None if name is None else proper(name))
    if form == "json":
        from ..outputs import dump

        say(dump(made.to_json(lang)))
    else:
        say({"text": made.text, "md": made.markdown, "html": made.html}[form](lang))
    errors = decision.errors
    if errors:
        fail(errors, lang)


@main.command()
@click.argument("policy")
@click.argument("history")
@click.option("--from", "start", metavar="YYYY-MM", required=True, help="第一个月 / the first month.")
@click.option("--to", "end", metavar="YYYY-MM", required=True, help="最后一个月 / the last month.")
@click.option("--as-known", metavar="DATE", help="按那一天所知的规定和事实 / as known on that day.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "md", "html", "json"]),
    default="text",
    help="输出格式 / output format.  [text]",
)
@click.option("--json", "as_json", is_flag=True, help="同 --format json / the same as --format json.")
@calendar_option
@lang_option
@guarded
def timeline(
    policy: str,
    history: str,
    start: str,
    end: str,
    as_known: str | None,
    form: str,
    as_json: bool,
    calendar: str | None,
    lang: str,
) -> None:
    """逐月作出决定：状态、变化与原因、补发。 / Decide month by month, with arrears."""
    from ..facts.files import read

    made = with_calendar(calendar)(policy_named(policy))
    given = read(history)
    try:
        months = made.timeline(given, start=start, end=end, as_known=as_known)
    except PolicyError as error:
        raise PolicyError(d if d.path or d.place else d._replace(path=history) for d in error.diagnostics) from None
    if as_json or form == "json":
        from ..outputs import dump

        say(dump(months.to_json(lang)))
    else:
        say({"text": months.text, "md": months.markdown, "html": months.html}[form](lang))
    errors = months.errors
    if errors:
        fail(errors, lang)


@main.command()
@click.argument("policy")
@on_option
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help="输出格式 / output format.  [text]"
)
@lang_option
@guarded
def show(policy: str, on: str | None, form: str, lang: str) -> None:
    """列出某一天有效的规定，每一项写明出自哪一级。 / The effective policy through all layers, each item with its origin."""
    made = policy_named(policy).show(on=today(on, lang))
    if form == "json":
        from ..outputs import dump

        say(dump(made.to_json(lang)))
    else:
        say(made.text(lang), lang)


@main.command()
@click.argument("policy", metavar="POLICY|FOLDER")
@click.option("--output", required=True, metavar="DIR", help="写到这个文件夹 / write into this folder.")
@click.option(
    "--lang",
    type=click.Choice(["zh", "en", "both"]),
    default="zh",
    help="页面的语言 / language of the pages; both: a folder for each.  [zh]",
)
@guarded
def docs(policy: str, output: str, lang: str) -> None:
    """把政策写成网页用的 Markdown：每个地方、每个文件、每条规则一页。 / Write a page for each place, scheme and rule."""
    from ..handbook.book import pages
    from ..handbook.write import write

    made = pages(proper(policy), lang)
    write(output, made)
    say(f"wrote {counted(len(made), 'page')} to {output}" if lang == "en" else f"已写 {len(made)} 页到 {output}")


@main.command()
@click.argument("name")
@click.option("--extends", metavar="POLICY", required=True, help="它的上级 / the layer above.")
@click.option("-o", "--output", metavar="DIR", default=".", help="新文件夹放在这里 / where the folder is put.  [.]")
@lang_option
@guarded
def new(name: str, extends: str, output: str, lang: str) -> None:
    """为一个新地方写出开头：文件夹 NAME，要填的参数都是待定。 / A folder for a new place, everything to be filled in."""
    from ..library import is_path
    from ..newplace.write import start

    above = extends if is_path(extends) else proper(extends)
    written = start(proper(name), above, output, lang, f"{datetime.date.today():%Y-%m}")
    say(f"已写 {written}" if lang == "zh" else f"wrote {written}", lang)


@main.command()
@click.argument("policies", nargs=-1, required=True, metavar="POLICY...")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "md", "json"]),
    default="text",
    help="输出格式 / output format.  [text]",
)
@lang_option
@guarded
def register(policies: tuple[str, ...], form: str, lang: str) -> None:
    """登记每一项假设和待定：影响哪些结果，由谁可定。文件夹：里面的每个政策。 / Every assumption and open parameter."""
    from .. import library
    from ..loading import load, loaded

    made = []
    problems: list[Diagnostic] = []
    for given in policies:
        try:
            if not library.is_path(given):
                made.append(load(proper(given)).register())
                continue
            units, found = library.units([given])
            problems += found
            made += [loaded(layers).register() for layers in units]
        except PolicyError as error:
            problems += error.diagnostics
    if form == "json":
        from ..outputs import dump

        say(dump([x.to_json(lang) for x in made]))
    elif made:
        say("\n\n".join({"text": x.text, "md": x.markdown}[form](lang) for x in made), lang)
    if problems:
        fail(problems, lang)


@main.command("explain-code")
@click.argument("code")
@lang_option
@guarded
def explain_code(code: str, lang: str) -> None:
    """显示一个诊断代码的说明页。 / Show the page of a diagnostic."""
    from ..diagnostics.codes import CODES
    from .pages import page

    wanted = code.upper()
    if wanted not in CODES:
        zh, en = suggestion(wanted, CODES)
        fail([diagnostic("P0804", code=code[:40], hint=(zh or "代码形如 P0201", en or "codes look like P0201"))], lang)
    say(page(wanted, lang))


@main.command()
@click.argument("policy")
@click.option(
    "--template", type=click.Choice(["json", "yaml", "csv"]), help="输出可填写的空白 / print a blank to fill in."
)
@lang_option
@guarded
def schema(policy: str, template: str | None, lang: str) -> None:
    """列出政策需要的事实（JSON Schema 或空白表）。 / The facts that a policy takes."""
    from ..facts import schema as schemas
    from ..outputs import dump

    program = policy_named(policy).program
    say(dump(schemas.schema(program, lang)) if template is None else schemas.template(program, template, lang))


@main.command("compile")
@click.argument("policy")
@click.option("-o", "--output", required=True, metavar="FILE.py", help="写到这个文件 / write to this file.")
@lang_option
@guarded
def compile_(policy: str, output: str, lang: str) -> None:
    """把政策编译成可读、可独立导入的 Python。 / Compile a policy to readable, standalone Python."""
    from .. import library
    from ..backends.standalone import MARK, standalone
    from ..loading import loaded
    from ..writing import standard_output, write

    layers = library.find(policy if library.is_path(policy) else proper(policy))
    text = standalone(loaded(layers).program)
    if standard_output(output):  # then that is all that is printed
        put(text.encode(), lang)
    else:
        write(output, text, MARK, [file.path for layer in layers for file in layer.files])
        say(f"已写 {output}" if lang == "zh" else f"wrote {output}", lang)
