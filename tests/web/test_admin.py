"""People, for administrators: found by name, erased after being asked once more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from itertools import count

import pytest

from lms.services import jobs
from lms.services.courses import Catalogue
from tests.web.conftest import PASSWORD, URL, Browser, House, hidden, now_ms


def erase_page(house: House, username: str) -> str:
    with house.store.read() as db:
        statement = "select public_id from people where username = ?"
        public_id = db.exec_driver_sql(statement, (username,)).scalar_one()
    return f"/admin/people/{public_id}/erase"


def listed(page: str) -> list[str]:
    return re.findall(r'<b class="who">([^<]*)</b>', page)


@pytest.fixture
def ada(house: House) -> Browser:
    return house.browser("ada")


@pytest.mark.parametrize("asked", ["lena", "LENA", " le ", "len"])
def test_somebody_is_found_by_name(ada: Browser, asked: str):
    page = ada.get("/admin", query_string={"q": asked}).text
    assert listed(page) == ["Lena"]
    assert "1 person found." in page
    assert re.findall(r"<option [^>]*>(\w+) \((\w+)\)<", page) == [("Lena", "lena")] * 2, (
        "the forms offer who was found"
    )
    assert "Olga" not in page


@pytest.mark.parametrize("asked", ["nobody", "%", "_", "' or 1=1 --", "<script>", "x" * 300, "\0", "\u202e"])
def test_nobody_is_found_by_what_is_nobodys_name(ada: Browser, asked: str):
    page = ada.get("/admin", query_string={"q": asked}).text
    assert listed(page) == []
    assert "Nobody found." in page
    assert "<script>" not in page


def test_a_role_given_after_a_search_leads_back_to_it(ada: Browser):
    page = ada.get("/admin?q=sam").text
    action = re.search(r'action="(/admin/roles[^"]*)"', page)[1]
    person = re.search(r'<option value="([\w-]+)">Sam', page)[1]
    ada.send(action, person=person, role="funder", scope="site:0")
    assert ada.last.request.query_string == b"q=sam"
    assert "<b>Funder</b>" in ada.last.text


def test_somebody_is_erased_by_typing_her_user_name(house: House, ada: Browser):
    path = erase_page(house, "sam")
    page = ada.get("/admin").text
    assert f'href="{path}"' in page
    page = ada.get(path).text
    for words in ("Erase Sam", "What goes", "What stays", "<b>sam</b>"):
        assert words in page
    answer = ada.send(path, typed="somebody else")
    assert answer.status_code == 422
    assert 'href="#typed"' in answer.text
    assert house.browser("sam").get("/me").status_code == 200
    page = ada.send(path, typed="Sam").text
    assert "She is erased." in page
    assert "Sam" not in listed(page)
    answer = house.browser().send("/sign-in", page="/sign-in", username="sam", password=PASSWORD)
    assert answer.status_code == 422
    assert ada.get(path).status_code == 404


def test_a_second_tap_on_erase_is_no_fault(house: House, ada: Browser):
    path = erase_page(house, "sam")
    form = {**hidden(ada.get(path).text, path), "typed": "sam"}
    for _ in range(2):
        answer = ada.client.post(path, data=form, base_url=URL)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/admin?erased=1")


def test_who_is_signed_in_while_she_is_erased_is_signed_out(house: House, ada: Browser):
    sam = house.browser("sam")
    ada.send(erase_page(house, "sam"), page=erase_page(house, "sam"), typed="sam")
    assert sam.get("/me").request.path == "/sign-in"


def test_an_administrator_is_told_to_ask_another_to_erase_her(house: House, ada: Browser):
    path = erase_page(house, "ada")
    assert f'href="{path}"' not in ada.get("/admin").text
    assert "Ask another administrator" in ada.get(path).text
    assert ada.send(path, page="/admin", typed="ada").status_code == 422
    assert ada.get("/me").status_code == 200


def test_the_group_of_somebody_erased_has_no_trace_of_her(house: House, ada: Browser):
    ada.send(erase_page(house, "lena"), page=erase_page(house, "lena"), typed="lena")
    page = house.browser("femi").get(f"/teach/groups/{house.group}").text
    assert "Lena" not in page
    assert "0 people" in page


def test_work_that_was_left_alone_is_shown_with_its_cause_and_what_to_do(house: House, ada: Browser):
    assert "Work that has stopped" not in ada.get("/admin").text
    at = datetime(2026, 11, 21, 14, 5, tzinfo=UTC)
    moments = count(int(at.timestamp() * 1000), jobs.BACK_OFF_MS * 100)
    tools = jobs.Tools(house.store, Catalogue(house.store), house.settings.timezone, partial(next, moments))
    with house.store.write() as db:
        jobs.enqueue(db, "released", {"course": 1, "publication": 7}, 0)

    def fails(*_: object) -> Iterator[jobs.At]:
        raise OSError("no <room> left")
        yield

    for _ in range(jobs.MOST_TRIES):
        assert jobs.run_one(tools, {"released": fails}) is not None
    block = ada.get("/admin").text.partition('id="stopped"')[2].partition("</section>")[0]
    assert re.search("publication finished, in “Making tea”</b>, since 21 November 2026, 14:[0-5][0-9]<", block)
    assert "OSError: no &lt;room&gt; left" in block
    assert "lms worker --again" in block
    assert jobs.try_again(house.store, now_ms()) == 1
    assert "Work that has stopped" not in ada.get("/admin").text, "it will be tried again"
