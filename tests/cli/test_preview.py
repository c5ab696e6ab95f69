"""`lms preview`: a course as learners see it, its problems beside the lines, on a site that leaves nothing behind."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.ports import a_port
from tests.previews import Preview, environ, previewing, save

Start = Callable[..., Preview]

LESSON = "/courses/tea/brewing/water"
QUIZ = """
## Quiz: Check yourself {#quiz}

- Pass: 2

### Question: What comes first? {#z-first}

- [x] Boil it
- [ ] Drink it

### Question: What is in the pot? {#z-pot}

- [x] Tea
- [ ] Sand
"""
DRAFT = """---
module: pouring
lang: en
badge: none
---
# Pouring

## The cup {#cup}

- Skills: eds-2022/F1

### Pour it {#pour}

Pour it slowly into the cup.
"""


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    return tmp_path / "temporary"


@pytest.fixture
def start(temporary: Path) -> Iterator[Start]:
    """`start(folder)` starts one; none is left behind."""
    with ExitStack() as running:
        yield lambda folder, *arguments, **settings: running.enter_context(
            previewing(folder, temporary, *arguments, **settings)
        )


def refused(folder: Path, *arguments: str) -> str:
    """What is said by a start that can't be; one line, and exit code 2."""
    command = [sys.executable, "-m", "lms", "preview", *arguments]
    done = subprocess.run(
        command, cwd=folder, env=environ(folder), capture_output=True, text=True, timeout=180, check=False
    )
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stdout + done.stderr
    return done.stderr


def above(text: str) -> str:
    """What stands above the page, in words."""
    found = re.search(r'<aside class="preview".*?</aside>', text, re.DOTALL)
    assert found
    words = re.sub(r"<span[^>]*hidden>.*?</span>", "", found[0])
    return " ".join(re.sub("<[^>]*>", " ", words).split()).replace(" .", ".")


# --- as a learner -----------------------------------------------------------------------------------


def test_it_prints_one_address_where_a_demo_learner_is_signed_in_already(tea, start):
    one = start(tea)
    assert re.findall(r"http://\S+", "\n".join(one.greeting)) == [one.url]
    browser = one.browser()
    assert "Hello, Demo learner" in browser.open("/")
    assert "Making tea" in browser.text
    assert above(browser.text) == "Preview. Nothing to mend."
    assert "script-src 'self'" in browser.headers["Content-Security-Policy"]


def test_a_learner_can_go_all_the_way_to_the_badge(tea, start):
    save(tea / "brewing.md", "badge: none", "badge: Brewer")
    with (tea / "brewing.md").open("a") as file:
        file.write(QUIZ)
    browser = start(tea).browser()
    browser.open(LESSON)
    browser.send()
    right = re.search(r'value="(\w)" id="a-\w"[^>]*><label[^>]*>It has just boiled', browser.text)
    browser.send(act="answered", answer=right[1])
    assert "Yes, that is right" in browser.text
    browser.open("/courses/tea/brewing/quiz")
    browser.send(act="started")
    for _ in range(2):
        right = re.search(r'value="(\w)" id="a-\w"[^>]*><label[^>]*>(?:Boil it|Tea)<', browser.text)
        browser.send(act="answered", answer=right[1])
    browser.send(act="finished")
    assert "2 out of 2" in browser.text
    assert "Brewer" in browser.open("/me")
    assert "Brewer" in browser.open(re.search(r'"(/badges/[^"]*)"', browser.text)[1])


def test_after_a_save_the_page_shows_the_new_words_and_answers_stay(tea, start):
    browser = start(tea).browser()
    browser.open(LESSON)
    browser.send()
    browser.send(act="answered", answer="a")
    assert "Yes, that is right" in browser.text
    save(tea / "brewing.md", "Water for tea", "The water for tea")
    browser.until("The water for tea has just boiled", f"{LESSON}?step=boil")
    save(tea / "brewing.md", "- [ ] It is warm", "- [ ] It is cold\n- [ ] It is warm")
    browser.until("It is cold", f"{LESSON}?step=q-hot")
    assert "Done." in browser.open("/courses/tea")


