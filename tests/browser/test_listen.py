"""A page read aloud: by a voice of the phone alone, one sentence after another, each shown as it is said.

No browser here has a voice. One stands in that says nothing and is told by the test when it has said it.
"""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.person import Person
from tests.browser.test_pages import _hard_to_use, _sticks_out

LESSON = "/courses/coding-basics/what-code-is/code-around-you"

VOICE = """
const said = []
const voices = JOINED
class Utterance { constructor(text) { this.text = text } }
const engine = {
  getVoices: () => voices, addEventListener: () => {}, cancel: () => { said.forEach(it => { it.over = true }) },
  speak: (it) => { said.push(it) },
}
Object.defineProperty(window, 'speechSynthesis', { value: engine })
Object.defineProperty(window, 'SpeechSynthesisUtterance', { value: Utterance })
window.said = said
"""
ENGLISH = "[{ lang: 'cy-GB', localService: true }, { lang: 'en_GB', localService: true, name: 'Bea' }]"
FAR_AWAY = "[{ lang: 'en-GB', localService: false }]"


def reader(site, profile, voices=ENGLISH):
    page = profile()
    page.add_init_script(VOICE.replace("JOINED", voices))
    return Person(site, page)


def last(page):
    return page.evaluate("(({ text, voice }) => [text, voice.lang])(said[said.length - 1])")


def shown(page):
    """The text of the page that stands out."""
    return page.evaluate(
        "[...(CSS.highlights.get('listen') || [])].map(it => it.toString().replace(/\\s+/g, ' ')).join()"
    )


def finishes(page):
    page.evaluate("said[said.length - 1].onend()")


def test_a_page_is_read_sentence_by_sentence_by_thumb_and_by_keyboard(site, profile):
    who = reader(site, profile)
    page = who.page
    who.open(f"{LESSON}?step=q-runs-on-code")
    listen = page.get_by_role("button", name="Listen", exact=True)
    expect(page.get_by_role("button", name="Next sentence")).to_be_hidden()
    listen.focus()
    page.keyboard.press("Enter")
    title = page.locator("main h1").inner_text()
    assert last(page) == [title, "en_GB"]
    assert shown(page) == title
    expect(page.get_by_role("button", name="Stop", exact=True)).to_be_focused()
    finishes(page)
    second = last(page)[0]
    assert second != title
    assert shown(page) == second
    who.press("Next sentence")
    third = last(page)[0]
    assert third not in (title, second)
    who.press("Sentence before")
    assert last(page)[0] == second
    assert _hard_to_use(page) == []
    assert _sticks_out(page) == []
    page.keyboard.press("Escape")
    assert shown(page) == ""
    expect(listen).to_be_visible()
    listen.click()
    for _ in range(60):
        if not shown(page):
            break
        finishes(page)
    texts = page.evaluate("said.map(it => it.text)")
    assert "Check my answer" not in texts
    labels = page.locator("main .choice label").all_inner_texts()
    assert set(labels) <= set(texts)
    expect(listen).to_be_visible()


def test_a_sentence_across_words_that_stand_out_is_read_as_one(site, profile):
    who = reader(site, profile)
    who.open("/help-now")
    who.press("Listen")
    for _ in range(30):
        if "Ring 999." in last(who.page)[0]:
            break
        finishes(who.page)
    assert shown(who.page) == "Ring 999."


def test_where_only_another_computer_could_speak_nothing_is_offered(site, profile):
    who = reader(site, profile, FAR_AWAY)
    who.open(LESSON)
    who.page.evaluate("new Promise(done => setTimeout(done))")
    assert who.page.get_by_role("button", name="Listen").count() == 0
