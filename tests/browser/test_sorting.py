"""Order and Match moved and tapped: by a thumb, a mouse and the keyboard; and the boxes where that can't be."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.person import Person, a_username
from tests.browser.test_pages import LIGHTEST, Watch, _hard_to_use, _sticks_out, _weight

COURSE = """---
course: sorting
lang: en
order: [tea]
badge: none
---
# Put in order, match

A made-up course.
"""

LONG = "\n".join(f"{number}. Stop number {number} of the bus" for number in range(1, 15))

TEA = f"""---
module: tea
lang: en
badge: none
---
# Tea

## A cup {{#cup}}

### Order: Make a pot of tea {{#o-tea}}
1. Boil the kettle
2. Warm the `pot`
3. Pour the water
4. Wait for three minutes, with a cloth round the pot
- Hint: Cold water makes no tea.

### Match: Where is it? {{#m-where}}
| Thing  | Place                  |
| ------ | ---------------------- |
| Milk   | In the fridge          |
| Kettle | On the stove           |
| Cup    | On a hook by the door  |
|        | In the car             |

### Match: Hot or cold? {{#m-warm}}
| Thing | It is |
| ----- | ----- |
| Ice   | cold  |
| Steam | hot   |
| Snow  | cold  |

### Order: A long way home {{#o-long}}
{LONG}

## Quiz: Check yourself {{#quiz}}
- Pass: 2

### Order: Leave the house {{#z-order}}
1. Coat on
2. Door open
3. Out

### Match: Who says what? {{#z-match}}
| Who | Says |
| --- | ---- |
| Cat | miaow |
| Dog | woof |
"""

BUSES = """---
module: buses
lang: en
badge: none
---
# Buses

## At the stop {#stop}

### Match: What does the board say? {#m-board}
| The board | What it means         |
| --------- | --------------------- |
| Cancelled | It does not run       |
| Delayed   | It comes later        |
| Diverted  | Another way           |

### Match: Which is it for? {#m-long}
| Word            | Meaning                |
| --------------- | ---------------------- |
| Confidentiality | Nobody else is told    |
| Cancelled       | Uncharacteristically   |
"""
"""Words as long as half a small phone, and longer."""

FILES = {
    "course.md": COURSE.replace("[tea]", "[tea, buses]").encode(),
    "tea.md": TEA.encode(),
    "buses.md": BUSES.encode(),
}
ARABIC = {
    path: data.replace(b"course: sorting\nlang: en", b"course: sorting-ar\nlang: ar")
    .replace(b"tea\nlang: en", b"tea\nlang: ar")
    .replace(b"buses\nlang: en", b"buses\nlang: ar")
    for path, data in FILES.items()
}
"""The same course as if it were written from right to left."""

LESSON = "/courses/sorting/tea/cup"
QUIZ = "/courses/sorting/tea/quiz"
TEA_ORDER = ["Boil the kettle", "Warm the pot", "Pour the water", "Wait for three minutes, with a cloth round the pot"]
STEPS = ("o-tea", "m-where", "m-warm", "o-long")


@pytest.fixture(scope="session")
def sorting(site):
    """The course on the running site."""
    site.publish({"sorting": FILES, "sorting-ar": ARABIC})


@pytest.fixture
def visitor(sorting, site, profile):
    """Somebody without an account, on a phone."""
    return Person(site, profile())


@pytest.fixture
def learner(sorting, site, profile):
    """Somebody new with an account."""
    who = Person(site, profile())
    who.open("/sign-up")
    who.sign_up("Demo Kim", a_username())
    return who


def items(who):
    """An Order's items as they stand, from top to bottom."""
    return [it.strip() for it in who.page.locator(".sorting li > div").all_inner_texts()]


def sent(who):
    """Part -> what its box says: what the form would send."""
    return who.page.evaluate(
        "Object.fromEntries([...document.querySelectorAll('main select')].map(it => [it.name, it.value]))"
    )


