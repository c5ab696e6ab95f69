"""The stores, and a site on each, for the tests of rows, tables and the gate."""

from __future__ import annotations

import pytest

from lms.services.stores import Store
from tests.services.site import Site
from tests.store.databases import bases, store

__all__ = ["bases", "site", "store"]


@pytest.fixture
def site(store: Store) -> Site:
    return Site(store)
