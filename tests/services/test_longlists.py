"""Long lists: checked whole, put by, added one by one by a worker, and no name stays behind."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import partial
from uuid import UUID

import pytest
from sqlalchemy import String, Text, select

from lms.errors import NotFound, Refused
from lms.learning.days import DAY_MS
from lms.learning.people import Role, ScopeKind
from lms.services import codes, groups, longlists, own, people, roles, rosters, ways_in
from lms.services.adding import TOGETHER
from lms.services.erasure import erase
from lms.services.expiry import forget_expired
from lms.services.jobs import State, Tools, run_one
from lms.services.longlists import LongList, Stage
from lms.services.people import SignedIn
from lms.services.worker import KINDS
from lms.store.audit import chain_holds
from lms.store.tables import METADATA, long_list_rows, long_lists
from tests.services.site import SECRET, Site, at_once
from tests.services.test_rosters import members
from tests.store.databases import every_kind

NAMES = [f"Quillon Demo{letter}" for letter in "abcdefghijklmnopqrstuvw"]
LIST = "\n".join(("Name,User name", f"{NAMES[0]},quillon.a", *(f"{name}," for name in NAMES[1:]))).encode()


def keep(site: Site, femi: SignedIn, group: groups.Group, sent: bytes = LIST) -> UUID:
    kept = longlists.keep(site.store, femi, group.public_id, io.BytesIO(sent), site.now_ms)
    assert kept.faults == ()
    assert kept.list_id
    return kept.list_id


def faults(site: Site, femi: SignedIn, group: groups.Group, sent: str) -> list[tuple[int, str]]:
    kept = longlists.keep(site.store, femi, group.public_id, io.BytesIO(sent.encode()), site.now_ms)
    assert kept.list_id is None
    return [(it.row, it.told.partition(".")[0]) for it in kept.faults]


def look(site: Site, femi: SignedIn, group: groups.Group, list_id: UUID) -> LongList:
    return longlists.look(site.store, femi, group.public_id, list_id, site.now_ms)


def ask(site: Site, femi: SignedIn, group: groups.Group, list_id: UUID) -> None:
    longlists.ask(site.store, femi, group.public_id, list_id, site.now_ms)


def work(site: Site, steps: int = 99) -> State | None:
    """A worker takes the job and does so many steps of it."""
    left = iter(range(steps - 1))
    tools = Tools(site.store, site.catalogue, site.zone, lambda: site.now_ms)
    job = run_one(tools, KINDS, lambda: next(left, None) is None)
    return job.state if job else None


def named(site: Site) -> Iterator[str]:
    """Every table in which a name of the list stands."""
    with site.store.read() as db:
        for table in METADATA.sorted_tables:
            columns = [it for it in table.columns if isinstance(it.type, String | Text)]
            if not columns or "person_id" not in table.c or table.info["class"] == "ref":
                continue
            for person_id in db.execute(select(table.c.person_id).distinct()).scalars().all():
                rows = db.execute(select(*columns).where(table.c.person_id == person_id)).all()
                yield from (table.name for row in rows if "quillon" in str(row).lower())


@pytest.fixture
def femi(site: Site) -> SignedIn:
    return site.facilitator(site.organisation())


@pytest.fixture
def group(site: Site, femi: SignedIn) -> groups.Group:
    return site.group(femi, "tea")


@every_kind
def test_a_list_waits_for_a_yes_is_added_where_it_was_stopped_and_leaves_no_name(site: Site, femi, group):
    list_id = keep(site, femi, group)
    assert look(site, femi, group, list_id).stage is Stage.CHECKED
    assert work(site) is None
    assert members(site, femi, group) == {}
    for _tap in range(2):
        ask(site, femi, group, list_id)
    assert work(site, steps=1) is State.WAITING
    half = look(site, femi, group, list_id)
    assert (half.stage, half.added, half.total) == (Stage.GOING, TOGETHER, len(NAMES))
    assert sorted(members(site, femi, group).values()) == NAMES[:TOGETHER]
    assert sorted(row["name"] for row in site.rows(long_list_rows, femi)) == NAMES[TOGETHER:]
    assert work(site) is State.DONE
    done = look(site, femi, group, list_id)
    assert (done.stage, done.added, done.refused) == (Stage.DONE, len(NAMES), ())
    assert sorted(members(site, femi, group).values()) == NAMES
    assert site.rows(long_list_rows, femi) == []
    assert keep(site, femi, group) == list_id
    assert look(site, femi, group, list_id).stage is Stage.DONE
    her = people.id_of_username(site.store, "quillon.a")
    with site.store.read() as db:
        assert chain_holds(db, her)
    before = list(named(site)).count("people")
    erase(site.store, her, None, site.later(1))
    assert list(named(site)).count("people") == before - 1


@every_kind
def test_with_a_fault_anywhere_nothing_is_put_by(site: Site, femi, group):
    site_wide = people.sign_up(site.store, "Bea", "bea", "three words you like", "yes", "en", site.now_ms)
    text = "Name,User name\n" + "\n".join(f"Demo {n},{'BEA' if n == 'b' else ''}" for n in "ab")
    assert faults(site, femi, group, text) == [(3, "Someone else has that user name")]
    assert faults(site, femi, group, "Name,User name\nAda,dora\n=Bea,\nEve,Dora\nFay,x y\n") == [
        (3, "This starts like a sum"),
        (5, "Use 3 to 40 letters or numbers, without spaces"),
    ]
    assert faults(site, femi, group, "Name,User name\nAda,dora\nEve,Dora\n") == [
        (3, "Row {row} has the same user name")
    ]
    with pytest.raises(Refused, match="two lists"):
        longlists.keep(site.store, femi, group.public_id, io.BytesIO(b"Ada\n" * 5_001), site.now_ms)
    assert site_wide
    assert (site.count(long_lists), site.count(long_list_rows)) == (0, 0)


@every_kind
def test_sent_twice_at_once_it_is_one_list_and_another_takes_its_place_until_it_is_confirmed(site: Site, femi, group):
    first, second = at_once([partial(keep, site, femi, group)] * 2)
    assert first == second
    other = keep(site, femi, group, b"Ada Demo\nada  demo\n")
    with pytest.raises(NotFound):
        look(site, femi, group, first)
    found = longlists.doubts(site.store, femi, group.public_id, other, site.now_ms)
    assert found.twice == ((1, 2, "Ada Demo"),)
    ask(site, femi, group, other)
    third = keep(site, femi, group)
    assert {look(site, femi, group, it).stage for it in (other, third)} == {Stage.GOING, Stage.CHECKED}
    assert [it.list_id for it in longlists.sent(site.store, femi, group.public_id, site.now_ms)] != []


@every_kind
def test_a_row_whose_user_name_is_gone_by_then_is_told_and_the_others_are_added(site: Site, femi, group):
    list_id = keep(site, femi, group)
    people.sign_up(site.store, "Bea", "quillon.a", "three words you like", "yes", "en", site.now_ms)
    ask(site, femi, group, list_id)
    assert work(site) is State.DONE
    found = look(site, femi, group, list_id)
    assert (found.stage, found.added, [row for row, _told in found.refused]) == (Stage.DONE, len(NAMES) - 1, [2])
    assert sorted(members(site, femi, group).values()) == NAMES[1:]
    assert [row["name"] for row in site.rows(long_list_rows, femi)] == [""]


@every_kind
def test_who_may_no_more_adds_nobody_more_and_what_she_sent_is_wiped(site: Site, femi, group):
    ada, lead = site.administrator(), site.person("Lia")
    where = ScopeKind.GROUP, group_id(site)
    roles.give_role(site.store, ada, lead.public_id, Role.FACILITATOR, *where, None, site.now_ms)
    lead = site.again(lead.person_id)
    list_id = keep(site, lead, group)
    ask(site, lead, group, list_id)
    work(site, steps=1)
    role_id = site.rows(METADATA.tables["roles"], lead)[0]["role_id"]
    roles.end_role(site.store, ada, lead.public_id, role_id, site.later(1))
    assert work(site) is State.DONE
    assert site.rows(long_list_rows, lead) == []
    roles.give_role(site.store, ada, lead.public_id, Role.FACILITATOR, *where, None, site.later(1))
    lead = site.again(lead.person_id)
    found = look(site, lead, group, list_id)
    assert (found.stage, found.added) == (Stage.STOPPED, TOGETHER)
    assert keep(site, lead, group) == list_id
    ask(site, lead, group, list_id)
    assert work(site) is State.DONE
    assert sorted(members(site, femi, group).values()) == NAMES
    assert look(site, lead, group, list_id).stage is Stage.DONE


def group_id(site: Site) -> int:
    with site.store.read() as db:
        return int(db.exec_driver_sql("select group_id from groups").scalar_one())


@every_kind
@pytest.mark.parametrize("how", ["stopped", "a day", "erased"])
def test_names_that_wait_are_wiped(site: Site, femi, group, how):
    list_id = keep(site, femi, group)
    ask(site, femi, group, list_id)
    work(site, steps=1)
    if how == "stopped":
        longlists.stop(site.store, femi, group.public_id, list_id, site.later(1))
    elif how == "a day":
        longlists.wipe_old(site.store, site.later(DAY_MS))
        assert "long_list_rows" in set(named(site))
        longlists.wipe_old(site.store, site.later(1))
    else:
        erase(site.store, femi.person_id, None, site.later(1))
    assert "long_list_rows" not in set(named(site))
    assert work(site) is State.DONE
    assert list(named(site)).count("people") == TOGETHER
    forget_expired(site.store, site.later(31 * DAY_MS))
    assert site.count(long_lists) == 0


def test_after_a_day_a_worker_that_comes_back_adds_nobody(site: Site, femi, group):
    list_id = keep(site, femi, group)
    ask(site, femi, group, list_id)
    assert look(site, femi, group, list_id).quiet is False
    site.later(2 * DAY_MS)
    assert look(site, femi, group, list_id).quiet is True
    assert work(site) is State.DONE
    assert members(site, femi, group) == {}
    assert look(site, femi, group, list_id).stage is Stage.STOPPED


def test_a_list_is_only_hers_and_names_of_others_are_not_her_data(site: Site, femi, group):
    list_id = keep(site, femi, group)
    ada = site.administrator()
    for who in (ada, site.facilitator(site.organisation())):
        for act in (longlists.look, longlists.ask, longlists.stop, longlists.doubts):
            with pytest.raises(NotFound):
                act(site.store, who, group.public_id, list_id, site.now_ms)
    found = own.everything(site.store, femi.person_id)
    assert "long_list_rows" not in found
    assert "quillon" not in str(found).lower()


@every_kind
def test_cards_are_made_a_hundred_at_a_time_for_those_who_have_not_been_in(site: Site, femi, group):
    list_id = keep(site, femi, group, "\n".join(f"Demo {n:03} x" for n in range(103)).encode())
    ask(site, femi, group, list_id)
    assert work(site, steps=999) is State.DONE
    cards = partial(longlists.cards, site.store, femi, group.public_id, list_id)
    assert list(look(site, femi, group, list_id).batches) == [(1, 100), (101, 103)]
    made, without = cards(101, site.now_ms)
    assert ([it.name for it in made], without) == (["Demo 100 x", "Demo 101 x", "Demo 102 x"], [])
    assert all(it.username for it in made)
    token = codes.use_code(site.store, made[0].code, "127.0.0.1", site.now_ms)
    her = people.signed_in(site.store, token.person_id, token.secret, site.now_ms)
    ways_in.change_password(site.store, her, token.secret, "", "three words you like", "127.0.0.1", site.now_ms)
    groups_of_others = site.group(femi, "tea")
    gone = next(its_id for its_id, name in members(site, femi, group).items() if name == "Demo 101 x")
    rosters.move(site.store, femi, group.public_id, groups_of_others.public_id, [gone], site.now_ms)
    again, _none = cards(101, site.later(1))
    assert [it.name for it in again] == ["Demo 102 x"]
    with pytest.raises(Refused):
        codes.use_code(site.store, made[2].code, "127.0.0.1", site.now_ms)
    assert SECRET
