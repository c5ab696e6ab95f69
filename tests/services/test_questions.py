"""Which questions a group finds hardest: each person's first answer once, of this group alone."""

from __future__ import annotations

import pytest

from lms.errors import NotFound
from lms.services import merging, questions
from tests.services.site import Site


@pytest.fixture
def femi(site: Site):
    return site.facilitator(site.organisation())


def answering(site: Site, group, name: str, *answers: str):
    who = site.person(name)
    site.join(who, group)
    for letter in answers:
        site.send(who, site.event("q-hot", "answered", [letter]))
        site.later(1_000)
    return who


def line(site: Site, femi, group):
    shape = site.shape()
    found = questions.of_group(site.store, femi, group.public_id, shape, site.now_ms)
    return next((it for it in found if shape.places[it.step_no][1] == "q-hot"), None)


def test_each_first_answer_counts_once_and_only_of_this_group(site: Site, femi):
    group, other = site.group(femi, "tea"), site.group(femi, "tea")
    letters = sorted(site.shape().steps[site.shape().numbers["brewing", "q-hot"]].letters)
    for n in range(6):
        answering(site, group, f"A{n}", letters[0], letters[1])
    for n in range(7):
        answering(site, group, f"B{n}", letters[1])
    answering(site, other, "Next door", letters[0])
    found = line(site, femi, group)
    assert found.answered == 13
    assert (found.chose[letters[0]], found.chose[letters[1]]) == (6, 7)
    assert found.wrong is None, "it would follow from what they chose, or they from it"


def test_who_is_two_entries_is_one_person_and_out_of_reach_is_not_found(site: Site, femi):
    group = site.group(femi, "tea")
    letters = sorted(site.shape().steps[site.shape().numbers["brewing", "q-hot"]].letters)
    people = [answering(site, group, f"A{n}", letters[0]) for n in range(6)]
    merging.merge(site.store, people[0].person_id, people[1].person_id, None, site.now_ms)
    assert line(site, femi, group).answered == 5
    with pytest.raises(NotFound):
        questions.of_group(
            site.store, site.facilitator(site.organisation()), group.public_id, site.shape(), site.now_ms
        )
