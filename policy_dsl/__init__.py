"""policy_dsl: rules as code for social policy. Load a policy, decide a case, read the reasons.

import policy_dsl

qingshui = policy_dsl.load("qingshui")
decision = qingshui.decide(facts, on="2022-06")
decision["家庭.保障金"]
print(decision.explain("家庭.保障金").text())
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._version import __version__

if TYPE_CHECKING:
    from .backends.calendar import Calendar
    from .decision import Decision
    from .diagnostics.report import Diagnostic, PolicyError
    from .explain.explanation import Explanation
    from .loading import load
    from .policy import Policy

__all__ = ["Calendar", "Decision", "Diagnostic", "Explanation", "Policy", "PolicyError", "__version__", "load"]

_WHERE = {
    "Calendar": "backends.calendar",
    "Decision": "decision",
    "Diagnostic": "diagnostics.report",
    "Explanation": "explain.explanation",
    "Policy": "policy",
    "PolicyError": "diagnostics.report",
    "load": "loading",
}


def __getattr__(name: str) -> Any:
    """Loads a public name when it is first asked for, so that `import policy_dsl` costs next to nothing."""
    if name in _WHERE:
        from importlib import import_module

        value = getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
