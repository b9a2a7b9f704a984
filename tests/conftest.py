"""What all tests share: Hypothesis profiles, the golden-file option, a private cache, a small invented county."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("dev", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile(
    "ci", deadline=None, derandomize=True, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

DATA = Path(__file__).parent / "data"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the expected results anew")
    parser.addoption(
        "--deep", action="store_true", help="run at full length what each change tries a sample of (tests/deep)"
    )


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Whether golden files shall be written instead of compared."""
    return bool(request.config.getoption("--update-golden"))


@pytest.fixture
def deep(request: pytest.FixtureRequest) -> bool:
    """Whether a test of tests/deep runs at full length, not as a sample."""
    return bool(request.config.getoption("--deep"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Seeds drawn anew (`record_property("seed", …)`) are printed, so that a run can be had again, and what survived one ("survivors")."""
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, value in getattr(report, "user_properties", ()):
                if name in ("seed", "survivors") and report.when == "call":
                    terminalreporter.write_line(f"{name} of {report.nodeid}: {value}")


@pytest.fixture(autouse=True, scope="session")
def private_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keeps the tests' compiled policies out of the user's cache."""
    folder = tmp_path_factory.mktemp("cache", numbered=True)
    folder.chmod(0o700)
    os.environ["POLICY_DSL_CACHE"] = str(folder)
    return folder


@pytest.fixture(scope="session")
def county() -> Path:
    """The invented county on which features are tested."""
    return DATA / "county.policy"
