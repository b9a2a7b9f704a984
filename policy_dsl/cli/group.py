"""The command `policy` itself: which commands there are. Each has a file of its name, loaded when it is called or listed."""

from __future__ import annotations

import io
import sys
from importlib import import_module
from typing import Any

import click

from .._version import __version__
from ..diagnostics.report import suggestion
from .printing import unwritable

COMMANDS = (  # in the order in which people meet them
    "check",
    "test",
    "decide",
    "explain",
    "timeline",
    "show",
    "docs",
    "new",
    "register",
    "explain-code",
    "schema",
    "compile",
)
CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class Group(click.Group):
    """Finds each command in the file of its name, keeps them in order, and suggests the nearest for a mistyped one."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        name = cmd_name.replace("-", "_")
        command: click.Command = getattr(import_module(f"{__package__}.{name}"), name)
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            zh, en = suggestion(args[0], COMMANDS)
            if zh:
                raise click.UsageError(f"{error.message}（{zh} {en}）", ctx) from None
            raise

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """An interrupt is the user's wish and ends the command quietly; help loads every command."""
        try:
            return super().make_context(*args, **extra)
        except KeyboardInterrupt:
            sys.exit(130)

    def invoke(self, ctx: click.Context) -> Any:
        """The same for an interrupt while a command is loaded or runs."""
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


@click.group(cls=Group, context_settings=CONTEXT)
@click.version_option(__version__, "--version", prog_name="policy", message="%(prog)s %(version)s")
def main() -> None:
    """policy：把社会救助政策写成可执行、可解释的规则。

    Rules as code for social policy: check, test, decide, explain.

    POLICY 是文件或文件夹的路径（含 / 或以 .policy 结尾），或随包政策的名称（清水县、qingshui）。
    """
