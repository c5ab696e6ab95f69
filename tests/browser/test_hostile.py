"""Names and answers that would be programs, shown by a real browser: nothing runs and nothing is fetched."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from tests.browser.person import Person, a_username
from tests.browser.test_pages import Watch

WORST = (
    "<img src=//e.invalid/a onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' autofocus onfocus=alert(1) x='><script>alert(1)</script>",
)


def test_names_and_answers_that_would_be_programs_are_words_in_a_real_browser(site, profile):
    learner, femi, ada = (Person(site, profile()) for _ in range(3))
    asked: list[str] = []
    watches = [_watched(who, asked) for who in (learner, femi, ada)]
    femi.sign_in("femi")
    ada.sign_in("ada")
    learner.open("/sign-up")
    learner.sign_up(WORST[0], a_username())
    for words in WORST:
        _looks(learner, words, _is_called(learner, words))
        _looks(femi, words, _adds_a_group(femi, words))
        _looks(ada, words, [f"/admin?{urlencode({'q': words})}"])
    assert asked == []
    for watch in watches:
        # A page that is left gives up what it was still fetching: nobody was refused anything.
        assert [it for it in watch.said if not it.endswith("net::ERR_ABORTED")] == []
        assert watch.hosts == {urlsplit(site.url).netloc}


def _watched(who, asked):
    """What her pages do unseen; a dialog that opens is closed and noted."""
    who.page.on("dialog", lambda it: (asked.append(it.message), it.dismiss()))
    return Watch(who.page)


def _is_called(learner, words):
    """Be called so; the pages that say it."""
    learner.open("/me/settings")
    learner.page.get_by_label("What should we call you?").fill(words)
    learner.press("Save these settings")
    learner.page.wait_for_url("**/me/settings?saved=1")
    return ["/", "/me"]


def _adds_a_group(femi, words):
    """Make a group of that name; the pages that say it."""
    femi.adds_a_group(words)
    here = urlsplit(femi.page.url).path
    return ["/teach", here, f"{here}/poster", f"{here}/cards", f"{here}/take-out"]


def _looks(who, words, paths):
    """Open each page; the words are on it as words."""
    for path in paths:
        who.page.goto(path)
        shown = who.page.locator("main").inner_text() + "".join(_values(who.page))
        assert words in shown, path


def _values(page):
    return [box.input_value() for box in page.locator("main input:not([type=hidden])").all()]