KINDS = {
    "Order": "### Order: First? {#q-hot}\n\n1. Boil\n2. Pour\n",
    "Gaps": "### Gaps: Which? {#q-hot}\n\nThe water is [[hot]].\n\n- Extra: cold\n",
    "Match": "### Match: Which? {#q-hot}\n\n| A | B |\n| - | - |\n| Tea | Hot |\n| Ice | Cold |\n",
    "number": "### Question: Which? {#q-hot}\n\n- Number: 3\n",
    "Reflect": "### Reflect: Which do you like? {#q-hot}\n",
    "Task": "### Task: Make some {#q-hot}\n\n- [ ] I made it\n",
    "Rate": "### Rate: Can you? {#q-hot}\n\n- Skills: eds-2022/F1\n",
}


def test_a_step_may_become_another_kind_without_a_line_about_it(tea, start):
    """What was only previewed was never published: no name is used up, and no answer is in the way."""
    browser = start(tea).browser()
    browser.open(f"{LESSON}?step=q-hot")
    browser.send(act="answered", answer="b")
    text = (tea / "brewing.md").read_text("utf-8")
    question = text[text.index("### Question") :]
    for kind, step in KINDS.items():
        (tea / "brewing.md").write_text(text.replace(question, f"### {kind} {{#now}}\n\nNow.\n\n{step}"), "utf-8")
        browser.until(kind, f"{LESSON}?step=now")
        for path in ("/", "/courses/tea", "/courses/tea/brewing", LESSON, f"{LESSON}?step=q-hot", "/me"):
            browser.open(path)
            assert browser.status == 200, (kind, path)
        assert above(browser.text) == "Preview. Nothing to mend."


def test_a_quiz_that_is_under_way_may_lose_its_questions(tea, start):
    (tea / "brewing.md").write_text((tea / "brewing.md").read_text("utf-8") + QUIZ, "utf-8")
    browser = start(tea).browser()
    browser.open("/courses/tea/brewing/quiz")
    browser.send(act="started")
    browser.send(act="answered", answer="a")
    for old, new in (("z-first", "z-second"), ("- [x] Tea\n- [ ] Sand", "- Answer: tea"), ("Pass: 2", "Pass: 1")):
        save(tea / "brewing.md", old, new)
        save(tea / "brewing.md", "# Brewing", f"# Brewing {new[-1]}")
        browser.until(f"Brewing {new[-1]}", "/courses/tea/brewing")
        for path in ("/courses/tea/brewing/quiz", "/courses/tea/brewing/quiz?start=1", "/me"):
            browser.open(path)
            assert browser.status == 200, path


def test_a_course_that_gets_another_name_is_not_shown_under_both(tea, start):
    one = start(tea)
    browser = one.browser()
    browser.open("/courses/tea")
    save(tea / "course.md", "course: tea", "course: coffee")
    browser.until("/courses/coffee", "/")
    assert "/courses/tea" not in browser.text
    browser.open("/courses/tea")
    assert browser.status == 404
    assert above(browser.text) == "Preview. Nothing to mend."


def test_a_draft_is_shown_and_marked_as_one(tea, start):
    (tea / "pouring.md").write_text(DRAFT, "utf-8")
    browser = start(tea).browser()
    assert "Draft: learners do not see it. Pouring" in above(browser.open("/courses/tea"))
    assert "Draft: learners do not see it" in above(browser.open("/courses/tea/pouring/cup"))
    assert "Pour it slowly" in browser.text
    assert "Draft" not in above(browser.open("/courses/tea/brewing"))


def test_who_signs_out_sees_what_visitors_see_and_can_come_back(tea, start):
    browser = start(tea).browser()
    browser.open("/")
    browser.send("/sign-out")
    assert "You do not need an account" in browser.open("/")
    assert "You see what visitors see" in above(browser.text)
    browser.send("/preview/learner")
    assert "Hello, Demo learner" in browser.text


# --- what is to be mended ---------------------------------------------------------------------------


