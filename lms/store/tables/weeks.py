"""The table of the links by which businesses say whether the hours of a week are right."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, String

from lms.store.tables.columns import Id, instant, owner, person_table

week_links = person_table(
    "week_links",
    owner(),
    Column("link_id", Id, primary_key=True),
    Column("placement_id", Id, nullable=False),
    Column("week", Integer, nullable=False),
    Column("way", String(8), nullable=False),
    Column("by_id", BigInteger),
    instant("made_ms"),
    instant("expires_ms"),
    instant("sent_ms", null=True),
    instant("again_ms", null=True),
    instant("refused_ms", null=True),
    instant("used_ms", null=True),
    instant("closed_ms", null=True),
)
