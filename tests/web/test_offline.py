"""What a phone is given to keep: nobody's, whole, and without one thing that says what is right in a quiz."""

from __future__ import annotations

import gzip
import html
import json
import re
from datetime import date

import pytest

from lms.content.plan import QUIZ
from lms.services import publishing
from lms.services.courses import Catalogue
from tests.web.conftest import URL, now_ms
from tests.web.kinds import FILES


@pytest.fixture
def kinds(house):
    """The course with every kind of step, on the site too."""
    publishing.publish(house.store, "kinds", FILES, date(2026, 11, 22), now_ms())
    return Catalogue(house.store).shelf(now_ms()).course("kinds")


@pytest.fixture
def tea(house):
    return Catalogue(house.store).shelf(now_ms()).course("tea")


def keep(browser, shape, module, lang="en"):
    answer = browser.get(f"/keep/{shape.hash}/{lang}/{module}")
    assert answer.status_code == 200
    return answer


def texts(value):
    """Every text in a JSON value, keys too."""
    if isinstance(value, dict):
        return [it for key, part in value.items() for it in (key, *texts(part))]
    if isinstance(value, list):
        return [it for part in value for it in texts(part)]
    return [str(value)]


@pytest.mark.parametrize(("course", "module"), [("tea", "brewing"), ("kinds", "passwords")])
def test_no_byte_that_a_phone_gets_says_what_is_right_in_a_quiz(house, kinds, lena, tea, course, module):
    shape = {"tea": tea, "kinds": kinds}[course]
    made = keep(lena, shape, module).get_json()
    place = lena.get(f"/me/phone/{course}/{shape.hash}/{module}").get_json()
    files = [lena.get(path).data for path in (*made["files"], "/offline", "/sw.js")]
    given = html.unescape("\n".join([*texts(made), *texts(place), *(it.decode(errors="replace") for it in files)]))
    catalogue = Catalogue(house.store)
    for step in shape.plan.module(module).quiz.questions:
        key = catalogue.key(shape, shape.numbers[module, step.name])
        secrets = [*key.explains, *key.hints, *key.feedback.values(), *(it.value for it in key.answers)]
        assert [it for it in map(html.unescape, secrets) if it in given] == []
        assert set(made["quiz"]["questions"][step.name]) == {"title", "html"}
        orders = [
            it["letters"] for go in place["quiz"]["goes"].values() for it in go["asked"] if it["name"] == step.name
        ]
        assert list(key.order) not in orders
        assert set(re.findall(r'data-part="(\w)"', made["quiz"]["questions"][step.name]["html"])) <= set(step.letters)
    keyed = {screen["name"] for lesson in made["lessons"] for screen in lesson["screens"] if "key" in screen}
    assert keyed.isdisjoint(step.name for step in shape.plan.module(module).quiz.questions)
    assert keyed


def test_a_kept_module_is_nobodys_whoever_asks_for_it(house, visitor, lena, tea):
    lena.send("/me/settings", page="/me/settings", act="looks", name="Lena", pictures="y", text="largest")
    answers = [keep(who, tea, "brewing") for who in (visitor, lena, house.browser("femi"))]
    assert len({it.data for it in answers}) == 1
    body = answers[1].text
    assert "Lena" not in body
    assert "csrf_token" not in body
    assert house.rows()["people"] > 0
    assert not re.search(r'name=\\"person\\" value=\\"[^\\"]', body)
    assert all("Set-Cookie" not in it.headers for it in answers)
    assert {it.headers["Keep-On-Phone"] for it in answers} == {"yes"}


def test_a_kept_screen_is_the_page_as_it_is_online(lena, tea):
    made = keep(lena, tea, "brewing").get_json()
    (boil,) = [it for it in made["lessons"][0]["screens"] if it["name"] == "boil"]
    page = lena.get("/courses/tea/brewing/water?step=boil").text
    words = re.search(r"<h1>Boil it</h1>.*?</aside>|<h1>Boil it</h1>.*?<form", page, re.DOTALL)[0]
    assert words in boil["html"]
    assert made["leave"] is True
    assert len(made["files"]) == 1


def test_a_page_about_somebody_never_says_that_it_may_be_kept(lena):
    for path in (
        "/",
        "/me",
        "/courses/tea/brewing",
        "/courses/tea/brewing/water",
        "/me/settings",
        "/sign-in",
        "/phone",
    ):
        answer = lena.get(path)
        assert "Keep-On-Phone" not in answer.headers, path
        assert answer.headers["Cache-Control"] == "no-store"


def test_the_size_is_told_before_and_is_what_travels(lena, tea):
    said = lena.get(f"/keep/{tea.hash}/en/brewing?size=1").get_json()["bytes"]
    made = keep(lena, tea, "brewing")
    packed = len(gzip.compress(made.data, 6, mtime=0))
    pictures = sum(len(lena.get(path).data) for path in made.get_json()["files"])
    assert packed <= said <= packed + pictures + 512


