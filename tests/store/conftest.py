"""The stores, for the tests of rows and tables."""

from tests.store.databases import bases, store

__all__ = ["bases", "store"]
