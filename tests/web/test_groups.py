"""Groups: made, joined, looked after."""

from __future__ import annotations

import re

import pytest
from werkzeug.test import TestResponse

from lms.services.groups import join_code, plain_code
from lms.web.scan import scan
from tests.services.club import add_meeting
from tests.web.conftest import SECRET, now_ms


def test_a_code_typed_with_strokes_leads_to_the_group(house, visitor):
    typed = house.join_code.replace("-", " / ")
    assert "Tuesday club" in visitor.get("/join", query_string={"code": typed}).text
    assert "No club has the code A B" in visitor.get("/join", query_string={"code": "a/b"}).text


def test_a_facilitator_sees_who_started_where_each_is_and_when_each_was_here(house, lena):
    femi = house.browser("femi")
    page = femi.get(f"/teach/groups/{house.group}").text
    assert "Not started" in page
    assert "Not yet" in page
    lena.send("/courses/tea/brewing/pot", page="/courses/tea/brewing/pot", act="done")
    page = femi.get(f"/teach/groups/{house.group}").text
    row = page.split(">Lena</a></b>")[1].split("</li>")[0]
    assert "Today" in row
    assert "Module 1, lesson 1 of 2" in row
    assert "None done. Started: 1." in row


def test_a_facilitator_sees_how_often_each_came(house):
    femi, group = house.browser("femi"), f"/teach/groups/{house.group}"
    assert "Came to" not in femi.get(group).text
    add_meeting(house.store, house.group, now_ms())
    its = re.search(r"/teach/meetings/[^/\"]+", femi.get(f"{group}/meetings").text)[0]
    lena = re.search(r'name="present" value="([^"]+)"', femi.get(f"{its}/register").text)[1]
    femi.send(f"{its}/register", present=lena)
    page = femi.get(group).text
    assert "Not started. Came to 1 of 1 meeting." in page.split(">Lena</a></b>")[1].split("</li>")[0]
    assert "back to when she joined" in page
    assert "Tuesday club: Came to 1 of 1 meeting." in femi.get(f"/teach/ring/{lena}").text


def test_what_a_lesson_is_about_is_not_on_the_group_page(house, lena):
    lena.send("/courses/tea/brewing/pot", page="/courses/tea/brewing/pot", act="done")
    page = house.browser("femi").get(f"/teach/groups/{house.group}").text
    assert "The pot" not in page
    assert "The water" not in page


def test_only_those_who_have_not_started_are_shown_when_asked_for(house, lena):
    femi = house.browser("femi")
    assert "Lena" in femi.get(f"/teach/groups/{house.group}?show=new").text.split('class="group"')[1].split("</ul>")[0]
    lena.send("/courses/tea/brewing/pot", page="/courses/tea/brewing/pot", act="done")
    page = femi.get(f"/teach/groups/{house.group}?show=new").text
    assert "Nobody to show here." in page


def test_a_group_is_made_and_its_code_joins_it(house):
    femi = house.browser("femi")
    page = femi.send("/teach", page="/teach", name="Evening club", courses="tea").text
    assert "Evening club" in page
    assert "Nobody has joined yet" in page
    code = re.search(r'class="nowrap">([A-Z]+-[A-Z]+-\d+)<', page)[1]
    sam = house.browser("sam")
    assert sam.get("/join", query_string={"code": code.lower().replace("-", " ")}).status_code == 200
    assert "Evening club" in sam.last.text
    assert "You are in Evening club" in sam.send().text
    assert "Sam" in femi.get(femi.last.request.path).text


@pytest.mark.parametrize(
    "form", [{"name": "", "courses": "tea"}, {"name": "Evening club"}, {"name": "x" * 500, "courses": "tea"}]
)
def test_a_group_that_lacks_something_is_refused_with_a_sentence(house, form):
    answer = house.browser("femi").send("/teach", page="/teach", **form)
    assert answer.status_code == 422
    assert "There is a problem" in answer.text


WRONG = {
    "name": " ",
    "area": "99",
    "starts": "the first",
    "ends": "2026-02-30",
    "late": "no",
}