def test_her_next_goes_are_known_before_she_has_begun_and_stay_what_they_are(lena, tea):
    def goes(who):
        return who.get(f"/me/phone/tea/{tea.hash}/brewing").get_json()["quiz"]["goes"]

    before = goes(lena)
    assert sorted(before) == ["1", "2"]  # it has two tries
    assert goes(lena) == before
    lena.send("/courses/tea/brewing/quiz", page="/courses/tea/brewing/quiz", act="started")
    assert goes(lena)["1"]["asked"] == before["1"]["asked"]
    asked = lena.get("/courses/tea/brewing/quiz").text
    assert f'name="step" value="{before["1"]["asked"][0]["name"]}"' in asked
    assert lena.get(f"/me/phone/tea/{tea.hash}/brewing").get_json()["quiz"]["running"] == [1]


def test_where_she_is_goes_to_herself_alone(lena, tea):
    lena.send("/courses/tea/brewing/water", page="/courses/tea/brewing/water?step=boil", act="done")
    answer = lena.get(f"/me/phone/tea/{tea.hash}/brewing")
    assert "boil" in answer.get_json()["done"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Keep-On-Phone" not in answer.headers


@pytest.mark.parametrize(
    "path", ["/keep/{0}/cy/brewing", "/keep/{0}/en/none", "/keep/x/en/brewing", "/me/phone/tea/x/brewing"]
)
def test_what_is_not_there_can_not_be_kept(lena, tea, path):
    assert lena.get(path.format(tea.hash)).status_code == 404


def test_a_page_from_before_a_publication_keeps_what_is_shown_now(house, lena, kinds):
    files = {path: data.replace(b"Strong ones", b"Stronger ones") for path, data in FILES.items()}
    assert files != FILES
    publishing.publish(house.store, "kinds", files, date(2026, 11, 22), now_ms())
    now = Catalogue(house.store).shelf(now_ms()).course("kinds")
    made = keep(lena, kinds, "passwords").get_json()
    assert made["release"] == now.hash != kinds.hash
    assert made == keep(lena, now, "passwords").get_json()


def test_the_page_without_a_connection_is_in_the_language_of_who_has_the_phone(house, lena, visitor):
    def spoken(browser, **headers):
        worker = browser.client.get("/sw.js", base_url=URL, headers=headers).text
        page = browser.client.get("/offline", base_url=URL, headers=headers).text
        return re.search(r'<html lang="([^"]+)"', page)[1], worker.partition("\n")[0]

    english, welsh = spoken(visitor), spoken(visitor, Accept_Language="cy")
    assert (english[0], welsh[0]) == ("en-GB", "cy")
    assert english[1] != welsh[1]
    lena.send("/me/settings", page="/me/settings", act="looks", name="Lena", adult="yes", lang="cy")
    assert spoken(lena, Accept_Language="en") == welsh
    assert "Lena" not in lena.get("/offline").text


def test_the_worker_has_the_whole_site_is_asked_for_each_time_and_changes_with_the_shell(visitor):
    answer = visitor.get("/sw.js")
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cache-Control"] == "no-cache"
    shell = json.loads(re.match(r"const SHELL = (.*);\n", answer.text)[1])
    for path in shell["paths"]:
        kept = visitor.get(path)
        assert kept.status_code == 200, path
        assert kept.headers["Keep-On-Phone"] == "yes"
    needed = re.findall(r'(?:src|href|data-\w+)="(/static/[^"]+)"', visitor.get("/offline").text)
    assert set(needed) <= set(shell["paths"])
    assert "import(" not in answer.text


def test_the_site_can_stand_beside_the_apps_of_a_phone(visitor):
    answer = visitor.get("/manifest.webmanifest")
    assert answer.mimetype == "application/manifest+json"
    made = answer.get_json()
    assert len(made["short_name"]) <= 12
    for icon in made["icons"]:
        picture = visitor.client.get(icon["src"], base_url=URL)
        width = int.from_bytes(picture.data[16:20], "big")
        assert (picture.mimetype, f"{width}x{width}") == ("image/png", icon["sizes"])
    assert '<link rel="manifest" href="/manifest.webmanifest">' in visitor.get("/").text


def test_the_scripts_are_small(visitor):
    sizes = {}
    for path in re.findall(r"/static/\w+/\w+\.js", visitor.get("/offline").text):
        sizes[path.rpartition("/")[2]] = len(gzip.compress(visitor.get(path).data, 9))
    sizes["sw.js"] = len(gzip.compress(visitor.get("/sw.js").data, 9))
    assert sizes["phone.js"] < 5_000
    assert sizes["sw.js"] < 6_000
    assert sum(sizes.values()) < 26_000  # of which 3,500 leave at once and read aloud


QUESTION = f"/courses/kinds/passwords/{QUIZ}"


def test_a_quiz_form_says_which_release_it_was_made_from(kinds, lena):
    lena.send(QUESTION, page=QUESTION, act="started")
    assert f'name="release" value="{kinds.hash}"' in lena.get(QUESTION).text
