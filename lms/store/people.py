"""Rows of people: who they are, how they sign in, their roles, and who may see whom."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Select, bindparam, delete, false, func, insert, or_, select, union, update

from lms.learning.people import Held, Placed, Role, Scope, ScopeKind
from lms.store import complaints, concerns, handles, longlists, messages
from lms.store.tables import (
    awards,
    consents,
    contacts,
    credentials,
    devices,
    events,
    evidence,
    goals,
    groups,
    mail,
    memberships,
    merges,
    people,
    roles,
    secrets,
    sign_ins,
    venues,
    words,
)

GUEST, ACCOUNT = "guest", "account"
"""Kinds of people: who learns without a way to sign in, and who has one."""
PASSWORD, PIN = "password", "pin"
"""Kinds of secrets: hers anywhere, and with one phone alone."""


class PersonRow(NamedTuple):
    """A person as pages name her."""

    person_id: int
    public_id: str
    kind: str
    display_name: str
    username: str | None
    lang: str
    area_id: int | None
    wishes: str
    made_ms: int


_PERSON = (
    people.c.person_id,
    people.c.public_id,
    people.c.kind,
    people.c.display_name,
    people.c.username,
    people.c.lang,
    people.c.area_id,
    people.c.wishes,
    people.c.made_ms,
)


_HELD = (roles.c.role, roles.c.scope, roles.c.scope_id, roles.c.starts_ms, roles.c.ends_ms)


def _held(role: str, scope: str, scope_id: int, starts_ms: int, ends_ms: int | None) -> Held:
    return Held(Role(role), ScopeKind(scope), scope_id, starts_ms, ends_ms)


def add_person(db: Connection, values: dict[str, Any]) -> None:
    """A new person, and the handle that leads from her public id to her."""
    db.execute(insert(people), values)
    handles.add(db, "person", values["public_id"], values["person_id"], values["made_ms"])


def change_person(db: Connection, person_id: int, **values: Any) -> None:
    """Change what a person told us about herself."""
    db.execute(update(people).where(people.c.person_id == person_id).values(**values))


def person(db: Connection, person_id: int) -> PersonRow | None:
    """A person who has not been erased."""
    row = db.execute(select(*_PERSON).where(people.c.person_id == person_id, people.c.erased_ms.is_(None))).first()
    return PersonRow(*row) if row else None


def persons(db: Connection, visible: Select[Any], limit: int, after: int = 0) -> list[PersonRow]:
    """People with an account among those visible, by id, from after one."""
    rows = db.execute(
        select(*_PERSON)
        .where(people.c.person_id.in_(visible), people.c.person_id > after, people.c.erased_ms.is_(None))
        .where(people.c.kind != GUEST)
        .order_by(people.c.person_id)
        .limit(limit)
    )
    return [PersonRow(*row) for row in rows]


def by_public_id(db: Connection, visible: Select[Any], public_id: str) -> PersonRow | None:
    """A person by the id that is shown outside, if she is among those visible."""
    handle = handles.find(db, "person", public_id)
    return one_of(db, visible, handle.person_id) if handle else None


def one_of(db: Connection, visible: Select[Any], person_id: int) -> PersonRow | None:
    """A person, if she is among those visible."""
    row = db.execute(
        select(*_PERSON).where(
            people.c.person_id == person_id, people.c.person_id.in_(visible), people.c.erased_ms.is_(None)
        )
    ).first()
    return PersonRow(*row) if row else None


@lru_cache(maxsize=256)
def visible(scope: Scope, person_id: int, group_ids: tuple[int, ...]) -> Select[Any]:
    """The ids of the people a scope reaches, and oneself. `group_ids`: those of its groups that matter here."""
    if scope.everywhere:
        return select(people.c.person_id)
    members = select(memberships.c.person_id).where(
        memberships.c.group_id.in_(group_ids) if group_ids else false(), memberships.c.left_ms.is_(None)
    )
    return members.union(select(people.c.person_id).where(people.c.person_id == person_id))  # type: ignore[return-value]


def with_staff(scope: Scope, seen: Select[Any], group_ids: Iterable[int], at_ms: int) -> Select[Any]:
    """Those seen, and whoever holds a role inside the organisations of a scope, now or later."""
    if scope.everywhere or not scope.organisations:
        return seen
    inside = select(venues.c.venue_id).where(venues.c.organisation_id.in_(list(scope.organisations)))
    over = or_(
        (roles.c.scope == ScopeKind.ORGANISATION) & roles.c.scope_id.in_(list(scope.organisations)),
        (roles.c.scope == ScopeKind.VENUE) & roles.c.scope_id.in_(inside),
        (roles.c.scope == ScopeKind.GROUP) & roles.c.scope_id.in_(list(group_ids)),
    )
    staff = select(roles.c.person_id).where(over, or_(roles.c.ends_ms.is_(None), roles.c.ends_ms > at_ms))
    return union(select(seen.subquery().c.person_id), staff)  # type: ignore[return-value]


EVERYBODY = visible(Scope(everywhere=True), 0, ())
_ALL_GROUPS = select(groups.c.group_id).order_by(groups.c.group_id)
REACHED = or_(
    groups.c.organisation_id.in_(bindparam("organisations", expanding=True)),
    groups.c.group_id.in_(bindparam("groups", expanding=True)),
    groups.c.venue_id.in_(bindparam("venues", expanding=True)),
    groups.c.programme_id.in_(bindparam("programmes", expanding=True)),
)
"""Which groups a scope reaches that does not reach everywhere, with what `reach_of` gives."""
_GROUPS_IN = _ALL_GROUPS.where(REACHED)


def reach_of(scope: Scope) -> dict[str, list[int]]:
    """What `REACHED` asks for."""
    return {
        "organisations": list(scope.organisations),
        "groups": list(scope.groups),
        "venues": list(scope.venues),
        "programmes": list(scope.programmes),
    }


def groups_in(db: Connection, scope: Scope) -> list[int]:
    """The ids of the groups a scope reaches."""
    if scope.everywhere:
        return list(db.execute(_ALL_GROUPS).scalars())
    return list(db.execute(_GROUPS_IN, reach_of(scope)).scalars())


def lock(db: Connection, person_id: int) -> None:
    """Hold a person's row until the transaction ends: one change to what hangs on her at a time.

    What is only added to her meanwhile, such as events, need not wait. On SQLite the gate has done it.
    """
    if db.dialect.name != "sqlite":
        one = select(people.c.person_id).where(people.c.person_id == person_id)
        db.execute(one.with_for_update(key_share=True))


def hold(db: Connection, person_id: int) -> None:
    """The same, and nothing at all is added to her meanwhile: who begins to waits, and sees what was done."""
    if db.dialect.name != "sqlite":
        db.execute(select(people.c.person_id).where(people.c.person_id == person_id).with_for_update())


def holders(db: Connection, role: Role, at_ms: int) -> list[int]:
    """Who holds a role anywhere and can sign in, in the order in which people are locked."""
    running = (roles.c.starts_ms <= at_ms) & (roles.c.ends_ms.is_(None) | (roles.c.ends_ms > at_ms))
    held = (
        select(roles.c.person_id)
        .join(people, people.c.person_id == roles.c.person_id)
        .where(roles.c.role == role, running, people.c.username.is_not(None))
        .distinct()
    )
    return list(db.execute(held.order_by(roles.c.person_id)).scalars())


def set_secret(db: Connection, person_id: int, kind: str, secret: str) -> None:
    """Give a person her one secret of a kind."""
    drop_secret(db, person_id, kind)
    db.execute(insert(secrets).values(person_id=person_id, kind=kind, secret_no=1, secret=secret, fails=0))


def drop_secret(db: Connection, person_id: int, kind: str) -> None:
    """Take a person's secret of a kind away."""
    db.execute(delete(secrets).where(secrets.c.person_id == person_id, secrets.c.kind == kind))