def test_a_course_with_errors_goes_on_as_it_was_and_says_what_to_mend(tea, start):
    one = start(tea)
    browser = one.browser()
    browser.open("/")
    save(tea / "brewing.md", "[x]", "[ ]")
    browser.until("1 thing to mend", f"{LESSON}?step=q-hot")
    assert re.search(r"You see your course as it was at \d\d:\d\d\.", above(browser.text))
    assert "Line 18 of brewing.md : no choice is right. Mark one with [x]." in above(browser.text)
    assert "It has just boiled" in browser.text
    assert "no choice" not in above(browser.open(f"{LESSON}?step=boil")), "it is about another step"
    page = browser.open("/preview")
    assert re.search(r'<a href="#f1-18">Line 18</a>\. <b>To mend:</b> no choice is right\. Mark one with \[x\]\.', page)
    assert re.search(r'<li id="f1-18" class="bad" [^>]*>.*?<code dir="auto">- \[ \] It has just boiled</code>', page)
    save(tea / "brewing.md", "- [ ] It has", "- [x] It has")
    assert "nothing to mend" in browser.until("nothing to mend")


def test_a_warning_stands_at_its_step_and_stops_nothing(tea, start):
    save(tea / "brewing.md", "Water for tea has just boiled.", "Water: [click here](https://example.org/water).")
    browser = start(tea).browser()
    browser.open(f"{LESSON}?step=boil")
    assert above(browser.text).startswith("Preview. 1 thing to look at. Line 14 of brewing.md")
    assert "You see your course as" not in above(browser.text)
    assert "click here" in browser.text
    assert 'class="look"' in browser.open("/preview")


def test_a_course_that_was_never_fit_to_show_has_a_page_of_what_to_mend(tea, start):
    save(tea / "brewing.md", "[x]", "[ ]")
    browser = start(tea).browser()
    browser.open("/")
    assert browser.at == "/preview"
    assert "Then your course will stand here" in above(browser.text)
    assert "no choice is right" in browser.text
    browser.open("/courses/tea")
    assert browser.status == 404
    save(tea / "brewing.md", "- [ ] It has", "- [x] It has")
    assert "See the course" in browser.until("See the course", "/preview")
    assert "Making tea" in browser.open("/")


@pytest.mark.parametrize("files", [{}, {"notes.txt": "Tea."}, {"course.md": "# Tea"}, {"course.md": "\xff"}])
def test_a_folder_that_is_no_course_yet_says_what_it_lacks(tmp_path, start, files):
    folder = tmp_path / "empty"
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_bytes(text.encode("latin-1"))
    one = start(folder)
    browser = one.browser()
    assert "to mend" in above(browser.open("/"))
    assert "course.md" in browser.text
    assert one.told().endswith(f"{one.url}/preview")


def test_a_folder_that_goes_away_and_comes_back_is_followed(tea, start):
    one = start(tea)
    assert one.told() == "all is well"
    tea.rename(tea.parent / "kept")
    assert one.told().startswith("There is no ")
    browser = one.browser()
    assert "any more" in above(browser.open("/courses/tea"))
    assert "Making tea" in browser.text
    (tea.parent / "kept").rename(tea)
    assert one.told() == "all is well"
    assert above(browser.open("/")) == "Preview. Nothing to mend."


def test_a_folder_of_too_many_files_is_told_and_followed(tea, start):
    one = start(tea)
    assert one.told() == "all is well"
    (tea / "many").mkdir()
    for number in range(2_001):
        (tea / "many" / f"{number}.txt").touch()
    assert "holds more than 2000 files. Is it the right folder?" in one.told()
    for number in range(2_001):
        (tea / "many" / f"{number}.txt").unlink()
    while one.told() != "all is well":
        pass


def test_a_hostile_file_is_words_on_the_page_of_problems(tea, start):
    worst = '<img src=x onerror=alert(1)> "><script>alert(2)</script> {{ 7*7 }} \u202e </code></li> javascript:x'
    with (tea / "brewing.md").open("a", encoding="utf-8") as file:
        file.write(f"\n### {worst}\n\n{worst}\n\n[x]({worst})\n")
    (tea / "<b>.md").write_text(worst, "utf-8")
    browser = start(tea).browser()
    for path in ("/preview", "/courses/tea"):
        page = browser.open(path)
        assert "<img src=x" not in page
        assert "<script>" not in page
        assert "<b>.md" not in page
        assert "49" not in re.sub(r"<aside.*?>|/static/\w+/", "", page)  # nor in the names of files, which are drawn
    assert "&lt;script&gt;alert(2)&lt;/script&gt; {{ 7*7 }} ⟨U+202E⟩" in browser.open("/preview")


# --- the site ---------------------------------------------------------------------------------------