def said(who):
    """What a screen reader was last told."""
    return who.page.locator(".sorting [role=status]").inner_text()


def move(who, name, way):
    return who.page.get_by_role("button", name=f"Move ‘{name}’ {way}", exact=True)


def into(who, right):
    """Press Up until the items stand as they should; a list that begins so, by the draw, is touched all the same."""
    if items(who) == list(right):
        move(who, right[0], "down").click()
    for at, name in enumerate(right):
        while items(who).index(name) > at:
            move(who, name, "up").click()


AT_REST = """() => new Promise(done => {
    let still = 0, last = scrollY
    const look = () => {
        still = scrollY === last ? still + 1 : 0
        last = scrollY
        if (still > 20) done()
        else requestAnimationFrame(look)
    }
    look()
})"""
"""Once the page has not scrolled for 20 frames."""


def row(who, name):
    return who.page.locator(".sorting li").filter(has_text=name)


def in_the_middle(it):
    """Where a finger is far from both edges of the screen, near which the page scrolls under it."""
    it.evaluate("it => it.scrollIntoView({ block: 'center', behavior: 'instant' })")


def handle(who, name):
    """Where the middle of its handle is on the screen as the page stands."""
    box = row(who, name).locator("[data-handle]").bounding_box()
    assert box["width"] >= 44
    assert box["height"] >= 44
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def half(who, name):
    """A button of a Match, by what stands on it first."""
    return who.page.locator(f".sorting button[data-name='{name}']")


class Finger:
    """A real touch: what Chromium makes of a finger on the glass."""

    def __init__(self, page):
        self.session = page.context.new_cdp_session(page)

    def _at(self, kind, *points):
        told = [{"x": x, "y": y} for x, y in points]
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": told})

    def drag(self, start, end, *, lift=True):
        self._at("touchStart", start)
        for part in range(1, 9):
            at = tuple(a + (b - a) * part / 8 for a, b in zip(start, end, strict=True))
            self._at("touchMove", at)
        if lift:
            self.lift()

    def lift(self):
        self._at("touchEnd")


# Order


def test_an_order_is_put_right_with_a_thumb_on_the_handles(learner):
    learner.open(f"{LESSON}?step=o-tea")
    finger = Finger(learner.page)
    in_the_middle(learner.page.locator(".sorting"))
    for at, name in enumerate(TEA_ORDER):
        x, y = handle(learner, name)
        first = handle(learner, items(learner)[at])
        if (x, y) != first:
            finger.drag((x, y), (x, first[1] - 20))
        assert items(learner)[at] == name
    assert sorted(sent(learner).values()) == ["1", "2", "3", "4"]
    learner.press("Check my answer")
    learner.sees("Yes, that is right")
    assert items(learner) == TEA_ORDER
    expect(learner.page.locator(".sorting button")).to_have_count(0)


def test_the_page_scrolls_by_touch_everywhere_but_on_a_handle(visitor):
    visitor.open(f"{LESSON}?step=o-long")
    before, finger = items(visitor), Finger(visitor.page)
    finger.drag((100, 560), (100, 160))
    visitor.page.wait_for_timeout(300)
    scrolled = visitor.page.evaluate("scrollY")
    assert scrolled > 200
    # A flick goes as far as it goes: what is taken hold of then stands still in the middle of the screen.
    visitor.page.evaluate(AT_REST)
    in_the_middle(row(visitor, before[6]))
    x, y = handle(visitor, before[6])
    scrolled = visitor.page.evaluate("scrollY")
    finger.drag((x, y), (x, y - 130))
    assert visitor.page.evaluate("scrollY") == scrolled
    assert items(visitor) != before


