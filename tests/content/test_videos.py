"""Videos: the piece of a page that shows one, the files it brings, and what it weighs."""

from __future__ import annotations

import hashlib
from html.parser import HTMLParser

import pytest

from lms.content.compile import compile as compile_course
from lms.content.freeze import freeze
from lms.content.release import Fragment, Release
from lms.content.sanitise import bleached, faults, is_ours, read_again
from lms.content.videos import figure, videos_of

COURSE = b"---\ncourse: c\nlang: en\norder: m\nbadge: none\n---\n# Course\n"
MODULE = """---
module: m
lang: en
badge: none
---
# Module

## Lesson {#l}
- Skills: eds-2022/F7

### Step {#s}
See how it is done.

[Make a **good** passphrase](films/phrase.mp4)

Now you.
"""
FILM = b"\0\0\0 ftypmp42" + bytes(3_200_000)
WORDS = """WEBVTT

NOTE for the author

00:01.000 --> 00:03.000
<v Rosa>Pick three words.

00:03.000 --> 00:04.000
<v Mo>Why <i>three</i>?
"""
WELSH = "WEBVTT\n\n00:01.000 --> 00:03.000\nDewiswch dri gair.\n"


def _release(words: str = WORDS, module: str = MODULE) -> Release:
    files = {
        "course.md": COURSE,
        "m.md": module.encode(),
        "films/phrase.mp4": FILM,
        "films/phrase.en.vtt": words.encode(),
        "films/phrase.cy.vtt": WELSH.encode(),
    }
    compiled = compile_course(files)
    assert compiled.course, compiled.problems
    frozen = freeze(compiled.course)
    assert frozen.release, frozen.problems
    return frozen.release


def _page(release: Release) -> Fragment:
    return release.pages["m", "l"][0]


def _file(release: Release, path: str) -> str:
    """Where a file of a release is found."""
    found = [digest for digest, file in release.files.items() if file.path == path]
    assert len(found) == 1
    return f"/files/{found[0]}"


def test_a_video_is_a_figure_with_its_size_its_captions_and_all_that_is_said() -> None:
    release = _release()
    film, english = _file(release, "films/phrase.mp4"), _file(release, "films/phrase.en.vtt")
    welsh = _file(release, "films/phrase.cy.vtt")
    assert _page(release).html == (
        "<p>See how it is done.</p>"
        '<figure class="video"><figcaption>Make a good passphrase <span class="video-size">Video, 3.3 MB</span>'
        "</figcaption>"
        '<video controls preload="none" playsinline="" aria-label="Make a good passphrase">'
        f'<source src="{film}" type="video/mp4">'
        f'<track kind="captions" src="{welsh}" srclang="cy" label="Cymraeg">'
        f'<track kind="captions" src="{english}" srclang="en" label="English" default="">'
        "</video>"
        "<details><summary>Read what is said</summary>"
        "<p><strong>Rosa:</strong> Pick three words.</p><p><strong>Mo:</strong> Why three?</p></details></figure>"
        "<p>Now you.</p>"
    )


def test_its_files_are_found_by_their_bytes_and_have_their_types() -> None:
    release = _release()
    assert {file.path: file.media_type for file in release.files.values()} == {
        "films/phrase.mp4": "video/mp4",
        "films/phrase.en.vtt": "text/vtt",
        "films/phrase.cy.vtt": "text/vtt",
    }
    for digest, file in release.files.items():
        assert hashlib.sha256(file.data).hexdigest() == digest


def test_the_captions_learners_are_sent_hold_nothing_else_of_the_authors_file() -> None:
    release = _release()
    data = next(file.data for file in release.files.values() if file.path == "films/phrase.en.vtt")
    assert data.decode() == (
        "WEBVTT\n\n00:00:01.000 --> 00:00:03.000\n<v Rosa>Pick three words.</v>\n\n"
        "00:00:03.000 --> 00:00:04.000\n<v Mo>Why three?</v>\n"
    )


def test_a_lesson_weighs_its_words_and_captions_but_no_video() -> None:
    lesson = _release().plan.modules[0].lessons[0]
    assert 300 < lesson.nbytes < 3_000
    without = _release(module=MODULE.replace("[Make a **good** passphrase](films/phrase.mp4)\n", ""))
    assert without.plan.modules[0].lessons[0].nbytes < lesson.nbytes - 300
    assert not without.files


def test_the_same_video_twice_is_one_file() -> None:
    twice = MODULE + "\n[The same again](films/phrase.mp4)\n"
    release = _release(module=twice)
    assert _page(release).html.count("<video") == 2
    assert len(release.files) == 3


def test_a_video_can_be_shown_in_a_welcome_and_in_a_question_too() -> None:
    film = "\n\n[A film](films/phrase.mp4)\n"
    asked = f"\n### Question: Which? {{#q}}{film}\n- [x] One\n- [ ] Two\n"
    release = _release(module=MODULE.replace("# Module\n", f"# Module\n\nWelcome.{film}", 1) + asked)
    assert "<video" in release.pages["m", ""][0].html
    assert "<video" in release.pages["m", "l"][1].html


