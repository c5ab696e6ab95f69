"""Somebody who is here twice: made one by herself or by who looks after her, and two again."""

from __future__ import annotations

import re

from tests.web.conftest import PASSWORD
from tests.web.test_events import event, person, post


def again(house, name: str) -> None:
    """Signs up a second time, learns something, and joins the club."""
    visitor = house.browser()
    visitor.send("/sign-up", page="/sign-up", name=name, username="lena-two", password=PASSWORD, adult="yes")
    visitor.send("/courses/tea/brewing/pot", page="/courses/tea/brewing/pot", act="done")
    visitor.send(f"/join/{house.join_code}", page=f"/join/{house.join_code}")


def test_she_brings_her_other_account_in_and_takes_it_out_again(house, lena):
    again(house, "Lena B")
    other = house.browser().sign_in("lena-two", PASSWORD)
    theirs = person(other)
    wrong = lena.send("/me/settings", page="/me/settings", act="same", **{"same-username": "lena-two"})
    assert wrong.status_code == 422
    assert 'href="#same-password"' in wrong.text
    fields = {"same-username": "lena-two", "same-password": PASSWORD}
    assert lena.send("/me/settings", page="/me/settings", act="same", **fields).status_code == 200
    assert "/courses/tea" in lena.get("/me").text
    assert other.get("/me").request.path == "/sign-in", "signed out where she used the other one"
    batch = {"person": theirs, "sent": "2026-11-22T10:00:01Z", "events": [event(house)]}
    assert [it["result"] for it in post(lena, batch).json["results"]] == ["new"]
    page = lena.get("/me/settings").text
    assert "Lena B (lena-two)" in page
    merge_id = re.search(r'name="merge" value="([^"]+)"', page)[1]
    lena.send("/me/settings", page="/me/settings", act="apart", merge=merge_id)
    assert "Lena B" not in lena.get("/me/settings").text
    assert post(lena, batch).status_code == 409
    assert house.browser().sign_in("lena-two", PASSWORD).get("/me").status_code == 200


def test_a_facilitator_sees_both_side_by_side_and_must_say_which_to_keep(house):
    femi = house.browser("femi")
    again(house, "Zoe")
    page = femi.get("/teach/same").text
    ids = dict(re.findall(r'one=([^"]+)">(Lena|Zoe)', page))
    one, other = sorted(ids, key=ids.get)
    both = f"/teach/same?one={one}&other={other}"
    assert "Tuesday club" in femi.get(both).text
    fields = {"act": "merge", "one": one, "other": other}
    assert femi.send("/teach/same", page=both, **fields).status_code == 422
    assert femi.send("/teach/same", page=both, **fields, keep=one).status_code == 200
    group = femi.get(f"/teach/groups/{house.group}").text
    assert "Zoe" not in group
    page = femi.get("/teach/same").text
    assert "Zoe is one with her" in page
    kept, merge_id = (re.search(rf'name="{name}" value="([^"]+)"', page)[1] for name in ("kept", "merge"))
    femi.send("/teach/same", page="/teach/same", act="undo", kept=kept, merge=merge_id)
    assert "Zoe" in femi.get(f"/teach/groups/{house.group}").text