def test_a_long_list_scrolls_under_a_finger_held_at_the_edge(visitor):
    visitor.open(f"{LESSON}?step=o-long")
    name, finger = items(visitor)[0], Finger(visitor.page)
    in_the_middle(row(visitor, name))
    finger.drag(handle(visitor, name), (290, 625), lift=False)
    expect(visitor.page.locator(".sorting li").last).to_contain_text(name, timeout=60_000)
    finger.lift()
    assert items(visitor)[-1] == name
    assert said(visitor) == f"‘{name}’ is now 14 of 14"
    assert visitor.page.evaluate("scrollY") > 500
    in_the_middle(row(visitor, name))
    finger.drag(handle(visitor, name), (290, 20), lift=False)
    expect(visitor.page.locator(".sorting li").first).to_contain_text(name, timeout=60_000)
    finger.lift()


def test_an_item_is_dragged_with_a_mouse(visitor):
    visitor.open(f"{LESSON}?step=o-tea")
    name, mouse = items(visitor)[0], visitor.page.mouse
    in_the_middle(visitor.page.locator(".sorting"))
    x, start = handle(visitor, name)
    box = row(visitor, items(visitor)[2]).bounding_box()
    mouse.move(x, start)
    mouse.down()
    mouse.move(x, box["y"], steps=6)
    mouse.move(x, box["y"] + box["height"], steps=3)
    assert set(sent(visitor).values()) == {""}, "nothing is kept before she lets go"
    mouse.up()
    assert items(visitor)[2] == name
    assert sorted(sent(visitor).values()) == ["1", "2", "3", "4"]
    assert said(visitor) == f"‘{name}’ is now 3 of 4"
    mouse.move(x, 10)
    assert items(visitor)[2] == name, "nothing is held any more"


def test_an_order_is_put_right_with_the_keyboard_alone(learner):
    learner.open(f"{LESSON}?step=o-tea")
    focused, keys = learner.page.locator(":focus"), learner.page.keyboard
    for at, name in enumerate(TEA_ORDER):
        for _ in range(40):
            keys.press("Tab")
            if focused.get_attribute("aria-label") == f"Move ‘{name}’ up":
                break
        while items(learner).index(name) > at:
            keys.press("Enter")
            expect(focused).to_have_attribute("aria-label", f"Move ‘{name}’ up")
            assert said(learner) == f"‘{name}’ is now {items(learner).index(name) + 1} of 4"
        learner.page.locator("h1").click()
    move(learner, TEA_ORDER[0], "up").focus()
    expect(focused).to_have_attribute("aria-disabled", "true")
    keys.press("Space")
    expect(focused).to_have_attribute("aria-label", f"Move ‘{TEA_ORDER[0]}’ up")
    assert items(learner) == TEA_ORDER
    learner.page.get_by_role("button", name="Check my answer").focus()
    keys.press("Enter")
    learner.sees("Yes, that is right")


def test_an_item_that_came_to_an_end_keeps_the_focus(visitor):
    visitor.open(f"{LESSON}?step=o-tea")
    name, focused = items(visitor)[1], visitor.page.locator(":focus")
    move(visitor, name, "up").focus()
    visitor.page.keyboard.press("Enter")
    expect(focused).to_have_attribute("aria-label", f"Move ‘{name}’ up")
    expect(focused).to_have_attribute("aria-disabled", "true")
    expect(visitor.page.locator(".sorting button[aria-disabled=true]")).to_have_count(2)


@pytest.mark.parametrize("account", [True, False], ids=["signed-in", "visitor"])
def test_a_list_nobody_has_moved_is_no_answer(request, site, account):
    who = request.getfixturevalue("learner" if account else "visitor")
    who.open(f"{LESSON}?step=o-tea")
    before = items(who)
    assert set(sent(who).values()) == {""}
    move(who, before[0], "up").focus()
    who.page.keyboard.press("Enter")  # there is nothing above the first
    who.press("Check my answer")
    who.sees("Put them in order first.")
    assert items(who) == before
    who.page.get_by_role("link", name="Put them in order first.").click()
    expect(who.page.locator(".sorting li:first-child:focus")).to_be_in_viewport()
    if account:
        assert site.sql("select count(*) from events where person_id = ?", site.person_id(who.username)) == [(0,)]


