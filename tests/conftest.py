"""What all tests share: one option."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update",
        action="store_true",
        help="write our own answers into `want/` sections (never into `go/` ones); not with -n",
    )


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    """Should this test write what it finds into its case?"""
    return bool(request.config.getoption("--update"))
