"""The stores, and a site on each, for the tests of services. Every statement they run is looked at."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lms.services.stores import Store
from tests.services.site import Site
from tests.store.databases import bases, store
from tests.store.lint import Watch

__all__ = ["bases", "site", "statements_keep_to_the_rules", "store"]


@pytest.fixture
def site(store: Store) -> Site:
    return Site(store)


@pytest.fixture(autouse=True)
def statements_keep_to_the_rules() -> Iterator[None]:
    """What a distributed database asks of every statement and transaction (docs/reference/data.md)."""
    with Watch() as watch:
        yield
    assert not watch.faults, "\n\n".join(watch.faults)
