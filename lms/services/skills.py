"""What somebody can do now, for her own page and nobody else's."""

from __future__ import annotations

from collections.abc import Sequence

from lms.learning.skills import Skills
from lms.services import progress
from lms.services.courses import Catalogue, Shelf
from lms.store.gate import Store
from lms.store.ratings import ratings_of


def mine(store: Store, catalogue: Catalogue, shelf: Shelf, ids: Sequence[int]) -> Skills:
    """What she learned and said, in the courses that are shown. `ids`: all that are she, her own first."""
    wheres = [where for where in progress.everywhere(store, catalogue, shelf, ids[0]) if where.begun]
    with store.read() as db:
        return Skills(wheres, ratings_of(db, ids))
