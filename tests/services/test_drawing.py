"""Drawing a badge's picture: whatever an author asks for, nobody else's badge waits for it."""

from __future__ import annotations

import resource
import time

import pytest

from lms.errors import LmsError
from lms.services import drawing
from lms.services.drawing import drawn
from lms.store.tables import badge_versions, credentials, files
from tests.services.signers import Worker, settings_of
from tests.services.site import Site
from tests.services.test_events_races import go

ROOT = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96">'
NOISE = '<feTurbulence baseFrequency="0.9" numOctaves="8"/>' * 20
COPIES = "".join(f'<g id="a{n}">' + f'<use href="#a{n - 1}"/>' * 10 + "</g>" for n in range(1, 5))
SLOW = (
    f'{ROOT}<filter id="f">{NOISE}</filter><g id="a0"><rect width="96" height="96" filter="url(#f)"/></g>{COPIES}</svg>'
)
"""Some 2 kB that would take resvg hours."""
SECONDS = 4


@pytest.fixture(autouse=True)
def _given_up_sooner(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process has less time here than it has in life: what takes hours takes longer than either."""
    assert SECONDS < drawing.SECONDS
    monkeypatch.setattr(drawing, "SECONDS", SECONDS)


def test_a_drawing_that_takes_hours_is_given_up_after_seconds():
    began = time.monotonic()
    with pytest.raises(LmsError, match="Give the badge a simpler picture"):
        drawn(SLOW)
    assert time.monotonic() - began < 2 * SECONDS + 5


def test_what_is_no_picture_is_told_and_what_is_one_is_drawn():
    with pytest.raises(LmsError, match="can't be drawn"):
        drawn("<svg>")
    assert drawn(f'{ROOT}<rect width="9" height="9"/></svg>').startswith(b"\x89PNG")


def test_a_picture_that_takes_hours_is_tried_once_and_everybody_elses_badges_are_signed(site: Site):
    worker, (lena, mira, sam) = Worker(site, settings_of(site)), map(site.person, ("Lena", "Mira", "Sam"))
    for learner in (lena, mira):
        site.send(learner, *site.toast())
    slow = site.store.files / ("f" * 64)
    slow.write_text(SLOW)
    with site.store.write() as db:
        row = {"file_hash": slow.name, "media_type": "image/svg+xml", "bytes": len(SLOW)}
        db.execute(files.insert().values(row))
        db.execute(badge_versions.update().where(badge_versions.c.name == "Toaster").values(picture_hash=slow.name))
    site.send(sam, *site.lesson(), site.quiz("started", 1))
    asked = [site.shape().places[no][1] for no in go(site, sam).asked]
    site.send(sam, *(site.quiz("answered", 1, name, ["a"]) for name in asked), site.quiz("finished", 1))
    before = _drawing_s()
    assert [it.split()[1] for it in worker.work()] == ["waiting"]
    assert _drawing_s() - before < 2 * SECONDS, "one try, not one for each who has the badge"
    (failed,) = [job for job in worker.told if job.kind == "sign"]
    assert "2 put off by a day" in failed.result.failure
    assert "Give the badge a simpler picture" in failed.result.failure
    assert [len(site.rows(credentials, it)) for it in (lena, mira, sam)] == [0, 0, 1]


def _drawing_s() -> float:
    """The seconds that processes started from here have worked."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
