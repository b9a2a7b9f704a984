"""All that can be asked of a text that claims to be a policy. Whatever it is, nothing but coded diagnostics may come of it."""

from __future__ import annotations

import ast
import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from types import FrameType

from policy_dsl import Policy, PolicyError
from policy_dsl.backends.standalone import standalone
from policy_dsl.diagnostics.codes import CODES
from policy_dsl.diagnostics.render import as_json, as_sarif, text
from policy_dsl.diagnostics.report import Diagnostic, Report
from policy_dsl.examples.run import run
from policy_dsl.facts.schema import schema, template
from policy_dsl.ir.nodes import Program
from policy_dsl.ir.traverse import usual_roots
from policy_dsl.pipeline import compile_layers
from policy_dsl.source import Place, Source
from tests.property.cases import FactsWriter
from tests.property.dice import Thrown
from tests.regressions.deciding import decided

from .mutate import Layers, layer_files

SECONDS = 20.0  # of the processor for one text
LARGE = 24_000  # characters: what takes seconds to ask all of a policy, and is asked of few
LANGS = ("zh", "en")
ON = "2022-06-01"


class Endless(BaseException):
    """The text took longer than any may. No Exception: the code under test must not catch it."""


@contextmanager
def bounded(seconds: float = SECONDS) -> Iterator[None]:
    """Raises Endless when what is inside takes so much of the processor; that other processes are busy does not count."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise Endless(f"more than {seconds} seconds of the processor")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def exercise(layers: Layers, seed: int = 0) -> bool:
    """Compiles the text; where it compiles, asks of it what people may ask. Gives whether it did; raises what nobody foresaw.

    `seed`: of the facts; a large policy is asked by every twentieth alone.
    """
    report = Report()
    program = compile_layers(layer_files(layers), report)
    told(report.sorted(), layers)
    assert (program is None) == report.failed, "refused without a reason, or taken in spite of one"
    if program is None:
        return False
    if sum(map(len, layers)) > LARGE and seed % 20:
        return True
    policy = Policy(program)
    for result in run(policy):
        told(list(result.findings), layers)
    for lang in LANGS:
        policy.show(on=ON).text(lang)
        json.dumps(policy.show(on=ON).to_json(lang))
        policy.register().markdown(lang)
    asked(policy, layers, Random(seed))
    with refusing(layers):
        json.dumps(schema(program))
        for form in ("json", "yaml", "csv"):
            for lang in LANGS:
                template(program, form, lang)
        ast.parse(standalone(program))
    return True


def asked(policy: Policy, layers: Layers, random: Random) -> None:
    """Decisions, explanations and a timeline of a blank case and of a case by chance; the evaluators agree."""
    for facts in cases(policy.program, random):
        with refusing(layers):
            decision = decided(policy, facts, ON)  # type: ignore[arg-type]
            told(list(decision.errors), layers)
            made = decision.explain()
            for lang in LANGS:
                assert decision.text(lang)
                made.text(lang), made.markdown(lang), made.html(lang)
                json.dumps(made.to_json(lang))
        with refusing(layers):
            months = policy.timeline(facts, start="2022-05", end="2022-07")
            told([*months.findings, *months.errors], layers)
            for lang in LANGS:
                months.text(lang), months.html(lang)
            json.dumps(months.to_json())


def cases(program: Program, random: Random) -> Iterator[object]:
    """A case of which nothing is known, and two of which something is."""
    roots = [e.name for e in usual_roots(program) or program.entities]
    if not roots:
        yield {}
        return
    blank = json.loads(template(program, "json"))
    yield blank
    for unknown in (0, 20):
        yield FactsWriter(Thrown(random.randrange(1 << 30)), program, unknown).facts(random.choice(roots))


@contextmanager
def refusing(layers: Layers) -> Iterator[None]:
    """What is refused is refused by diagnostics as they should be."""
    found = None
    try:
        yield
    except PolicyError as error:
        found = list(error.diagnostics)
    if found is not None:
        assert found, "refused without a reason"
        told(found, layers)


def told(found: list[Diagnostic], layers: Layers) -> None:
    """Each has a code that is known, words in both languages, places within the texts; all forms of them can be made."""
    for d in found:
        assert d.code in CODES, d
        assert d.code != "P0808", d
        assert d.zh.strip(), d
        assert d.en.strip(), d
        assert bool(d.help_zh) == bool(d.help_en), d
        for place in (d.place, *(x.place for x in d.labels)):
            if place is not None:
                within(place, layers)
    for lang in LANGS:
        assert bool(text(found, lang, colour=True)) == bool(found)
        json.dumps(as_json(found, lang))
        json.dumps(as_sarif(found, lang, "0"))


def within(place: Place, layers: Layers) -> None:
    """The place is one of the texts, and its beginning comes before its end."""
    source = Source(place.file, layers[int(place.file.removesuffix(".policy"))])
    assert 1 <= place.line <= place.end_line <= source.lines, place
    assert 1 <= place.column <= len(source.line_text(place.line)) + 2, place
    assert (place.line, place.column) <= (place.end_line, place.end_column), place
    assert source.line_text(place.line).startswith(place.text), place
