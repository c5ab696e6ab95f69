"""Sign-offs: who may, what waits for one, what it completes, and that nothing handed in is lost or taken back."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

import pytest

from lms.errors import NotFound, Refused
from lms.learning.events import EventKind
from lms.services import badges, groups, merging, pairings, publishing, rebuild, signoffs
from lms.services.pairings import Term
from lms.services.people import SignedIn
from lms.services.signoffs import Stand
from lms.settings import LONDON
from lms.store import signoffs as rows
from lms.store.tables import audit
from tests.services.site import Site
from tests.services.test_pairings import in_days, member, mentor

COURSE = "---\ncourse: shop\nlang: en\norder: [posts]\nbadge: none\n---\n# Work for a shop\n\nMade up.\n"
POSTS = """---
module: posts
lang: en
badge: Shop hand
---
# A page for a shop

What a shop needs.

## Plan it {#plan}

### Task: Write three posts {#t-posts}
Write them on paper first.

- [ ] I wrote three posts
- Evidence: words
- Sign-off: mentor
"""


@pytest.fixture
def shop(site: Site) -> str:
    files = {"course.md": COURSE.encode(), "posts.md": POSTS.encode()}
    publishing.publish(site.store, "shop", files, date(2026, 11, 22), site.now_ms)
    return "shop"


@pytest.fixture
def here(site: Site, shop: str) -> int:
    return site.organisation()


@pytest.fixture
def femi(site: Site, here: int) -> SignedIn:
    return site.facilitator(here)


@pytest.fixture
def club(site: Site, femi: SignedIn) -> groups.Group:
    return site.group(femi, "shop")


@pytest.fixture
def lena(site: Site, club: groups.Group) -> SignedIn:
    return member(site, club, "Lena")


@pytest.fixture
def mira(site: Site, here: int, femi: SignedIn, lena: SignedIn) -> SignedIn:
    made = mentor(site, here, "Mira")
    term = Term(in_days(site, 0))
    pairings.pair(site.store, femi, lena.public_id, made.public_id, term, uuid4(), site.now_ms, LONDON)
    return made


def hands_in(site: Site, who: SignedIn, words: str = "Bread, buns, pies.") -> UUID:
    shape = site.shape("shop")
    event = site.event("t-posts", "ticked", answer=["a"], evidence=words)
    event |= {"course": "shop", "release": shape.hash, "module": "posts"}
    assert site.results(who, event) == ["new"]
    return UUID(event["id"])


def handed(site: Site, who: SignedIn):
    (it,) = signoffs.mine(site.store, site.catalogue, site.again(who.person_id))
    return it


def says(site: Site, by: SignedIn, who: SignedIn, missing: str | None = None, of: UUID | None = None, form=None):
    its = of or handed(site, who).event_id
    form = form or uuid4()
    given = who.public_id, its, missing, form, site.later(1_000), LONDON
    return signoffs.say(site.store, site.catalogue, site.again(by.person_id), *given)


def finished(site: Site, who: SignedIn) -> set[tuple[str, str]]:
    return {kind for kind, _name in site.milestones(who)}


def test_the_lesson_is_done_when_it_is_handed_in_and_the_module_when_it_is_signed_off(site, lena, mira):
    hands_in(site, lena)
    assert finished(site, lena) == {"started", "lesson"}
    assert (handed(site, lena).stand, handed(site, lena).words) == (Stand.WAITING, "Bread, buns, pies.")
    form = uuid4()
    assert [says(site, mira, lena, form=form), says(site, mira, lena, form=form)] == [True, False]
    assert finished(site, lena) == {"started", "lesson", "module", "course"}
    assert (handed(site, lena).stand, handed(site, lena).by) == (Stand.SIGNED, "Mira")
    assert [it["action"] for it in site.rows(audit, lena)].count("signed-off") == 1


def test_not_yet_says_why_and_she_hands_it_in_again(site, lena, mira):
    first = hands_in(site, lena)
    with pytest.raises(Refused, match="what is still missing"):
        says(site, mira, lena, " ")
    assert says(site, mira, lena, "Say what it costs.")
    assert (handed(site, lena).stand, handed(site, lena).said) == (Stand.RETURNED, "Say what it costs.")
    second = hands_in(site, lena, "Bread 2, buns 1.")
    assert (handed(site, lena).stand, handed(site, lena).event_id) == (Stand.WAITING, second)
    with pytest.raises(Refused, match="something newer"):
        says(site, mira, lena, of=first)
    assert says(site, mira, lena)
    assert "module" in finished(site, lena)
    with pytest.raises(Refused, match="Nothing takes that back"):
        says(site, mira, lena, "After all not.")
    hands_in(site, lena, "And pies 3.")
    assert handed(site, lena).stand is Stand.SIGNED, "what is signed off stays so"


def test_only_her_mentor_now_and_who_runs_her_group_sign_and_she_herself_never(site, lena, mira, femi, here, club):
    hands_in(site, lena)
    there = site.facilitator(site.organisation())
    for who in (lena, there, mentor(site, here, "Nora"), member(site, club, "Sam")):
        with pytest.raises(NotFound):
            says(site, who, lena)
    with site.store.read() as db:
        (pairing,) = pairings.rows.of_learners(db, [lena.person_id])
    pairings.end(site.store, femi, lena.public_id, pairing.pairing_id, site.now_ms)
    with pytest.raises(NotFound):
        says(site, mira, lena)
    assert finished(site, lena) == {"started", "lesson"}
    _name, (seen,) = signoffs.of_learner(site.store, site.catalogue, femi, lena.public_id, site.now_ms)
    assert (seen.stand, seen.words) == (Stand.WAITING, ""), "who runs the group sees that it waits, not her words"
    assert says(site, femi, lena)
    assert "module" in finished(site, lena)


def test_no_phone_signs_anything_off(site, lena, mira):
    hands_in(site, lena)
    shape = site.shape("shop")
    for kind in ("signed", "returned"):
        event = site.event("t-posts", kind) | {"course": "shop", "release": shape.hash, "module": "posts"}
        assert site.results(lena, event) == ["refused bad-event"]
    assert finished(site, lena) == {"started", "lesson"}


def test_who_has_neither_mentor_nor_facilitator_completes_it_and_that_is_known(site, shop):
    ines = site.person("Ines")
    hands_in(site, ines)
    hands_in(site, ines, "Once more.")
    assert finished(site, ines) == {"started", "lesson", "module", "course"}
    assert (handed(site, ines).stand, handed(site, ines).by) == (Stand.SIGNED, "")
    kinds = [row["kind"] for row in site.events(ines)]
    assert kinds.count(EventKind.SIGNED) == 1
    with site.store.read() as db:
        course_id = site.shape("shop").course_id
        assert rows.unsigned(db, [ines.person_id], course_id, "posts")
        assert rows.unsigned(db, [ines.person_id], course_id, None)
        assert not rows.unsigned(db, [ines.person_id], course_id, "other")


def test_rebuilding_comes_to_the_same(site, lena, mira, shop):
    ines = site.person("Ines")
    hands_in(site, ines)
    hands_in(site, lena)
    says(site, mira, lena)
    before = [site.progress(who, "shop") for who in (ines, lena)]
    assert rebuild.rebuild(site.store, site.catalogue, LONDON, check_only=True).differences == ()
    assert [site.progress(who, "shop") for who in (ines, lena)] == before


def test_what_was_handed_in_under_another_entry_of_hers_is_signed_off_there(site, lena, mira, club):
    kept = member(site, club, "Lena again")
    hands_in(site, lena)
    merging.merge(site.store, kept.person_id, lena.person_id, None, site.now_ms)
    assert says(site, mira, kept)
    assert (handed(site, kept).stand, handed(site, kept).by) == (Stand.SIGNED, "Mira")
    assert "module" in finished(site, kept) | finished(site, lena)


def test_what_is_said_to_her_is_not_taken_for_her_own_words(site, lena, mira):
    from lms.services import mentoring

    hands_in(site, lena)
    says(site, mira, lena, "Say what it costs.")
    shared = mentoring.for_mentor(site.store, site.catalogue, site.again(mira.person_id), lena.public_id,
                                  site.now_ms, LONDON)  # fmt: skip
    assert shared.answers == ()
    assert [(it.handed.words, it.handed.said) for it in shared.tasks] == [("Bread, buns, pies.", "Say what it costs.")]


def test_a_badge_nobody_signed_off_says_so_and_one_that_was_does_not(site, lena, mira):
    ines = site.person("Ines")
    hands_in(site, ines)
    hands_in(site, lena)
    says(site, mira, lena)
    said = {}
    for who in (ines, lena):
        me = site.again(who.person_id)
        (badge,) = badges.mine(site.store, me)
        said[who.person_id] = [(it.name, it.words) for it in badges.page(site.store, badge.public_id, me).evidence]
    assert said == {
        ines.person_id: [("Sign-off", "Handed in with nobody there to sign it off.")],
        lena.person_id: [],
    }
