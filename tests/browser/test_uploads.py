"""Sending a photo from an old phone: made smaller on the way where there are scripts, refused in words where not."""

from __future__ import annotations

import os

import pytest
from PIL import Image

from tests.browser.person import Person, a_username

TASK = "/me/files/kinds/passwords/t-tell"


@pytest.fixture(scope="module")
def camera(tmp_path_factory):
    """A photo as a camera takes it: 3 MB, and more dots than anybody needs."""
    path = tmp_path_factory.mktemp("camera") / "IMG 2026.jpg"
    noise = Image.frombytes("RGB", (640, 480), os.urandom(640 * 480 * 3))
    noise.resize((2560, 1920)).save(path, "JPEG", quality=97)
    assert path.stat().st_size > 2_000_000
    return path


@pytest.fixture
def lena(site, kinds, profile, javascript):
    who = Person(site, profile(javascript=javascript))
    who.open("/sign-up")
    who.sign_up("Demo Lena", a_username())
    return who


def test_a_photo_from_a_camera(lena, camera, javascript):
    lena.open(TASK)
    lena.page.get_by_label("A photo, a PDF or a text").set_input_files(str(camera))
    lena.press("Send it")  # at once: the phone may still be making it smaller
    if not javascript:
        lena.sees("This file is too large.")
        return
    lena.sees("Sent. Your file is kept here.")
    shown = lena.page.get_by_role("link", name="IMG 2026.jpg")
    assert shown.count() == 1
    lena.press("Take back IMG 2026.jpg")
    lena.sees("That file is gone now, for everybody.")
    assert shown.count() == 0