def test_the_environment_is_not_read_and_the_courses_folder_not_written(tea, start, temporary):
    (tea / "names.lock").write_text("course tea\n")
    before = {path: path.read_bytes() for path in tea.rglob("*")}
    settings = {"LMS_DATABASE_URL": "postgresql://nobody:pw@127.0.0.1:1/none", "LMS_MODE": "nonsense"}
    one = start(tea, **settings)
    browser = one.browser()
    assert "Hello, Demo learner" in browser.open("/")
    browser.open(f"{LESSON}?step=q-hot")
    browser.send(act="answered", answer="a")
    assert {path: path.read_bytes() for path in tea.rglob("*")} == before


def test_a_lock_is_held_against_the_files_as_a_check_does(tea, start):
    (tea / "names.lock").write_text(
        "course tea\nname brewing/gone reading 2026-11-21 wording=0123456789abcdef meaning=0123456789abcdef\n"
    )
    browser = start(tea).browser()
    browser.open("/")
    assert "was published and is gone" in browser.text


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_nothing_is_left_however_it_is_ended(tea, start, temporary, number):
    one = start(tea)
    one.browser().open("/")
    assert len(list(temporary.glob("lms-preview-*"))) == 1
    assert one.ended_by(number) == (0, "\n")
    assert list(temporary.iterdir()) == []
    assert not one.answers()


def test_where_it_is_killed_the_server_goes_at_once_and_the_folder_at_the_next_start(tea, start, temporary):
    one = start(tea)
    (left,) = temporary.glob("lms-preview-*")
    one.process.kill()
    one.process.wait()
    until = time.monotonic() + 120
    while one.answers():
        assert time.monotonic() < until
        time.sleep(0.05)
    assert left.is_dir()
    other = start(tea)
    (kept,) = temporary.glob("lms-preview-*")
    assert kept != left
    other.browser().open("/")


def test_two_at_once_do_not_meet(tea, start, temporary):
    one = start(tea)
    other = start(tea)
    assert len(list(temporary.glob("lms-preview-*"))) == 2
    browser = one.browser()
    browser.open(f"{LESSON}?step=q-hot")
    browser.send(act="answered", answer="a")
    assert "Yes, that is right" in browser.text
    assert "You stopped here" not in other.browser().open("/")


def test_a_port_that_is_taken_is_said_and_nothing_is_made(tea, tmp_path):
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as a preview before has used it
        other.bind(("127.0.0.1", port := a_port()))
        other.listen()
        said = refused(tmp_path, "tea", "--port", str(port))
    assert f"port {port} can't be used (Address already in use)." in said
    assert f"Take another: lms preview tea --port {port + 1}." in said
    assert not list(tmp_path.glob("lms-preview-*"))


def test_a_folder_that_is_not_there_is_said(tmp_path):
    assert "there is no 'coffee'" in refused(tmp_path, "coffee", "--port", str(a_port()))


def test_another_website_reaches_nothing_by_a_name_or_by_a_form(tea, start):
    browser = start(tea).browser()
    browser.open("/", Host="attacker.example")
    assert browser.status == 400
    assert "Demo learner" not in browser.text
    browser.open("/")
    browser.open("/preview/learner", {})
    assert browser.status == 403
    browser.open("/preview/learner", {}, Origin="http://attacker.example")
    assert browser.status == 403


def test_others_on_the_network_are_let_in_only_when_asked(tea, start):
    one = start(tea, "--host", "0.0.0.0")
    printed = "\n".join(one.greeting)
    address = re.search(r"http://\S+", printed)[0]
    assert "Everybody on your network can open it too" in printed
    browser = one.browser()
    browser.url = address
    browser.open(f"{LESSON}?step=q-hot")
    browser.send(act="answered", answer="a")
    assert "Yes, that is right" in browser.text


def test_it_looks_at_the_disk_without_eating_the_processor(tea, start):
    one = start(tea)
    one.browser().open("/")
    stat = Path(f"/proc/{one.process.pid}/stat")
    if not stat.exists():
        pytest.skip("only Linux says what a process has used")

    def used() -> float:
        fields = stat.read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    before = used()
    with pytest.raises(subprocess.TimeoutExpired):
        one.process.wait(3)
    assert used() - before < 0.3