def secret(db: Connection, person_id: int, kind: str) -> str | None:
    """A person's secret of a kind, as it is kept."""
    return db.execute(select(secrets.c.secret).where(secrets.c.person_id == person_id, secrets.c.kind == kind)).scalar()


def add_sign_in(db: Connection, person_id: int, sign_in_hash: bytes, at_ms: int, expires_ms: int) -> None:
    """A device is signed in."""
    db.execute(
        insert(sign_ins).values(
            person_id=person_id, sign_in_hash=sign_in_hash, made_ms=at_ms, seen_ms=at_ms, expires_ms=expires_ms
        )
    )


_MERGED = (
    select(func.count()).where(merges.c.person_id == bindparam("p"), merges.c.undone_ms.is_(None)).scalar_subquery()
)
_SECOND = select(func.count()).where(secrets.c.person_id == bindparam("p"), secrets.c.kind == "totp").scalar_subquery()
# Built once: building it for every page costs more than running it.
_SIGNED_IN = (
    select(*_PERSON, sign_ins.c.seen_ms, _MERGED, _SECOND, *_HELD)
    .join(sign_ins, sign_ins.c.person_id == people.c.person_id)
    .outerjoin(roles, roles.c.person_id == people.c.person_id)
    .where(
        people.c.person_id == bindparam("p"),
        people.c.erased_ms.is_(None),
        sign_ins.c.sign_in_hash == bindparam("hash"),
        sign_ins.c.expires_ms > bindparam("at"),
    )
)