def test_her_order_stays_through_a_hint_a_wrong_answer_and_coming_back(learner):
    learner.open(f"{LESSON}?step=o-tea")
    into(learner, TEA_ORDER[::-1])
    learner.press("Show a hint")
    learner.sees("Cold water makes no tea.")
    assert items(learner) == TEA_ORDER[::-1]
    learner.press("Check my answer")
    learner.sees("Not quite")
    assert items(learner) == TEA_ORDER[::-1]
    learner.press("Skip this for now")
    learner.sees("Where is it?")
    learner.page.go_back()
    learner.sees("Not quite")
    assert items(learner) == TEA_ORDER[::-1]


def test_what_a_browser_fills_in_again_is_what_is_shown(visitor):
    """As after coming back: the boxes say something else than when the list was made."""
    visitor.open(f"{LESSON}?step=o-tea")
    before = items(visitor)
    again = """places => {
        document.querySelectorAll('main select').forEach((it, at) => { it.value = places[at] })
        dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))
    }"""
    visitor.page.evaluate(again, ["4", "3", "2", "1"])
    assert items(visitor) == before[::-1]
    visitor.open(f"{LESSON}?step=m-where")
    fridge = half(visitor, "In the fridge").get_attribute("data-value")
    visitor.page.evaluate(again, [fridge, fridge, ""])
    expect(visitor.page.locator(".sorting-joined")).to_have_count(3)


# Match


def test_a_match_is_tapped_together_from_either_side(learner):
    learner.open(f"{LESSON}?step=m-where")
    half(learner, "Milk").tap()
    expect(half(learner, "Milk")).to_have_attribute("aria-pressed", "true")
    expect(half(learner, "Milk")).to_contain_text("Chosen")
    half(learner, "In the fridge").tap()
    expect(half(learner, "Milk")).to_have_accessible_name("Milk goes with In the fridge")
    expect(half(learner, "Milk")).to_have_attribute("aria-pressed", "false")
    expect(half(learner, "In the fridge")).to_contain_text("Milk")
    assert said(learner) == "‘Milk’ goes with ‘In the fridge’"
    half(learner, "On the stove").tap()
    half(learner, "Kettle").tap()
    half(learner, "Cup").tap()
    half(learner, "On a hook by the door").tap()
    expect(learner.page.locator(".sorting [aria-pressed=true]")).to_have_count(0)
    learner.press("Check my answer")
    learner.sees("Yes, that is right")
    expect(learner.page.locator(".sorting button")).to_have_count(0)
    expect(learner.page.locator(".sorting")).to_contain_text("On a hook by the door")


def test_a_pair_comes_apart_when_either_half_is_tapped_again(visitor):
    visitor.open(f"{LESSON}?step=m-where")
    for again in ("Milk", "In the fridge"):
        half(visitor, "Milk").tap()
        half(visitor, "In the fridge").tap()
        assert sorted(sent(visitor).values())[:2] == ["", ""]
        half(visitor, again).tap()
        assert set(sent(visitor).values()) == {""}
        assert said(visitor) == "‘Milk’ is on its own again"
        expect(visitor.page.locator(".sorting-joined")).to_have_count(0)
        half(visitor, again).tap()
        expect(visitor.page.locator(".sorting [aria-pressed=true]")).to_have_count(0)