def test_a_new_cut_of_captions_is_a_new_file_and_changes_no_name() -> None:
    before, after = _release(), _release(WORDS.replace("three", "four"))
    assert _file(before, "films/phrase.en.vtt") != _file(after, "films/phrase.en.vtt")
    assert before.hash != after.hash
    assert before.names == after.names


HOSTILE = (
    "<script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<img src=x onerror=alert(1)>",
    "&lt;img src=x onerror=alert(1)&gt;",
    "</p></details></figure><script>alert(1)</script>",
    "&lt;/details&gt;&lt;/figure&gt;&lt;style&gt;*{display:none}",
    "&amp;lt;script&amp;gt;alert(1)&amp;lt;/script&amp;gt;",
    '<v "><script>alert(1)</script>">Hello',
    "<v &lt;img/src=x/onerror=alert(1)&gt;>Hello",
    "<v Rosa onclick=alert(1)>Hello</v>",
    "javascript:alert(1) &quot;&apos;&grave;",
    "<lang en><ruby>a<rt>b</rt></ruby>",
)


class _Tags(HTMLParser):
    """The tags and attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found |= {tag, *(name for name, _ in attrs)}


PLAIN = {"details", "figcaption", "figure", "p", "source", "span", "strong", "summary", "track", "video"}
ATTRIBUTES = {"aria-label", "class", "controls", "default", "kind", "label", "playsinline", "preload", "src", "srclang"}


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_captions_are_words_and_nothing_else(words: str) -> None:
    release = _release(f"WEBVTT\n\n00:01.000 --> 00:02.000\n{words} end\n")
    tags = _Tags()
    tags.feed(_page(release).html)
    assert tags.found <= PLAIN | ATTRIBUTES | {"type"}
    data = next(file.data for file in release.files.values() if file.path == "films/phrase.en.vtt").decode()
    assert "<" not in data.replace("<v ", "").replace("</v>", "")


@pytest.mark.parametrize("words", ['A "film" & <more>', "&lt;b&gt;", "'", "\u05e9\u05dc\u05d5\u05dd", "x" * 400])
def test_a_video_passes_every_wall_behind_the_renderer_unchanged(words: str) -> None:
    captions = f"WEBVTT\n\n00:01.000 --> 00:02.000\n<v {words.replace('<', '').replace('>', '')}>{words}\n"
    for path in ("a.mp4", "a.webm"):
        video = videos_of({path: b"film", "a.en.vtt": captions.encode(), "a.ar.vtt": WELSH.encode()})[path]
        block = figure(video, words, "en")
        assert is_ours(block)
        assert read_again(block) == []
        assert bleached(block) == block
        assert faults(block) == ()


def test_the_walls_let_no_other_video_through() -> None:
    video = videos_of({"a.mp4": b"film", "a.en.vtt": WELSH.encode()})["a.mp4"]
    block = figure(video, "A film", "en")
    for right, wrong in (
        ('preload="none"', 'preload="auto"'),
        ("controls", "autoplay"),
        ('src="/files/', 'src="https://example.org/'),
        ('type="video/mp4"', 'type="text/html"'),
        ('kind="captions"', 'kind="metadata"'),
        ("<source ", '<source onerror="alert(1)" '),
        ("<video ", '<video poster="/files/x" '),
        ("<summary>", "<p>"),
        ("</video>", "words</video>"),
        ("<figure class", "<figure id"),
    ):
        assert right in block
        assert faults(block.replace(right, wrong, 1)), wrong
    assert faults('<p><source src="/files/' + "0" * 64 + '" type="video/mp4"></p>')
    assert faults('<details open=""><summary>a</summary></details>')


def test_captions_in_the_language_of_the_page_come_first_to_hand() -> None:
    files = {"a.mp4": b"film", "a.cy.vtt": WELSH.encode(), "a.en.vtt": WORDS.encode()}
    video = videos_of(files)["a.mp4"]
    assert 'label="Cymraeg" default=""' in figure(video, "Ffilm", "cy")
    assert "Dewiswch dri gair." in figure(video, "Ffilm", "cy")
    assert 'label="English" default=""' in figure(video, "A film", "en")


@pytest.mark.parametrize(
    ("nbytes", "said"),
    [(900, "1 kB"), (640_000, "640 kB"), (1_000_000, "1.0 MB"), (3_200_001, "3.3 MB"), (20_000_000, "20.0 MB")],
)
def test_a_video_says_what_it_costs_rounded_up(nbytes: int, said: str) -> None:
    video = videos_of({"a.webm": bytes(nbytes), "a.en.vtt": WORDS.encode()})["a.webm"]
    assert f'<span class="video-size">Video, {said}</span>' in figure(video, "A film", "en")
