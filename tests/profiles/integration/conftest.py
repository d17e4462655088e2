"""People whom many tests of the desk need, in the module's own database."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from tests.support.desk import a_person


@pytest.fixture
def vera(database: sa.Engine) -> str:
    """A verifier."""
    return a_person(database, "Vera", roles=("VERIFIER",))


@pytest.fixture
def vito(database: sa.Engine) -> str:
    """A second verifier."""
    return a_person(database, "Vito", roles=("VERIFIER",))
