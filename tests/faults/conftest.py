"""Stores that commit as in real life, SQLite to the disk; every test here is a fault."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from lms.services.stores import Store, open_store
from tests.faults.found import prepared
from tests.store.databases import bases, on

__all__ = ["bases", "durable"]

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.faults)


@pytest.fixture(params=on("sqlite", "postgresql"))
def durable(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A store with a course and the learners of the nursery."""
    sqlite = request.param == "sqlite"
    url = f"sqlite:///{tmp_path}/lms.db" if sqlite else request.getfixturevalue("postgres_database")
    with closing(open_store(url, tmp_path)) as store:
        prepared(store)
        yield store
