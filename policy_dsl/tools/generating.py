"""Generated cases, by Hypothesis: facts and days at which the policy may turn, and the smallest case for each problem that they show.

The same seed gives the same cases, unless time runs out. Nothing is proved by them: what is said is how many were tried.
"""

from __future__ import annotations

import datetime
import itertools
import json
import os
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from .. import cache
from ..backends.guard import fails
from ..backends.interpret import Interpretation
from ..backends.runtime import UNKNOWN, add_months
from ..decision import Decision
from ..diagnostics.report import Diagnostic, PolicyError, diagnostic
from ..ir import nodes as ir
from ..ir.traverse import in_force_on, is_roll, usual_roots, walk