def test_all_that_is_wrong_with_a_new_group_is_told_at_once_and_nothing_typed_is_lost(house):
    femi = house.browser("femi")
    before = house.rows()["groups"]
    answer = femi.send("/teach", page="/teach", **WRONG | {"kind": "staff"})
    assert answer.status_code == 422
    summary = answer.text.split('role="alert"')[1].split("</div>")[0]
    for field in ("name", "courses-0", "area", "starts", "ends"):
        assert f'href="#{field}"' in summary, field
    for typed in ('value="the first"', 'value="2026-02-30"', 'checked id="late-1"', 'checked id="kind-1"'):
        assert typed in answer.text, typed
    assert house.rows()["groups"] == before


def test_a_new_group_says_as_much_of_itself_as_one_that_is_changed(house):
    femi = house.browser("femi")
    days = {"starts": "2026-12-01", "ends": "2027-03-31"}
    made = femi.send("/teach", page="/teach", name="Volunteers", courses="tea", kind="staff", late="no", **days)
    form = femi.get(f"{made.request.path}/change").text
    for said in ('value="2026-12-01"', 'value="2027-03-31"', 'checked id="late-1"', 'checked id="kind-1"'):
        assert said in form, said
    fields = [set(re.findall(r'name="([a-z]+)"', page)) for page in (form, femi.get("/teach").text)]
    assert fields[0] == fields[1]
    answer = femi.send(f"{made.request.path}/change", name="", starts="never", courses="tea")
    assert 'href="#name"' in answer.text
    assert 'href="#starts"' in answer.text


def test_a_visitor_with_a_code_signs_up_and_joins(house):
    new = house.browser()
    page = new.get(f"/join/{house.join_code}").text
    assert "Tuesday club" in page
    assert "Tea Families" in page
    new.get(re.search(r'href="(/sign-up\?next=[^"]+)"', page)[1])
    new.send("/sign-up", name="Nia", username="nia", password="three old shoes")
    assert new.last.request.path == f"/join/{house.join_code}"
    assert "You are in Tuesday club" in new.send().text


def test_a_wrong_code_says_what_to_do(visitor):
    answer = visitor.get("/join", query_string={"code": "nope-nope-11"})
    assert answer.status_code == 404
    assert "No club has the code NOPE-NOPE-11. Check it with your facilitator." in answer.text.replace("&#39;", "'")


def test_looking_for_a_group_writes_nothing(house, visitor):
    before = house.rows()
    visitor.get(f"/join/{house.join_code}")
    for number in range(5):
        assert visitor.get(f"/join/nope-nope-{number}").status_code == 404
    assert house.rows() == before
    assert before["throttles"] == 0


def flood(house) -> TestResponse:
    """Wrong codes from one address until it is enough."""
    visitor = house.browser()
    answers = (visitor.get(f"/join/nope-nope-{number}") for number in range(100))
    return next(answer for answer in answers if answer.status_code != 404)


def test_a_flood_of_wrong_codes_from_one_address_has_to_wait(house):
    answer = flood(house)
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 20
    assert "That is a lot of tries. Wait" in answer.text
    assert house.browser().get(f"/join/{house.join_code}").status_code == 429, "else it could be guessed on"
    assert house.rows()["throttles"] == 0


def test_a_flood_from_one_address_keeps_no_other_out(house):
    flood(house)
    elsewhere = {"REMOTE_ADDR": "198.51.100.7"}
    assert house.browser().get(f"/join/{house.join_code}", environ_base=elsewhere).status_code == 200


def test_a_club_that_scans_the_poster_all_together_never_waits(house):
    for _ in range(100):
        assert house.browser().get(f"/join/{house.join_code}").status_code == 200


def test_a_new_code_stops_the_old_one(house):
    femi = house.browser("femi")
    femi.send(f"/teach/groups/{house.group}", page=f"/teach/groups/{house.group}")
    assert house.join_code not in femi.last.text
    assert house.browser().get(f"/join/{house.join_code}").status_code == 404


@pytest.mark.parametrize(("sheet", "codes"), [("poster", 1), ("cards", 8)])
def test_the_poster_and_the_cards_hold_the_code_and_a_square_to_scan(house, sheet, codes):
    page = house.browser("femi").get(f"/teach/groups/{house.group}/{sheet}").text
    assert page.count(f'"codeword">{house.join_code}<') == codes
    assert page.count(f"Code to scan: http://127.0.0.1:8000/join/{house.join_code}") == codes
    assert len(re.findall(r'<path d="M4 4h7v1', page)) == 1, "drawn once, however many there are"


