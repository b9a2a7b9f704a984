"""`python -m policy_dsl` is the command `policy`."""

from __future__ import annotations

import os
import signal


def main() -> None:
    """The command line. Whoever interrupts it while its parts are loaded is not told of it either: it ends with 130."""
    awake = signal.getsignal(signal.SIGINT) is signal.default_int_handler  # not where interrupts are to be ignored
    if awake:
        signal.signal(signal.SIGINT, lambda *_: os._exit(130))
    from .cli import main as command

    if awake:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    command(prog_name="policy")


if __name__ == "__main__":
    main()
