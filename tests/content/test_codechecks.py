"""Checks of Code steps tried out at build time: what can be told without a browser, and what is let pass."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.content import codechecks
from lms.content.compile import compile as compile_course
from lms.content.course import Coding, Snippet
from lms.content.htmltree import read_page, read_selector
from lms.content.plan import CodeCheck, Looks
from lms.content.pythonruns import Ran, run_python
from lms.content.styles import read_styles

COURSE = b"---\ncourse: c\nlang: en\norder: m\n---\n# Course\n"
FRONT = "---\nmodule: m\nlang: en\n---\n# Module\n## Lesson {#l}\n- Skills: eds-2022/F7\n### Code: Write {#c}\n"


def _step(language: str, start: str, answer: str, *checks: str) -> dict[str, bytes]:
    fences = "".join(f"```{language} {what}\n{text}\n```\n" for what, text in (("start", start), ("answer", answer)))
    text = FRONT + fences + "".join(f"- Check: {check}\n" for check in checks)
    return {"course.md": COURSE, "m.md": text.encode()}


def _codes(files: dict[str, bytes], run_code: bool = True) -> list[str]:
    return [problem.code for problem in compile_course(files, run_code=run_code).problems]


# --- pages ----------------------------------------------------------------------------------------


def _met(html: str, check: CodeCheck, css: str = "") -> bool | None:
    coding = Coding((Snippet("html", html, None), Snippet("css", css, None)), (check,))
    return codechecks._judge(coding, run_code=False, answer=True)(check).met


def _exists(at: str, times: int = 1) -> CodeCheck:
    return CodeCheck(Looks.EXISTS, "", at, times=times)


def _says(at: str, value: str, exact: bool = False) -> CodeCheck:
    return CodeCheck(Looks.SAYS, "", at, value, exact)


def _has(at: str, name: str, value: str) -> CodeCheck:
    return CodeCheck(Looks.HAS, "", at, value, property=name)


@pytest.mark.parametrize(
    ("html", "check", "met"),
    [
        ("<h1>Hello</h1>", _exists("h1"), True),
        ("<H1>Hello</H1>", _exists("h1"), True),
        ("<h1>Hello</h1>", _exists("h2"), False),
        ("<ul><li>a<li>b</ul>", _exists("ul li", 2), True),
        ("<ul><li>a<li>b</ul>", _exists("li", 3), False),
        ("<p>a<p>b", _exists("p", 2), True),
        ("<p>a<p>b", _exists("p p"), False),
        ("<table><tr><td>a<td>b<tr><td>c</table>", _exists("table tbody tr td", 3), True),
        ("<table><td>a</table>", _exists("td"), None),
        ("<table><p>a</table>", _exists("td"), None),
        ("<table><tbody><tr><td>a<td>b<tr><td>c</table>", _exists("tr", 2), True),
        ('<p class="a b" id="c">x</p>', _exists("p.a.b#c"), True),
        ('<p class="a b" id="c">x</p>', _exists(".c"), False),
        ('<div class="a"><p>x</p></div>', _exists(".a p"), True),
        ('<div class="a"><p>x</p></div>', _exists("p .a"), False),
        ("<html><head><title>T</title></head><body><p>x</p></body></html>", _exists("head title"), True),
        ("<title>T</title><p>x</p>", _says("title", "T"), True),
        ("<title>T</title><p>x</p>", _says("html", "x"), True),
        ("<h1>Hello</h1>", _exists("body h1"), True),
        ("<h1>Hello</h1>", _exists("h1 > b"), None),
        ("<h1>Hello</h1>", _exists("h1:first-child"), None),
        ("<h1>Hello</h1>", _says("h1", "hello"), True),
        ("<h1>Hello <b>you</b>!</h1>", _says("h1", "Hello you"), True),
        ("<h1>Hello</h1>", _says("h1", "Hello", exact=True), True),
        ("<h1>hello</h1>", _says("h1", "Hello", exact=True), False),
        ("<h1>It&rsquo;s me</h1>", _says("h1", "It's *"), True),
        ("<h1>Bye</h1>", _says("h1", "Hello"), False),
        ("<p>a</p><p>b</p>", _says("p", "b"), True),
        ("<ul><li>a</li><li>b</li></ul>", _says("ul", "a b"), True),
        ("<h1></h1>", _says("h1", ""), False),
        ("<h1>x</h1>", _says("h1", ""), True),
        ("", _says("h1", ""), False),
        ("<b><i>x</b></i>", _exists("b"), None),
        ("<b>x", _exists("b"), None),
        ("<p>x</p></p>", _exists("p"), None),
        ("<script>x</script>", _exists("p"), None),
        ("<body onload=x()>", _exists("p"), None),
        ("<div/>", _exists("div"), None),
        ("<!-- <h1> -->", _exists("h1"), False),
        ("<p>1 < 2</p>", _says("p", "1 < 2"), True),
    ],
)
def test_a_page_is_judged_as_a_browser_would_or_not_at_all(html: str, check: CodeCheck, met: bool | None) -> None:
    assert _met(html, check) is met


@pytest.mark.parametrize(
    ("html", "css", "check", "met"),
    [
        ("<p>x</p>", "p { color: red }", _has("p", "color", "red"), True),
        ("<p>x</p>", "p{color:#F00}", _has("p", "color", "red"), True),
        ("<p>x</p>", "p{color:rgb(255, 0, 0)}", _has("p", "Color", "RED"), True),
        ("<p>x</p>", "p { color: blue }", _has("p", "color", "red"), False),
        ("<p>x</p>", "p { color: tomato }", _has("p", "color", "#ff6347"), None),
        ("<p>x</p>", "", _has("p", "color", "red"), False),
        ("<a>x</a>", "", _has("a", "color", "red"), None),
        ("<b>x</b>", "", _has("b", "font-weight", "bold"), None),
        ("<p>x</p>", "body { color: red }", _has("p", "color", "red"), True),
        ("<p>x</p>", "body { border: 1px solid }", _has("p", "border", "1px solid"), False),
        ("<p>x</p>", "p { margin: 0 }", _has("p", "margin-top", "0"), None),
        ("<p>x</p>", "p { background: red }", _has("p", "background-color", "red"), None),
        ("<p class=a>x</p>", ".a { color: red } p { color: blue }", _has("p", "color", "red"), True),
        ("<p id=b class=a>x</p>", "#b { color: red } .a { color: blue }", _has("p", "color", "red"), True),
        ("<p>x</p>", "p { color: red } p { color: blue }", _has("p", "color", "blue"), True),
        ("<p>x</p>", "p { color: red !important } p { color: blue }", _has("p", "color", "red"), True),
        ('<p style="color: red">x</p>', "p { color: blue }", _has("p", "color", "red"), True),
        ("<style>p { color: red }</style><p>x</p>", "", _has("p", "color", "red"), True),
        ("<p>x</p>", "p, h1 { width: 10px }", _has("p", "width", "10.0px"), True),
        ("<p>x</p>", "p { width: 10px }", _has("p", "width", "1em"), None),
        ("<p>x</p>", "p { width: 10px }", _has("p", "width", "12px"), False),
        ("<p>x</p>", "/* p { color: red } */", _has("p", "color", "red"), False),
        ("<p>x</p>", "p:hover { color: red }", _has("p", "color", "red"), None),
        ("<p>x</p>", "@media print { p { color: red } }", _has("p", "color", "red"), None),
        ("<p>x</p>", "p { color: red ", _has("p", "color", "red"), None),
        ('<p align="center">x</p>', "", _has("p", "color", "red"), None),
        ("<p>x</p>", "p { color: inherit }", _has("p", "color", "red"), None),
    ],
)
def test_a_style_is_judged_where_it_is_plain(html: str, css: str, check: CodeCheck, met: bool | None) -> None:
    assert _met(html, check, css) is met


def test_a_page_with_a_script_is_left_to_a_browser() -> None:
    check = _exists("h2")
    coding = Coding((Snippet("html", "<h1>x</h1>", None), Snippet("js", "", "draw()")), (check,))
    assert codechecks._judge(coding, run_code=True, answer=True)(check).met is None


MARKUP = st.lists(
    st.sampled_from(
        ["<p>", "</p>", "<li>", "<ul>", "</ul>", "<td>", "<tr>", "<table>", "<b>", "</b>", "<h1", ">", "&", "<!--"]
    ),
    max_size=30,
).map("".join)
STYLE = st.lists(
    st.sampled_from(["p", ".a", "{", "}", "color", ":", "red", ";", "/*", "*/", "@media", "!", ",", "#", "1px"]),
    max_size=30,
).map(" ".join)


@given(MARKUP, STYLE)
def test_any_page_and_any_style_are_judged_without_an_exception(html: str, css: str) -> None:
    for check in (_exists("p", 2), _says("ul li", "x*"), _has("p", "color", "red")):
        assert _met(html, check, css) in (True, False, None)


@pytest.mark.parametrize(
    ("html", "css"),
    [
        ("<p>" * 16_000, ""),
        ("<b>" * 16_000, ""),
        ("<!--" * 12_000, ""),
        ("<a " * 16_000, ""),
        ("<a b='" * 8_000, ""),
        ("&" * 50_000, ""),
        ("</b" * 16_000, ""),
        ("<p>" * 600, "{" * 190_000),
        ("<p>" * 600, "/*" * 95_000),
        ("<p>" * 600, "a " * 95_000 + "{}"),
        ("<p>" * 600, "p{color:red}" * 190),
        ("<p>" * 600, "p," * 60_000 + "p{color:red}"),
        ("<p>" * 600, "p{" + "color:red;" * 9_000 + "}"),
    ],
)
def test_pages_and_styles_that_are_meant_to_hurt_are_judged_in_their_own_time(html: str, css: str) -> None:
    before = time.process_time()
    for check in (_exists("p"), _says("*", "x"), _has("p", "color", "blue")):
        _met(html, check, css)
    assert time.process_time() - before < 5


def test_only_simple_selectors_are_read() -> None:
    assert [read_selector(it) is not None for it in ("a", ".b", "#c", "a.b#c d", "*")] == [True] * 5
    assert [read_selector(it) for it in ("", "a > b", "a+b", "a, b", "[a]", "a:hover", "a..b", "9")] == [None] * 8


def test_styles_of_a_page_that_is_understood() -> None:
    page = read_page("<p>x</p>")
    assert page
    assert read_styles(page, "p { color: red }")
    assert read_styles(page, "@import 'x'") is None


# --- programs -------------------------------------------------------------------------------------


def test_an_answer_is_run_only_where_the_caller_allows_it(tmp_path: Path) -> None:
    files = _step("python", "", "print('Hi')", 'prints "Ho"')
    assert _codes(files) == ["code-answer-fails"]
    assert _codes(files, run_code=False) == []
    assert compile_course(files).course
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("answer", "check"),
    [
        ("print('Hi')", 'prints "hi."'),
        ("print('a')\nprint('Hi')", 'prints "Hi"'),
        ("print('a')\nprint('b')", 'prints "a b"'),
        ("print('Hi ' + input('Who are you? '))", 'typing "Sam" prints "Hi Sam"'),
        ("a = input()\nb = input()\nprint(b, a)", 'typing "1", "2" prints "2 1"'),
        ("name = input('Who? ')\ndef greet(n): return 'Hi ' + n", '`greet("Sam")` gives `"Hi Sam"`'),
        ("import math\nx = math.floor(2.5)", "`x` gives `2`"),
        ("print('x')\nraise SystemExit", 'prints "x"'),
        ("if __name__ == '__main__':\n    print('Hi')", 'prints "Hi"'),
        ("import random, datetime, json, re, statistics, collections\nprint('Hi')", 'prints "Hi"'),
    ],
)
def test_a_program_that_does_what_its_check_says_is_taken(answer: str, check: str) -> None:
    assert _codes(_step("python", "", answer, check)) == []


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ("print('Ho')", 'it prints "Ho"'),
        ("x = 1", "it prints nothing"),
        ("print(", "SyntaxError"),
        ("1 / 0", "ZeroDivisionError"),
        ("while True: pass", "it took too long, or too much memory"),
        ("x = 'a' * 10**10", "MemoryError"),
        ("while True: print('x' * 1000)", "it prints too much"),
        ("import time\ntime.sleep(60)", "it took too long, or too much memory"),
        ("import os\nos.kill(os.getpid(), 9)", "not allowed"),
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("def f(): f()\nf()", "RecursionError"),
    ],
)
def test_a_program_that_does_not_says_what_it_did_instead(
    answer: str, found: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lms.content.pythonruns.WAITS_SECONDS", 4)
    problems = compile_course(_step("python", "", answer, 'prints "Hi"'), run_code=True).problems
    assert [problem.code for problem in problems] == ["code-answer-fails"]
    assert found in problems[0].message


@pytest.mark.parametrize(
    "code",
    [
        "open({path!r}, 'w').write('x')",
        "open({path!r}, 'a').write('x')",
        "import os\nos.open({path!r}, os.O_CREAT | os.O_WRONLY)",
        "import pathlib\npathlib.Path({path!r}).write_text('x')",
        "import pathlib\npathlib.Path({path!r}).touch()",
        "import os\nos.remove({kept!r})",
        "import os\nos.truncate({kept!r}, 0)",
        "import os\nos.rename({kept!r}, {path!r})",
        "import shutil\nshutil.copy({kept!r}, {path!r})",
        "import os\nos.system('touch ' + {path!r})",
        "import subprocess\nsubprocess.run(['touch', {path!r}])",
        "import os\nos.mkdir({path!r})",
        "import socket\nsocket.create_connection(('127.0.0.1', 9))",
        "import os\nos.fork()",
    ],
)
def test_a_program_writes_nothing_and_starts_nothing(code: str, tmp_path: Path) -> None:
    path, kept = tmp_path / "new", tmp_path / "kept"
    kept.write_text("words")
    ran = run_python(code.format(path=str(path), kept=str(kept)))
    assert "not allowed" in ran.error
    assert not path.exists()
    assert kept.read_text() == "words"


def test_a_program_knows_nothing_of_where_it_runs() -> None:
    ran = run_python("import os, sys\nprint(dict(os.environ))\nprint(sys.stdin.read() == '')\nprint(sys.path[0:1])")
    assert ran.error == ""
    assert "PATH" not in ran.printed.splitlines()[0] or "LC_CTYPE" in ran.printed
    assert os.getcwd() not in ran.printed
    assert ran.printed.splitlines()[1] == "True"


def test_author_code_never_runs_in_this_process() -> None:
    ran = run_python("import sys\nsys.modules['lms_was_here'] = sys")
    assert ran == Ran()
    assert "lms_was_here" not in sys.modules


def test_the_end_of_one_check_tells_nothing_to_the_next() -> None:
    answer = "seen = 0\ndef count():\n    global seen\n    seen += 1\n    return seen"
    assert _codes(_step("python", "", answer, "`count()` gives `1`", "`count()` gives `1`")) == []


@given(st.text(max_size=30))
@settings(max_examples=10, deadline=None)
def test_any_text_is_run_or_refused_without_an_exception(code: str) -> None:
    assert isinstance(run_python(code), Ran)