def signed_in(
    db: Connection, person_id: int, sign_in_hash: bytes, at_ms: int
) -> tuple[PersonRow, tuple[Held, ...], int, bool, bool] | None:
    """(the person of a live sign-in, her roles, when it was last seen, whether others were merged into her, whether
    she takes a second step).

    The one query of every page.
    """
    found = db.execute(_SIGNED_IN, {"p": person_id, "hash": sign_in_hash, "at": at_ms}).all()
    if not found:
        return None
    width = len(_PERSON)
    held = tuple(_held(*row[width + 3 :]) for row in found if row[width + 3] is not None)
    seen_ms, merged, second = found[0][width : width + 3]
    return PersonRow(*found[0][:width]), held, seen_ms, bool(merged), bool(second)


def see_sign_in(db: Connection, person_id: int, sign_in_hash: bytes, at_ms: int, expires_ms: int) -> None:
    """Note that a sign-in is in use."""
    db.execute(
        update(sign_ins)
        .where(sign_ins.c.person_id == person_id, sign_ins.c.sign_in_hash == sign_in_hash)
        .values(seen_ms=at_ms, expires_ms=expires_ms)
    )


def end_sign_ins(db: Connection, person_id: int, sign_in_hash: bytes | None = None) -> None:
    """End one sign-in of a person, or all of them."""
    where = sign_ins.c.person_id == person_id
    if sign_in_hash is not None:
        where = where & (sign_ins.c.sign_in_hash == sign_in_hash)
    db.execute(delete(sign_ins).where(where))


def expired_sign_ins(db: Connection, now_ms: int, after: int, limit: int) -> list[int]:
    """Ids of people of whom some sign-in has expired, in their order, from after one."""
    old = select(sign_ins.c.person_id).where(sign_ins.c.expires_ms <= now_ms, sign_ins.c.person_id > after)
    return list(db.execute(old.distinct().order_by(sign_ins.c.person_id).limit(limit)).scalars())


def forget_expired_sign_ins(db: Connection, person_ids: Iterable[int], now_ms: int) -> None:
    """Drop the sign-ins of some people that have expired; one renewed meanwhile stays."""
    old = delete(sign_ins).where(sign_ins.c.person_id == bindparam("p"), sign_ins.c.expires_ms <= now_ms)
    db.execute(old, [{"p": person_id} for person_id in person_ids])


def heads_of(db: Connection, over_it: Iterable[Role], group: Placed, at_ms: int) -> list[tuple[str, Role]]:
    """(name, role) of those who hold one of some roles over a group now, in order: for it, or for where it stands."""
    running = (roles.c.starts_ms <= at_ms) & (roles.c.ends_ms.is_(None) | (roles.c.ends_ms > at_ms))
    stands = {
        ScopeKind.GROUP: group.group_id,
        ScopeKind.ORGANISATION: group.organisation_id,
        ScopeKind.VENUE: group.venue_id,
        ScopeKind.PROGRAMME: group.programme_id,
    }
    over = or_(*((roles.c.scope == kind) & (roles.c.scope_id == its_id) for kind, its_id in stands.items() if its_id))
    held = (
        select(people.c.person_id, people.c.display_name, roles.c.role)
        .join(roles, roles.c.person_id == people.c.person_id)
        .where(roles.c.role.in_(list(over_it)), running, over, people.c.username.is_not(None))
        .distinct()
    )
    return sorted((name, Role(role)) for _person_id, name, role in db.execute(held))


