"""The app of a preview beside the app of a site: what the one has, the other must not."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from lms.services.preview import set_up
from lms.services.previewing import Previewer
from lms.settings import LONDON
from lms.web import preview
from tests.web.conftest import COURSE, URL, now_ms


@pytest.fixture
def var(tmp_path: Path) -> Path:
    (tmp_path / "var").mkdir()
    return tmp_path / "var"


@pytest.fixture
def app(tmp_path: Path, var: Path) -> Iterator[Flask]:
    """That of a preview of the course the site of the other tests has."""
    folder = tmp_path / "tea"
    folder.mkdir()
    for name, text in COURSE.items():
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    with closing(set_up(var, URL, now_ms())) as store:
        previewer = Previewer(store, var, folder, LONDON)
        assert not previewer.look(now_ms(), date(2026, 11, 22)).is_behind
        yield preview.create_app(str(var))


def rows(var: Path) -> str:
    with closing(sqlite3.connect(var / "lms.db")) as db:
        return "\n".join(db.iterdump())


def test_every_page_of_a_preview_says_who_may_see_it(app):
    silent = [it.rule for it in app.url_map.iter_rules() if not hasattr(app.view_functions[it.endpoint], "allows")]
    assert silent == []


def test_looking_at_a_preview_changes_no_row(app, var):
    before = rows(var)
    browser = app.test_client()
    for path in ("/", "/courses/tea", "/courses/tea/brewing", "/preview", "/preview/version", "/me", "/nowhere"):
        assert browser.get(path, base_url=URL).status_code in (200, 404)
    assert rows(var) == before


def test_each_browser_is_the_same_learner_and_the_poll_signs_nobody_in(app):
    one, other = app.test_client(), app.test_client()
    assert "Set-Cookie" not in one.get("/preview/version", base_url=URL).headers
    for browser in (one, other):
        assert "Hello, Demo learner" in browser.get("/", base_url=URL).text


@pytest.mark.parametrize("path", ["/preview/0/preview.js", "/preview/x/../preview.css", "/preview/learner"])
def test_nothing_else_is_served_beside_it(app, path):
    assert app.test_client().get(path, base_url=URL).status_code in (404, 405)


@pytest.mark.parametrize("path", ["/", "/courses/tea", "/courses/tea/brewing/water?step=boil"])
def test_the_pages_of_a_site_have_nothing_of_a_preview(lena, path):
    assert "preview" not in lena.get(path).text.lower()