def test_a_code_read_with_letters_for_figures_or_the_other_way_round_leads_to_its_group():
    """A figure looks like a letter in many prints; where each stands in a code says which it is."""
    codes = [join_code(SECRET, f"group-{number}", "salt") for number in range(500)]
    misread = [f"{code[:-2].replace('O', '0').replace('S', '5')}{code[-2:].translate(LETTERS)}" for code in codes]
    assert misread != codes
    assert [plain_code(code) for code in misread] == [code.replace("-", "") for code in codes]
    assert [plain_code(code) for code in codes] == [code.replace("-", "") for code in codes]


LETTERS = str.maketrans("01582", "OISBZ")


def test_a_scan_is_a_square_with_quiet_ground_round_it():
    made = scan("http://127.0.0.1:8000/join/SWAN-SANDY-61")
    assert (made.size - 8 - 17) % 4 == 0
    assert made.path.startswith("M4 4h7v1h-7z")


def test_a_mentor_without_learners_is_told_so_kindly(house):
    assert "Nobody is paired with you yet" in house.browser("mira").get("/mentor").text


@pytest.mark.parametrize("who", ["", "lena", "mira", "fola"])
def test_others_have_no_business_in_groups(house, who):
    browser = house.browser(who)
    for path in ("/teach", f"/teach/groups/{house.group}", f"/teach/groups/{house.group}/poster"):
        answer = browser.get(path)
        assert answer.status_code == 403 or answer.request.path == "/sign-in"


def second_course(house):
    """The house with a group that learns a second course."""
    from dataclasses import replace
    from datetime import date

    from lms.services import publishing
    from lms.web.app import create_app
    from tests.web.conftest import COURSE, now_ms

    files = {path: text.encode() if isinstance(text, str) else text for path, text in COURSE.items()}
    files["course.md"] = files["course.md"].replace(b"course: tea", b"course: cake").replace(b"Making tea", b"Baking")
    publishing.publish(house.store, "cake", files, date(2026, 11, 22), now_ms())
    with house.store.write() as db:
        db.exec_driver_sql(
            "insert into group_courses select g.group_id, c.course_id from groups g, courses c"
            " where c.slug = 'cake' and g.public_id = ?",
            (house.group,),
        )
    return replace(house, app=create_app(house.settings, house.store))


def test_a_date_from_another_course_is_no_puzzle(house):
    house = second_course(house)
    lena = house.browser("lena")
    lena.send("/courses/tea/brewing/pot", page="/courses/tea/brewing/pot", act="done")
    page = house.browser("femi").get(f"/teach/groups/{house.group}?course=cake").text
    row = page.split(">Lena</a></b>")[1].split("</li>")[0]
    assert "Today" in row
    assert "Not started in Baking" in row
    for show, shown in (("new", True), ("quiet", False)):
        page = house.browser("femi").get(f"/teach/groups/{house.group}?course=cake&show={show}").text
        assert (">Lena</a></b>" in page) is shown


def test_a_facilitator_takes_somebody_out_after_being_asked_once_more(house):
    femi = house.browser("femi")
    page = femi.get(f"/teach/groups/{house.group}").text
    assert "Take somebody out of the group" in page
    page = femi.get(f"/teach/groups/{house.group}/take-out").text
    chosen = re.search(r'href="([^"]+\?person=[\w-]+)">Lena<', page)[1]
    assert "Take Lena out of Tuesday club?" in femi.get(chosen).text
    page = femi.send(f"/teach/groups/{house.group}/take-out").text
    assert "She is no longer in this group." in page
    assert "Lena" not in page
    assert femi.get(chosen).status_code == 404
    lena = house.browser("lena")
    assert "You are in no group." in lena.get("/me/settings").text
    assert lena.get("/me").status_code == 200


def test_a_form_that_names_nobody_takes_nobody_out(house):
    femi = house.browser("femi")
    page = f"/teach/groups/{house.group}/take-out"
    for person in ("", "nobody", house.group):
        assert femi.send(page, page="/teach", person=person).status_code == 404
    assert "Lena" in femi.get(page).text
