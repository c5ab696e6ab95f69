"""What a person is told when something goes wrong."""

from __future__ import annotations

import pytest

from lms.errors import Busy, DiskFull, Forbidden, LmsError, NotFound, Refused, TooManyTries
from lms.web.faults import TOLD
from lms.web.headers import POLICY


@pytest.mark.parametrize(
    ("error", "status", "sentence"),
    [
        (LmsError(), 400, "Go back and try again"),
        (Forbidden(), 403, "You can't do that with this account"),
        (NotFound("No club has that code."), 404, "No club has that code."),
        (Refused("Choose one."), 422, "Choose one."),
        (TooManyTries(7), 429, "Wait 7 seconds"),
        (Busy(), 503, "What you typed is still on your page"),
        (DiskFull(), 507, "our disk is full"),
        (RuntimeError("secret detail"), 500, "It is not your fault"),
    ],
    ids=lambda it: it if isinstance(it, (int, str)) else type(it).__name__,
)
def test_each_fault_has_its_status_and_its_sentence(house, monkeypatch, error, status, sentence):
    def broken() -> None:
        raise error

    monkeypatch.setitem(house.app.view_functions, "home.home", broken)
    answer = house.browser().get("/")
    assert answer.status_code == status
    assert sentence in answer.text.replace("&#39;", "'")
    assert "secret detail" not in answer.text
    assert "Get help with this site" in answer.text
    if status in (429, 503):
        assert int(answer.headers["Retry-After"]) > 0


def test_every_status_the_site_gives_has_words_of_its_own():
    assert set(TOLD) >= {400, 401, 403, 404, 405, 413, 422, 429, 500, 503, 507}
    for told in TOLD.values():
        assert not str(told.heading).endswith(".")
        assert str(told.sentence).endswith((".", "?"))


def test_a_page_works_another_way_and_says_which(visitor):
    answer = visitor.client.post("/courses/tea", base_url="http://127.0.0.1:8000")
    assert answer.status_code in (403, 405)


def test_readiness_says_what_is_missing(house, visitor):
    assert visitor.get("/readyz").status_code == 200
    with house.store.write() as db:
        db.exec_driver_sql("delete from publications")
    answer = visitor.get("/readyz")
    assert answer.status_code == 503
    assert answer.mimetype == "application/problem+json"
    assert "No course is published" in answer.get_json()["detail"]
    assert visitor.get("/healthz").status_code == 200
    assert "No courses yet" in house.browser().get("/").text or "Making tea" in house.browser().get("/").text


@pytest.mark.parametrize(("error", "status"), [(Busy(), 503), (DiskFull(), 507)], ids=["busy", "full"])
@pytest.mark.parametrize("path", ["/", "/me"])
def test_a_database_that_fails_for_someone_signed_in_is_told_like_any_fault(
    house, lena, monkeypatch, path, error, status
):
    def broken(*_args: object, **_more: object) -> None:
        raise error

    monkeypatch.setattr(house.store, "read", broken)
    answer = lena.get(path)
    assert answer.status_code == status
    assert error.sentence in answer.text.replace("&#39;", "'")
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert ("Retry-After" in answer.headers) == (status == 503)


def test_a_page_that_is_not_there_is_not_found_even_while_the_database_fails(house, lena, monkeypatch):
    def broken(*_args: object, **_more: object) -> None:
        raise Busy

    monkeypatch.setattr(house.store, "read", broken)
    assert lena.get("/nowhere").status_code == 404


def test_a_page_that_is_not_there_still_knows_who_asks(lena):
    assert "My learning" in lena.get("/nowhere").text