def test_a_meaning_for_several_things_is_chosen_again_to_add_one(visitor):
    visitor.open(f"{LESSON}?step=m-warm")
    for name in ("Ice", "Snow"):
        half(visitor, "cold").tap()
        half(visitor, name).tap()
    expect(half(visitor, "cold")).to_contain_text("Ice, Snow")
    half(visitor, "cold").tap()
    half(visitor, "Snow").tap()  # together already: they come apart
    expect(half(visitor, "cold")).not_to_contain_text("Snow")
    half(visitor, "Snow").tap()
    half(visitor, "Ice").tap()  # another of the same side is chosen instead
    expect(half(visitor, "Ice")).to_have_attribute("aria-pressed", "true")
    expect(half(visitor, "Snow")).to_have_attribute("aria-pressed", "false")


def test_a_match_is_made_with_the_keyboard_alone(visitor):
    visitor.open(f"{LESSON}?step=m-warm")
    focused, keys = visitor.page.locator(":focus"), visitor.page.keyboard
    for thing, is_ in (("Ice", "cold"), ("Steam", "hot"), ("Snow", "cold")):
        half(visitor, thing).focus()
        keys.press("Space")
        for _ in range(10):
            if focused.get_attribute("data-name") == is_:
                break
            keys.press("Tab")
        keys.press("Enter")
        expect(focused).to_have_attribute("data-name", is_)
        assert said(visitor) == f"‘{thing}’ goes with ‘{is_}’"
    for _ in range(3):
        if focused.inner_text().strip() == "Check my answer":
            break
        keys.press("Tab")
    keys.press("Enter")
    visitor.sees("Yes, that is right")


def test_what_has_no_other_half_yet_is_shown_and_led_to(visitor):
    visitor.open(f"{LESSON}?step=m-where")
    half(visitor, "Milk").tap()
    half(visitor, "In the fridge").tap()
    visitor.press("Check my answer")
    visitor.sees("Choose one for each of them.")
    expect(half(visitor, "Milk")).to_contain_text("In the fridge")
    visitor.page.get_by_role("link", name="Choose one for each of them.").click()
    expect(visitor.page.locator(".sorting button:focus.sorting-missed")).to_be_in_viewport()


# Wherever it stands


def test_in_a_quiz_they_are_moved_and_tapped_too(learner):
    learner.open(QUIZ)
    learner.press("Start the quiz")
    learner.press("Next question")
    learner.sees("Put them in order first.")
    into(learner, ["Coat on", "Door open", "Out"])
    learner.press("Next question")
    for name, says in (("Cat", "miaow"), ("Dog", "woof")):
        half(learner, name).tap()
        half(learner, says).tap()
    learner.press("Keep this answer")
    learner.press("See how I did")
    learner.sees("You passed: 2 out of 2")


def test_several_on_one_page_keep_to_themselves(visitor):
    """As a page with two questions would have it: each its own boxes, its own list, its own words."""
    page = visitor.page
    other = page.request.get(f"{LESSON}?step=o-tea").text()
    fields = other.partition("<fieldset>")[2].partition("</fieldset>")[0]
    fields = fields.replace('id="a-', 'id="a-2').replace('for="a-', 'for="a-2').replace('data-part="', 'data-part="2')
    fields = fields.replace('name="answer-', 'name="other-')

    def with_both(route):
        answer = route.fetch()
        route.fulfill(
            response=answer, body=answer.text().replace("<fieldset>", f"<fieldset>{fields}</fieldset><fieldset>")
        )

    page.route("**/tea/cup?step=m-warm", with_both)
    visitor.open(f"{LESSON}?step=m-warm")
    into(visitor, TEA_ORDER)
    half(visitor, "Ice").tap()
    half(visitor, "cold").tap()
    told = sent(visitor)
    assert sorted(value for name, value in told.items() if name.startswith("other-")) == ["1", "2", "3", "4"]
    assert len([value for name, value in told.items() if name.startswith("answer-") and value]) == 1
    assert len(set(page.locator(".sorting [role=status]").all_inner_texts())) == 2


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("course", ["sorting", "sorting-ar"])
def test_the_page_is_whole_quiet_readable_and_light(visitor, step, course):
    watch = Watch(visitor.page)
    answer = visitor.page.goto(f"/courses/{course}/tea/cup?step={step}")
    assert watch.heard(answer.url, 200) == []
    expect(visitor.page.locator("main select").first).to_be_hidden()
    for button in visitor.page.locator(".sorting button").all():
        assert min(button.bounding_box()["width"], button.bounding_box()["height"]) >= 44
    assert _sticks_out(visitor.page) == []
    assert _hard_to_use(visitor.page) == []
    assert _weight(visitor.page, answer) < LIGHTEST


