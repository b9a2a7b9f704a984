"""`python -m policy_dsl` is the command `policy`."""

from .cli.cli import main

if __name__ == "__main__":
    main(prog_name="policy")
