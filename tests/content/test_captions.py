"""Captions: what is read of a WebVTT file, the transcript made of it, and the file that learners are sent."""

from __future__ import annotations

import time

from hypothesis import example, given
from hypothesis import strategies as st

from lms.content.captions import Cue, Said, captions_in, captions_of, transcript, written


def _cues(body: str) -> tuple[Cue, ...]:
    found = captions_of(f"WEBVTT\n\n{body}")
    assert not found.slips, found.slips
    return found.cues


def _said(words: str) -> tuple[Said, ...]:
    return _cues(f"00:01.000 --> 00:02.000\n{words}\n")[0].said


def test_times_are_read_with_hours_and_without() -> None:
    cues = _cues("00:00.500 --> 00:03.000\nOne.\n\n59:59.999 --> 100:00:01.020 align:start\nTwo.\n")
    assert [(cue.start, cue.end) for cue in cues] == [(500, 3_000), (3_599_999, 360_001_020)]


def test_a_cue_may_have_a_name_and_several_lines() -> None:
    assert _cues("intro\n00:01.000 --> 00:02.000\nPick three\nwords.\n")[0].said == (Said("", "Pick three words."),)


def test_tags_are_taken_off_and_speakers_kept() -> None:
    assert _said("<c.loud>Pick <b>three</b> <00:01.500>words</c>.") == (Said("", "Pick three words."),)
    assert _said("<v Rosa>Hello.</v>\n<v.left.loud Mo Ali>Good <i>day</i>.") == (
        Said("Rosa", "Hello."),
        Said("Mo Ali", "Good day."),
    )
    assert _said("<v Rosa>Hello.</v> All clap.") == (Said("Rosa", "Hello."), Said("", "All clap."))


def test_a_mark_that_is_no_tag_stays_as_it_was_said() -> None:
    assert _said("2 < 3 and 4 &gt; 3 &amp; so on") == (Said("", "2 < 3 and 4 > 3 & so on"),)


def test_entities_can_not_bring_in_what_nobody_can_see() -> None:
    assert _said("One&#x202e;two&#0;&#x200b;three&nbsp;four") == (Said("", "Onetwo\ufffdthree four"),)


def test_cues_may_overlap_and_one_that_is_said_twice_running_is_one() -> None:
    times = "00:01.000 --> 00:09.000\n{}\n\n00:02.000 --> 00:03.000\n{}\n"
    assert [cue.said[0].words for cue in _cues(times.format("One.", "Two."))] == ["One.", "Two."]
    assert len(_cues(times.format("One.", "One."))) == 1


def test_lines_may_end_as_any_system_ends_them() -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\nOne.\n"
    whole = captions_in(text.encode())
    assert whole.cues
    for ending in ("\r\n", "\r"):
        assert captions_in(b"\xef\xbb\xbf" + text.replace("\n", ending).encode()) == whole


def test_captions_that_are_checked_and_then_used_are_read_once() -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\nRead once.\n"
    assert captions_of(text) is captions_in(text.encode())


def test_a_transcript_runs_on_until_someone_else_speaks() -> None:
    cues = _cues(
        "00:01.000 --> 00:02.000\n<v Rosa>Pick three\n\n00:02.000 --> 00:03.000\n<v Rosa>words.\n\n"
        "00:03.000 --> 00:04.000\n<v Mo>Why three?\n"
    )
    assert transcript(cues) == [Said("Rosa", "Pick three words."), Said("Mo", "Why three?")]


def test_a_transcript_starts_anew_after_a_pause_but_not_within_a_sentence() -> None:
    one = "00:01.000 --> 00:02.000\n{}\n\n00:05.000 --> 00:06.000\nOn it goes.\n"
    assert len(transcript(_cues(one.format("It ends here.")))) == 2
    assert transcript(_cues(one.format("It ends,"))) == [Said("", "It ends, On it goes.")]


def test_a_transcript_has_no_endless_paragraph() -> None:
    cue = "00:{}.000 --> 00:{}.000\nTen words stand in line {}, or so they say.\n"
    paragraphs = transcript(_cues("\n".join(cue.format(at, at + 1, at) for at in range(10, 40))))
    assert [len(it.words.split()) for it in paragraphs] == [60] * 5


def test_the_file_learners_are_sent_holds_times_names_and_words_alone() -> None:
    text = (
        "WEBVTT by hand\nKind: captions\n\nNOTE secret\n\nSTYLE\n::cue{background:url(https://example.org/a)}\n\n"
        "one\n00:01.000 --> 00:02.500 position:10%\n<v Rosa><b>2 &lt; 3</b>\n\n01:00:00.000 --> 01:00:01.000\nBye.\n"
    )
    assert written(captions_of(text).cues).decode() == (
        "WEBVTT\n\n00:00:01.000 --> 00:00:02.500\n<v Rosa>2 &lt; 3</v>\n\n01:00:00.000 --> 01:00:01.000\nBye.\n"
    )


WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
LINES = st.sampled_from(
    [
        *("WEBVTT", "", "", "NOTE x", "STYLE", "REGION", "00:01.000 --> 00:02.000", "00:01,0 --> 2", "-->", "<v A>b"),
        *("</v>", "&lt;script&gt;", "<script>alert(1)</script>", "--&gt;", "a &amp;lt; b", "00:00.000-->00:00.001"),
    ]
)


@given(st.lists(LINES | WORDS, max_size=20).map("\n".join))
@example("00:01.000 --> 00:02.000\nWEBVTT\n</v>\nWEBVTT")
@example("00:01.000 --> 00:02.000\na <v  >b</v> c")
def test_any_text_is_read_and_what_is_written_of_it_reads_the_same(text: str) -> None:
    found = captions_of(f"WEBVTT\n\n{text}".replace("\r", "\n"))
    if found.cues:
        again = captions_of(written(found.cues).decode())
        assert not again.slips
        assert again.cues == found.cues
    for slip in found.slips:
        assert slip.line >= 1
        assert slip.column >= 1


def test_a_hostile_file_is_read_in_its_own_time() -> None:
    for text in ("<" * 190_000, "<v " * 60_000, "&" * 190_000, "&lt;" * 47_000, "-->" * 60_000, "\n-->" * 47_000):
        began = time.perf_counter()
        captions_of(f"WEBVTT\n\n00:01.000 --> 00:02.000\n{text}")
        assert time.perf_counter() - began < 2
