"""How a command ends that cannot go on: with a message, never with a traceback."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from click import ClickException

from ..diagnostics.report import PolicyError, diagnostic
from .printing import fail


def guarded(function: Callable[..., Any]) -> Callable[..., Any]:
    """Input at fault becomes a message and exit 1 (or 2 for the call); what nobody foresaw, too, never a traceback."""
    from functools import wraps

    @wraps(function)
    def run(*args: Any, **kwargs: Any) -> Any:
        lang = "en" if kwargs.get("lang") == "en" else "zh"
        try:
            return function(*args, **kwargs)
        except PolicyError as error:
            fail(error.diagnostics, lang)
        except ClickException:  # a wrong call, of which click says how it is made
            raise
        except RecursionError:
            fail([diagnostic("F0114", what="嵌套太深", what_en="nesting")], lang)
        except MemoryError:
            fail([diagnostic("F0114", what="内存不够", what_en="memory")], lang)
        except Exception as error:
            if os.environ.get("POLICY_DSL_DEBUG"):
                raise
            fail([diagnostic("P0808", kind=type(error).__name__, problem=str(error)[:200])], lang)

    return run
