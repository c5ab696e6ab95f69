"""What a distributed database asks of a statement, as far as its text tells (docs/reference/data.md).

`faults` looks at one statement. `Watch` looks at all that are run while it is open, each text once, and
at the order within a transaction: whoever has asked about many people writes no ref table afterwards.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from sqlalchemy import Engine, event

from lms.store import events as hot_path
from lms.store.statements import DATABASES, Statement
from lms.store.tables import METADATA

CLASS: dict[str, str] = {table.name: table.info["class"] for table in METADATA.tables.values()}
KEY = {table.name: {column.name for column in table.primary_key} for table in METADATA.tables.values()}

_NAMED = re.compile(r"(?:FROM|JOIN|INTO|UPDATE|COPY)\s+(\w+)|,\s+(\w+)(?=\s+(?:WHERE|JOIN|ON)\b)")
_WRITES = re.compile(r"^(INSERT INTO|UPDATE|DELETE FROM)\s+(\w+)")
_ONE = re.compile(r"\bperson_id = (?:\?|:\w+|%\(\w+\)s)")
_SOME = re.compile(r"\bperson_id IN \(|\bperson_id,[^>]*\) > ")
_ALL = re.compile(r"\bGROUP BY\b|\bDISTINCT\b|\b(?:count|min|max|sum)\(|^SELECT people\.person_id FROM people LIMIT")
"""Counting, asking whether anybody is there: never about one."""
_PAGE = re.compile(r"\bperson_id > .*ORDER BY [\w.]*person_id")
_JOIN = re.compile(r"JOIN (\w+)(?: AS \w+)? ON (.*?)(?= (?:LEFT OUTER )?JOIN | WHERE | GROUP BY | ORDER BY | FOR |$)")
_NEVER = re.compile(r"\b(ROLLUP|CUBE|GROUPING SETS|RECURSIVE|ctid|CREATE TRIGGER)\b", re.IGNORECASE)
_VOLATILE = re.compile(r"\b(random|now|clock_timestamp|nextval|gen_random_uuid)\(", re.IGNORECASE)


def faults(statement: str) -> list[str]:
    """What a statement does that a distributed database refuses, or does slowly."""
    sql = " ".join(statement.split())
    tables = [name for pair in _NAMED.findall(sql) for name in pair if name in CLASS]
    classes = {CLASS[name] for name in tables}
    found = [f"{word} is refused" for word in _NEVER.findall(sql)]
    if "handle" in classes and len(classes) > 1:
        found.append("a handle leads to a person: ask for the handle, then for her, never both at once")
    if "person" in classes:
        found += _about_people(sql, tables)
    if sql.startswith("UPDATE") and tables:
        found += _update(sql, tables[0])
    return found


def _about_people(sql: str, tables: list[str]) -> list[str]:
    found = []
    writes = _WRITES.match(sql)
    if writes and CLASS.get(writes[2]) == "person" and not _names_her(sql, writes[1]):
        found.append("a write about people does not say which: person_id is missing")
    if " FOR UPDATE" in sql + " " or " FOR NO KEY UPDATE" in sql:
        found += [] if _ONE.search(sql) else ["many people are locked at once"]
    if not writes and not (_ONE.search(sql) or asks_many(sql)):
        found.append("a question about people does not say which: person_id is missing")
    if "EXISTS (" in sql:
        found.append("EXISTS over people: use IN (SELECT ...) or join an aggregate")
    if CLASS[tables[0]] == "person":
        apart = [name for name, on in _JOIN.findall(sql) if CLASS.get(name) == "person" and "person_id" not in on]
        found += [f"{name} is joined, but not on person_id" for name in apart]
    return found


def _names_her(sql: str, verb: str) -> bool:
    if verb == "INSERT INTO":
        return re.match(r"INSERT INTO \w+ \(person_id,", sql) is not None
    return _ONE.search(sql.partition(" WHERE ")[2]) is not None


def asks_many(sql: str) -> bool:
    """Whether it is about several people, in one of the ways that is allowed."""
    one = _ONE.search(sql) is not None
    return not one and any(kind.search(sql) for kind in (_SOME, _ALL, _PAGE))


def _update(sql: str, table: str) -> list[str]:
    changed = set(re.findall(r"(\w+) ?= ?", sql.partition(" SET ")[2].partition(" WHERE ")[0]))
    found = [f"{column} is a key of {table} and is changed" for column in sorted(changed & KEY[table])]
    return found + [f"{name}() gives each copy of a row something else" for name in _VOLATILE.findall(sql)]


@cache
def _known(statement: str) -> tuple[str, ...]:
    return tuple(f"{fault}:\n{statement}" for fault in faults(statement))


class Watch:
    """`with Watch() as watch:` and then `watch.faults`."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self._asked_many: dict[int, str] = {}

    def __enter__(self) -> Watch:
        for name, heard in self._hooks().items():
            event.listen(Engine, name, heard)
        for statement in vars(hot_path).values():
            if isinstance(statement, Statement):
                self.faults += [fault for name in DATABASES for fault in _known(statement.text(name))]
        return self

    def __exit__(self, *_: object) -> None:
        for name, heard in self._hooks().items():
            event.remove(Engine, name, heard)

    def _hooks(self) -> dict[str, Any]:
        ends = dict.fromkeys(("begin", "commit", "rollback"), self._ended)
        return {"before_cursor_execute": self._run, **ends}

    def _ended(self, db: Any) -> None:
        self._asked_many.pop(id(db), None)

    def _run(self, db: Any, _cursor: object, statement: str, *_: object) -> None:
        self.faults += _known(statement)
        sql = " ".join(statement.split())
        writes = _WRITES.match(sql)
        if writes and CLASS.get(writes[2]) == "ref" and id(db) in self._asked_many:
            self.faults.append(f"{writes[2]} is written after many people were asked about: {self._asked_many[id(db)]}")
        if asks_many(sql) and any(CLASS.get(name) == "person" for pair in _NAMED.findall(sql) for name in pair):
            self._asked_many[id(db)] = sql