@pytest.mark.parametrize("step", STEPS)
def test_with_letters_twice_as_large_nothing_is_cut_off(visitor, step):
    visitor.open(f"{LESSON}?step={step}")
    visitor.page.evaluate("document.documentElement.style.fontSize = '200%'")
    sticking = """[...document.querySelectorAll('.sorting *:not(.hidden)')].filter(it => {
        const box = it.getBoundingClientRect()
        return box.width > 1 && (box.right > innerWidth || box.left < 0)
    }).map(it => it.outerHTML.slice(0, 80))"""
    assert visitor.page.evaluate(sticking) == []


BROKEN_WORDS = """() => {
    const texts = document.createTreeWalker(document.querySelector('.sorting'), NodeFilter.SHOW_TEXT), broken = []
    while (texts.nextNode()) for (const word of texts.currentNode.data.matchAll(/\\S+/g)) {
        const range = document.createRange()
        range.setStart(texts.currentNode, word.index)
        range.setEnd(texts.currentNode, word.index + word[0].length)
        const lines = new Set([...range.getClientRects()].map(it => Math.round(it.top)))
        if (lines.size > 1) broken.push(word[0])
    }
    return broken
}"""


@pytest.mark.parametrize("size", ["100%", "150%", "200%"])
def test_no_word_on_the_cards_of_a_match_is_broken_in_two(visitor, size):
    visitor.open("/courses/sorting/buses/stop?step=m-board")
    visitor.page.evaluate("size => { document.documentElement.style.fontSize = size }", size)
    assert visitor.page.evaluate(BROKEN_WORDS) == []
    heads = [visitor.page.locator(it).bounding_box() for it in ("#sorted-parts", "#sorted-meanings")]
    assert (heads[0]["y"] == heads[1]["y"]) == (size == "100%"), "side by side where there is room"
    half(visitor, "Cancelled").tap()
    half(visitor, "It does not run").tap()
    assert visitor.page.evaluate(BROKEN_WORDS) == []
    after = [visitor.page.locator(it).bounding_box() for it in ("#sorted-parts", "#sorted-meanings")]
    assert [it["x"] for it in after] == [it["x"] for it in heads], "a tap moves nothing away"


def test_cards_with_longer_words_stand_below_each_other(visitor):
    visitor.open("/courses/sorting/buses/stop?step=m-long")
    assert visitor.page.evaluate(BROKEN_WORDS) == []
    places = [half(visitor, it).bounding_box() for it in ("Confidentiality", "Nobody else is told")]
    assert places[0]["x"] == places[1]["x"]
    half(visitor, "Confidentiality").tap()
    half(visitor, "Uncharacteristically").tap()
    assert visitor.page.evaluate(BROKEN_WORDS) == []
    assert _sticks_out(visitor.page) == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_half_way_through_everything_can_be_read(sorting, site, profile, dark):
    who = Person(site, profile(dark=dark))
    who.open(f"{LESSON}?step=m-where")
    half(who, "Milk").tap()
    half(who, "In the fridge").tap()
    half(who, "Cup").tap()
    assert _hard_to_use(who.page) == []
    who.open(f"{LESSON}?step=o-tea")
    in_the_middle(who.page.locator(".sorting"))
    Finger(who.page).drag(handle(who, items(who)[1]), (280, 300), lift=False)
    assert who.page.locator(".sorting-held").count() == 1
    assert _hard_to_use(who.page) == []