class RoleRow(NamedTuple):
    """A role with the id by which it is ended."""

    role_id: UUID
    person_id: int
    held: Held


def add_role(db: Connection, person_id: int, role_id: UUID, held: Held, by_id: int | None, at_ms: int) -> None:
    """Give a role."""
    db.execute(
        insert(roles).values(
            person_id=person_id,
            role_id=role_id,
            role=held.role,
            scope=held.scope,
            scope_id=held.scope_id,
            starts_ms=held.starts_ms,
            ends_ms=held.ends_ms,
            by_id=by_id,
            recorded_ms=at_ms,
        )
    )


def end_role(db: Connection, person_id: int, role_id: UUID, at_ms: int) -> bool:
    """End a role now; False if the person has no such role running."""
    done = db.execute(
        update(roles)
        .where(
            roles.c.person_id == person_id,
            roles.c.role_id == role_id,
            or_(roles.c.ends_ms.is_(None), roles.c.ends_ms > at_ms),
        )
        .values(ends_ms=at_ms, recorded_ms=at_ms)
    )
    return bool(done.rowcount)


def move_end(db: Connection, person_id: int, role_id: UUID, ends_ms: int | None, at_ms: int) -> bool:
    """Let a role end at another instant, or at none; False if the person has no such role running."""
    running = or_(roles.c.ends_ms.is_(None), roles.c.ends_ms > at_ms)
    done = db.execute(
        update(roles)
        .where(roles.c.person_id == person_id, roles.c.role_id == role_id, running)
        .values(ends_ms=ends_ms, recorded_ms=at_ms)
    )
    return bool(done.rowcount)


def roles_of(db: Connection, person_ids: Iterable[int]) -> list[RoleRow]:
    """The roles of some people, ended ones too."""
    found = db.execute(
        select(roles.c.role_id, roles.c.person_id, *_HELD)
        .where(roles.c.person_id.in_(list(person_ids)))
        .order_by(roles.c.person_id, roles.c.starts_ms)
    )
    return [RoleRow(role_id, person_id, _held(*held)) for role_id, person_id, *held in found]


def any_person(db: Connection) -> bool:
    """Whether anybody is here; the row that stands for the command line is nobody."""
    somebody = select(people.c.person_id).where(people.c.kind != "command").limit(1)
    return db.execute(somebody).first() is not None


def forget(db: Connection, person_id: int, at_ms: int) -> None:
    """Take out what tells who a person was: her name, words, handles, secrets, mail, badge files, bodies' hashes.

    What she complained of goes as well, and what was written in her threads; that it was, and when, stays.

    A badge is not taken back: a file of it that she kept still proves itself.
    """
    for table in (words, secrets, sign_ins, devices, consents, mail, credentials, evidence, goals):
        db.execute(delete(table).where(table.c.person_id == person_id))
    handles.forget(db, person_id)
    _say_gone(db, person_id, at_ms)
    complaints.forget(db, person_id, at_ms)
    concerns.forget(db, person_id, at_ms)
    messages.forget(db, person_id)
    longlists.forget_all(db, person_id)
    db.execute(update(contacts).where(contacts.c.person_id == person_id).values(note=None))
    db.execute(update(events).where(events.c.person_id == person_id).values(body_hash=None))
    unsaid = {"shown": False, "named": False, "evidence": None, "why": None, "due_ms": None}
    db.execute(update(awards).where(awards.c.person_id == person_id).values(**unsaid))
    db.execute(
        update(roles)
        .where(roles.c.person_id == person_id, or_(roles.c.ends_ms.is_(None), roles.c.ends_ms > at_ms))
        .values(ends_ms=at_ms)
    )
    gone = {"display_name": "", "username": None, "email": None, "wishes": "{}", "area_id": None, "erased_ms": at_ms}
    db.execute(update(people).where(people.c.person_id == person_id).values(**gone))


GONE = "gone"
"""The kind of handle that tells a phone that an account is closed, by the id under which it keeps things of hers."""


def _say_gone(db: Connection, person_id: int, at_ms: int) -> None:
    public_id = db.execute(select(people.c.public_id).where(people.c.person_id == person_id)).scalar()
    if public_id:
        handles.add(db, GONE, public_id, person_id, at_ms)
