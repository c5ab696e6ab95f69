"""What the shipped courses take of somebody's data: counted as it is sent, headers and all, and held to the promise.

A browser looks at one page of each kind (tests/browser/test_pages.py); here is every screen of every lesson and quiz.
"""

from __future__ import annotations

import gzip
import re
import uuid
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from lms.services import people, publishing, quiz, stores
from lms.services.compiling import read_folder
from lms.services.courses import Catalogue
from lms.settings import LONDON, Settings
from lms.web import weights
from lms.web.app import create_app
from tests.browser.learning import begin_quiz, right
from tests.web.conftest import COURSE, PICTURE, SECRET, URL, now_ms

COURSES = sorted(path.parent for path in (Path(__file__).parents[2] / "courses").glob("*/course.md"))
PAGE, FIRST, AGAIN = 14 * 1024, 100_000, 30_000
"""The most of a page's HTML and style sheet; of a lesson with pictures the first time, and again."""
_LOADED = re.compile(r'(?:<img|<script)[^>]* src="(/[^"]+)"|<link rel="(?:stylesheet|icon)" href="([^"]+)"')
_STYLE = re.compile(r'<link rel="stylesheet" href="([^"]+)"')


@dataclass
class Phone:
    """A learner's phone that knows gzip: what it was sent of pages, and of what it keeps."""

    client: FlaskClient
    pages: list[int] = field(default_factory=list)
    kept: dict[str, int] = field(default_factory=dict)

    def opens(self, path: str) -> None:
        page, took = self._asks(path)
        self.pages.append(took)
        for one, other in _LOADED.findall(page):
            self.kept.setdefault(one or other, 0)
        for address in (it for it, took in self.kept.items() if not took):
            self.kept[address] = self._asks(address)[1]
        assert took + sum(self.kept[it] for it in _STYLE.findall(page)) < PAGE, path

    def _asks(self, path: str) -> tuple[str, int]:
        answer = self.client.get(path, base_url=URL, headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200, path
        packed = answer.headers.get("Content-Encoding") == "gzip"
        return gzip.decompress(answer.data).decode() if packed else "", len(answer.data) + len(
            str(answer.headers)
        ) + len("HTTP/1.1 200 OK\r\n")


@dataclass
class Shelf:
    """The three courses on a site with one learner."""

    app: object
    store: object
    catalogue: Catalogue
    person_id: int
    client: FlaskClient


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    var, at_ms = tmp_path_factory.mktemp("weights"), now_ms()
    store = stores.open_store(f"sqlite:///{var}/lms.db", var)
    stores.migrate(store, LONDON, at_ms)
    for folder in COURSES:
        publishing.publish(store, folder.name, read_folder(folder), date(2026, 11, 22), at_ms, heed_lock=False)
    app = create_app(
        Settings(var=var, database_url=f"sqlite:///{var}/lms.db", secret_key=SECRET, public_url=URL), store
    )
    token = people.sign_up(store, "Wen", "wen", "sock kettle moon", "yes", "en", at_ms)
    client = app.test_client()
    with client.session_transaction(base_url=URL) as session:
        session["_user_id"] = f"{token.person_id}.{token.secret}"
    yield Shelf(app, store, Catalogue(store), token.person_id, client)
    store.engine.dispose()


@pytest.mark.parametrize("course", [folder.name for folder in COURSES])
def test_every_lesson_is_as_light_as_its_page_promised(shelf, course):
    shape = shelf.catalogue.shelf(now_ms()).course(course)
    for module in shape.plan.modules:
        for lesson in module.lessons:
            phone, path = Phone(shelf.client), f"/courses/{course}/{module.module}/{lesson.name}"
            asked = [step.name for step in lesson.steps if step.kind in weights.ASKED]
            screens = [it.name for it in shelf.catalogue.fragments(shape, module.module, lesson.name)]
            for name in (*screens, *asked):
                phone.opens(f"{path}?step={name}")
            pictures = sum(took for it, took in phone.kept.items() if it.startswith("/files/"))
            assert sum(phone.pages) + sum(phone.kept.values()) < FIRST, path
            assert sum(phone.pages) < AGAIN, path
            with shelf.app.test_request_context("/", base_url=URL):
                promised = weights.of_lessons(shape, module, lesson)
            assert sum(phone.pages) + pictures <= promised <= 1.5 * (sum(phone.pages) + pictures), path


def test_who_saves_data_asks_for_a_heavy_picture_first_and_sees_a_light_one_at_once(house, visitor):
    heavy = PICTURE.replace(b"M0", b"M" + b"".join(b"%d %d " % (at * at, 7**at % 997) for at in range(3000)))
    words = COURSE["brewing.md"].replace("Fresh water", "![A cup](cup.svg)\n\nFresh water")
    files = {path: it.encode() if isinstance(it, str) else it for path, it in {**COURSE, "brewing.md": words}.items()}
    publishing.publish(house.store, "tea", {**files, "kettle.svg": heavy, "cup.svg": PICTURE}, date.today(), now_ms())
    step = "/courses/tea/brewing/water?step=boil"
    light, promised = "/courses/tea/brewing", re.compile(r"(\d+).kB of data")
    assert len(pictures(visitor.get(step).text)) == 2
    whole = int(promised.search(visitor.get(light).text)[1])
    visitor.headers = {"Save-Data": "on"}
    page = visitor.get(step).text
    assert len(pictures(page)) == 1
    link = re.search(r'href="(\?step=boil&amp;pictures=all)">Show the picture \((\d+).kB\)</a> A kettle stands', page)
    assert abs(whole - int(promised.search(visitor.get(light).text)[1]) - int(link[2])) <= 1
    assert len(pictures(visitor.get(step.partition("?")[0] + link[1].replace("&amp;", "&")).text)) == 2


def test_the_first_picture_of_a_screen_does_not_wait_and_every_one_has_its_room(visitor):
    (picture,) = pictures(visitor.get("/courses/tea/brewing/water?step=boil").text)
    assert 'width="360" height="113"' in picture
    assert "lazy" not in picture


def pictures(page):
    return re.findall(r'<img src="/files/[^>]*>', page)


@pytest.mark.parametrize("course", [folder.name for folder in COURSES])
def test_a_quiz_is_as_light_as_its_page_promised(shelf, course):
    at_ms, shape = now_ms(), shelf.catalogue.shelf(now_ms()).course(course)
    module, phone = shape.plan.modules[0], Phone(shelf.client)
    path = f"/courses/{course}/{module.module}/quiz"
    phone.opens(path)
    begin_quiz(shelf.store, shelf.catalogue, shelf.person_id, course, module.module, at_ms)
    go = quiz.see(shelf.store, shelf.catalogue, shape, module.module, shelf.person_id).go
    for no in go.asked:
        phone.opens(path)
        given = right(shelf.catalogue.key(shape, no))
        quiz.answer(shelf.store, shelf.catalogue, go, no, given, uuid.uuid4(), shelf.person_id, at_ms, LONDON)
    phone.opens(path)
    quiz.finish(shelf.store, shelf.catalogue, go, shelf.person_id, at_ms, LONDON)
    phone.opens(path)
    with shelf.app.test_request_context("/", base_url=URL):
        promised = weights.of_quiz(shape, module, module.quiz)
    assert sum(phone.pages) <= promised <= 1.5 * sum(phone.pages)