def test_in_the_phones_own_colours_what_is_joined_and_chosen_stands_out(visitor):
    visitor.page.emulate_media(forced_colors="active")
    visitor.open(f"{LESSON}?step=m-where")
    half(visitor, "Milk").tap()
    half(visitor, "In the fridge").tap()
    half(visitor, "Cup").tap()
    edge = "it => parseFloat(getComputedStyle(it).borderTopWidth)"
    assert [half(visitor, it).evaluate(edge) for it in ("Milk", "In the fridge", "Cup", "Kettle")] == [3, 3, 3, 2]


# Where it can't be


@pytest.mark.parametrize("step", STEPS)
def test_without_javascript_there_are_the_boxes_and_nothing_else(sorting, site, profile, step):
    who = Person(site, profile(javascript=False))
    who.open(f"{LESSON}?step={step}")
    expect(who.page.locator("main select").first).to_be_visible()
    expect(who.page.locator(".sorting")).to_have_count(0)


def test_without_javascript_an_order_that_is_right_stands_in_the_right_order(sorting, site, profile):
    who = Person(site, profile(javascript=False))
    who.open(f"{LESSON}?step=o-tea")
    assert [it.strip() for it in who.page.locator(".placed label").all_inner_texts()] != TEA_ORDER
    for at, name in enumerate(TEA_ORDER, 1):
        who.page.get_by_label(name).select_option(str(at))
    who.press("Check my answer")
    who.sees("Yes, that is right")
    assert [it.strip() for it in who.page.locator(".placed label").all_inner_texts()] == TEA_ORDER


BROKEN = {
    "before the first step": "Document.prototype.importNode = () => { throw Error('broken') }",
    "while the list is read": """
        Object.defineProperty(HTMLElement.prototype, 'dataset', { get() { throw Error('broken') } })
    """,
    "at its last step": """
        const { set } = Object.getOwnPropertyDescriptor(HTMLElement.prototype, 'hidden')
        Object.defineProperty(HTMLElement.prototype, 'hidden', {
            set(value) { set.call(this, value); if (value && this.querySelector('select')) throw Error('broken') },
        })
    """,
}


@pytest.mark.parametrize("where", BROKEN)
@pytest.mark.parametrize("step", ["o-tea", "m-where"])
def test_a_script_that_fails_half_way_leaves_the_boxes(visitor, where, step):
    visitor.page.add_init_script(BROKEN[where])
    visitor.open(f"{LESSON}?step={step}")
    expect(visitor.page.locator(".sorting")).to_have_count(0)
    for box in visitor.page.locator("main select").all():
        expect(box).to_be_visible()
        visitor.page.locator(f"label[for={box.get_attribute('id')}]").click()
        expect(box).to_be_focused()


def test_a_script_that_fails_at_a_touch_brings_the_boxes_back_with_what_they_say(visitor):
    visitor.open(f"{LESSON}?step=o-tea")
    into(visitor, TEA_ORDER)
    visitor.page.evaluate("() => { Element.prototype.setPointerCapture = () => { throw Error('broken') } }")
    in_the_middle(visitor.page.locator(".sorting"))
    visitor.page.mouse.move(*handle(visitor, TEA_ORDER[1]))
    visitor.page.mouse.down()
    expect(visitor.page.locator(".sorting")).to_have_count(0)
    expect(visitor.page.get_by_label("Warm the pot")).to_have_value("2")
    visitor.press("Check my answer")
    visitor.sees("Yes, that is right")


def test_a_script_that_never_comes_leaves_the_boxes(visitor):
    visitor.page.route("**/sorting.js", lambda route: route.abort())
    visitor.open(f"{LESSON}?step=o-tea")
    for at, name in enumerate(TEA_ORDER, 1):
        visitor.page.get_by_label(name).select_option(str(at))
    visitor.press("Check my answer")
    visitor.sees("Yes, that is right")
