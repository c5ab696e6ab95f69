"""The lint itself: it finds what a distributed database refuses, and lets the rest be."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, text

from lms.store import events as hot_path
from lms.store.statements import DATABASES, Statement
from tests.store.lint import Watch, faults

REFUSED = (
    ("SELECT events.seq FROM events WHERE events.course_id = ?", "does not say which"),
    ("SELECT people.person_id FROM people WHERE people.username = %(username)s", "does not say which"),
    ("UPDATE people SET lang=? WHERE people.public_id = ?", "does not say which"),
    ("UPDATE progress SET score=? WHERE progress.person_id IN (SELECT people.person_id FROM people)", "say which"),
    ("DELETE FROM words WHERE words.body = ?", "does not say which"),
    ("INSERT INTO words (event_id, body) VALUES (?, ?)", "does not say which"),
    ("UPDATE events SET person_id=? WHERE events.person_id = ?", "person_id is a key"),
    ("UPDATE progress SET course_id = progress.course_id WHERE progress.person_id = ?", "course_id is a key"),
    ("UPDATE handles SET key_hash=? WHERE handles.key_hash = ?", "key_hash is a key"),
    ("SELECT handles.kind FROM handles JOIN people ON people.person_id = handles.person_id", "a handle leads"),
    ("SELECT people.lang FROM people JOIN events ON events.day = people.area_id WHERE people.person_id = ?", "not on"),
    ("SELECT progress.state FROM progress WHERE progress.course_id = ? FOR UPDATE", "locked at once"),
    ("SELECT people.lang FROM people WHERE people.person_id IN (1, 2) FOR NO KEY UPDATE", "locked at once"),
    ("SELECT enrolments.area_id, count(*) FROM enrolments GROUP BY ROLLUP (enrolments.area_id)", "ROLLUP"),
    ("WITH RECURSIVE down AS (SELECT 1) SELECT areas.area_id FROM areas", "RECURSIVE"),
    ("DELETE FROM events WHERE events.person_id = ? AND ctid = ?", "ctid"),
    ("CREATE TRIGGER t AFTER INSERT ON events", "CREATE TRIGGER"),
    (
        "SELECT groups.name FROM groups WHERE EXISTS (SELECT 1 FROM memberships WHERE memberships.person_id = ?)",
        "EXISTS",
    ),
    ("UPDATE people SET sign_in_epoch=random() WHERE people.person_id = ?", "random()"),
)
FINE = (
    "SELECT events.seq FROM events WHERE events.person_id = ? AND events.course_id = ? ORDER BY events.seq",
    "SELECT progress.state FROM progress WHERE progress.person_id = %(p)s FOR UPDATE OF progress",
    "SELECT people.display_name FROM people WHERE people.person_id IN (SELECT memberships.person_id FROM memberships)",
    "SELECT progress.state FROM progress WHERE progress.person_id > ? ORDER BY progress.person_id LIMIT ?",
    "SELECT enrolments.area_id, count(*) FROM enrolments GROUP BY enrolments.area_id",
    "UPDATE handles SET used_ms=? WHERE handles.key_hash = ? AND handles.kind = ?",
    "UPDATE groups SET join_hash=?, join_salt=? WHERE groups.group_id = ?",
    "INSERT INTO words (person_id, event_id, body) VALUES (?, ?, ?) ON CONFLICT (person_id, event_id) DO NOTHING",
    "SELECT courses.slug FROM courses",
    "UPDATE alembic_version SET version_num='1'",
)


@pytest.mark.parametrize(("statement", "told"), REFUSED)
def test_what_is_refused_is_found(statement: str, told: str):
    assert any(told in fault for fault in faults(statement)), faults(statement)


@pytest.mark.parametrize("statement", FINE)
def test_what_is_fine_is_let_be(statement: str):
    assert faults(statement) == []


def test_every_statement_of_the_hot_path_is_looked_at():
    with Watch() as watch:
        pass
    assert watch.faults == []
    found = [text for it in vars(hot_path).values() if isinstance(it, Statement) for text in map(it.text, DATABASES)]
    assert len(found) >= 20


def test_a_ref_table_written_after_many_people_were_asked_about_is_found():
    engine = create_engine("sqlite://")
    with Watch() as watch, engine.connect() as db:
        for table in ("groups", "people"):
            db.execute(text(f"CREATE TABLE {table} (person_id, name)"))
        db.execute(text("SELECT count(*) FROM people"))
        db.execute(text("INSERT INTO groups (name) VALUES ('after')"))
        db.commit()
        db.execute(text("INSERT INTO groups (name) VALUES ('first')"))
        db.execute(text("SELECT count(*) FROM people"))
    assert len(watch.faults) == 1
    assert "groups is written after" in watch.faults[0]
    engine.dispose()
