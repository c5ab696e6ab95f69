"""The groups of a scope are found by index: how many others there are on a site costs nobody a thing."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, text

from lms.learning.people import Scope
from lms.store import people, ring
from lms.store.tables import METADATA

SCOPES = {
    "a programme": Scope(programmes=frozenset({3})),
    "organisations and a venue": Scope(organisations=frozenset({1, 2}), venues=frozenset({4})),
    "groups": Scope(groups=frozenset({5, 6})),
}


@pytest.mark.parametrize("statement", [people._GROUPS_IN, ring._GROUPS_IN], ids=["ids", "with courses"])
@pytest.mark.parametrize("scope", SCOPES.values(), ids=SCOPES)
def test_no_group_outside_a_scope_is_looked_at(statement, scope):
    engine = create_engine("sqlite://")
    METADATA.create_all(engine)
    asked = statement.params(people.reach_of(scope)).compile(engine, compile_kwargs={"literal_binds": True})
    with engine.connect() as db:
        steps = [row[3] for row in db.execute(text(f"explain query plan {asked}"))]
    engine.dispose()
    assert [it for it in steps if it.startswith("SCAN groups")] == []
    assert any(it.startswith("SEARCH groups USING") for it in steps), steps
