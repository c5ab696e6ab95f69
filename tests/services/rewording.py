"""What an author does to words, to their order and to what is right: see `author`."""

from __future__ import annotations

import re

from tests.services.author import ITEM, WORDS, Author, Deed, Page, Part, Script

_BOX = re.compile(r"- \[(.)\] (.+)\n((?:  .*\n)*)")
_CELL = re.compile(r"(?m)^\| *([^|]*?) *\| *([^|]*?) *\|$")
_GAP = re.compile(r"\[\[([^\]]+)\]\]")
_ANSWER = re.compile(r"(?m)^- Answer: (.+)$")
_NUMBER = re.compile(r"(?m)^- Number: .+$")


def _boxes(part: Part) -> list[list[str]]:
    """[mark, words, what stands under it] of each option or box."""
    return [list(it) for it in _BOX.findall(part.body)]


def _set_boxes(part: Part, boxes: list[list[str]]) -> None:
    told = "".join(f"- [{mark}] {words}\n{under}" for mark, words, under in boxes)
    spans = [it.span() for it in _BOX.finditer(part.body)]
    part.body = part.body[: spans[0][0]] + told + part.body[spans[-1][1] :]


def _choosing(author: Author) -> list[tuple[Script, Page, Part]]:
    return [it for it in author.parts("Question") if _BOX.search(it[2].body)]


def _swap(text: str, pattern: re.Pattern[str], group: int, one: int, two: int) -> str:
    """The text with what two matches hold in a group changed over."""
    found = list(pattern.finditer(text))
    a, b = sorted((found[one].span(group), found[two].span(group)))
    return text[: a[0]] + text[slice(*b)] + text[a[1] : b[0]] + text[slice(*a)] + text[b[1] :]


# Words and order: no line.


def retitle(author: Author) -> bool:
    *_, part = author.chance.choice(author.parts())
    part.title += f" {author.one_more()}"
    return True


def say_more(author: Author) -> bool:
    *_, part = author.chance.choice([*author.parts(), *author.pages()])
    part.body = f"\nHere is one more thing, number {author.one_more()}.\n" + part.body
    return True


def reword_an_option(author: Author) -> bool:
    *_, part = author.chance.choice(_choosing(author))
    author.touch(part)
    boxes = _boxes(part)
    author.chance.choice(boxes)[1] += f" {author.one_more()}"
    _set_boxes(part, boxes)
    return True


def reword_every_option(author: Author) -> bool:
    *_, part = author.chance.choice(_choosing(author))
    author.touch(part)
    _set_boxes(part, [[mark, f"{words} {author.one_more()}", under] for mark, words, under in _boxes(part)])
    return True


def reword_an_item(author: Author) -> bool:
    """Of an Order, a Match or Gaps."""
    found = author.parts("Order", "Match", "Gaps")
    if not found:
        return False
    *_, part = author.chance.choice(found)
    author.touch(part)
    pattern = {"Order": ITEM, "Match": _CELL, "Gaps": _GAP}[part.kind]
    spans = [it.span(1) for it in pattern.finditer(part.body) if it[1].strip("- ")]
    start, end = author.chance.choice(spans[1:] if part.kind == "Match" else spans)
    if part.kind == "Gaps":  # the same word wherever it is a gap: else one of them would be another
        word = part.body[start:end]
        part.body = part.body.replace(f"[[{word}]]", f"[[{word} {author.one_more()}]]")
    else:
        part.body = f"{part.body[:end]} {author.one_more()}{part.body[end:]}"
    return True


def shuffle_options(author: Author) -> bool:
    *_, part = author.chance.choice(_choosing(author))
    author.touch(part)
    boxes = _boxes(part)
    author.chance.shuffle(boxes)
    _set_boxes(part, boxes)
    return True


def shuffle_steps(author: Author) -> bool:
    _, page = author.chance.choice(author.pages())
    author.chance.shuffle(page.parts)
    return True


def shuffle_lessons(author: Author) -> bool:
    script = author.scripts[author.chance.choice(author.order)]
    lessons = script.lessons()
    author.chance.shuffle(lessons)
    script.pages = [*lessons, *(page for page in script.pages if page.is_quiz)]
    return True


def rename_the_file(author: Author) -> bool:
    script = author.scripts[author.chance.choice(author.order)]
    old, script.file = script.file, f"file-{author.one_more()}.md"
    author.each_text(lambda text: text.replace(f"]({old}", f"]({script.file}"))
    return True


def toggle_optional(author: Author) -> bool:
    *_, part = author.chance.choice([it for it in author.parts() if not it[1].is_quiz])
    if "- Optional: yes\n" in part.body:
        part.body = part.body.replace("- Optional: yes\n", "")
        return True
    body = part.body.rstrip()
    in_list = body.rpartition("\n")[2].startswith(("- ", "  "))
    if in_list and not part.kind:
        return False  # a list to be read, which the setting would join
    part.body = f"{body}\n{'' if in_list else chr(10)}- Optional: yes\n"
    return True


def change_the_quiz(author: Author) -> bool:
    found = [page for _, page in author.pages() if page.is_quiz]
    page = author.chance.choice(found)
    most = len(page.parts)
    ask = author.chance.randint(1, most)
    tries = author.chance.choice(("", "- Tries: 1\n", "- Tries: 3\n"))
    settings = f"- Ask: {ask}\n- Pass: {author.chance.randint(1, ask)}\n{tries}"
    page.body = re.sub(r"(?:- (?:Ask|Pass|Tries): \d+\n)+", settings, page.body, count=1)
    return True


def rename_a_badge(author: Author) -> bool:
    script = author.scripts[author.chance.choice(author.order)]
    script.front = re.sub(r"(?m)^badge: .*$", f"badge: Badge {author.one_more()}", script.front)
    return True


def say_what_completes(author: Author) -> bool:
    said = author.chance.choice(("all", "any 1"))
    text = re.sub(r"(?m)^completed: .*$", f"completed: {said}", author.files["course.md"].decode())
    author.files["course.md"] = text.encode()
    return True


# What is right: with a line.


def move_the_tick(author: Author) -> bool:
    script, _, part = author.chance.choice(_choosing(author))
    author.touch(part)
    boxes = _boxes(part)
    ticked = {at for at, box in enumerate(boxes) if box[0] == "x"}
    while (new := {at for at in range(len(boxes)) if author.chance.random() < 0.5}) in (ticked, set()) or len(
        new
    ) == len(boxes):
        pass
    _set_boxes(part, [["x" if at in new else " ", *box[1:]] for at, box in enumerate(boxes)])
    author.verdict(script, part)
    return True


def drop_an_option(author: Author) -> bool:
    found = [it for it in _choosing(author) if sum(box[0] == " " for box in _boxes(it[2])) > 1]
    if not found:
        return False
    script, _, part = author.chance.choice(found)
    author.touch(part)
    boxes = _boxes(part)
    boxes.remove(author.chance.choice([box for box in boxes if box[0] == " "]))
    _set_boxes(part, boxes)
    author.verdict(script, part)
    return True


def add_an_option(author: Author) -> bool:
    """One whose words may have stood there before."""
    script, _, part = author.chance.choice(_choosing(author))
    words = f"None at all {author.chance.choice('abc')}"
    if words in part.body:
        return False
    author.touch(part)
    boxes = _boxes(part)
    boxes.insert(author.chance.randint(0, len(boxes)), [" ", words, ""])
    _set_boxes(part, boxes)
    author.verdict(script, part)
    return True


def change_the_answer(author: Author) -> bool:
    """Of a Question in words or a number, or what belongs where in an Order, a Match or Gaps."""
    found = [it for it in author.parts("Question") if not _BOX.search(it[2].body)]
    found += author.parts("Order", "Match", "Gaps")
    if not found:
        return False
    script, _, part = author.chance.choice(found)
    author.touch(part)
    before = part.body
    _EDIT_ANSWER[part.kind](author, part)
    if part.body == before:
        return False
    author.verdict(script, part)
    return True


def _edit_question(author: Author, part: Part) -> None:
    if _NUMBER.search(part.body):
        low = author.chance.randint(1, 9)
        part.body = _NUMBER.sub(f"- Number: {low} .. {low + author.chance.randint(1, 4)}", part.body)
    elif (word := author.chance.choice(WORDS)) not in _ANSWER.findall(part.body):
        part.body = _ANSWER.sub(lambda it: f"{it[0]}\n- Answer: {word}", part.body, count=1)


def _edit_order(author: Author, part: Part) -> None:
    part.body = _swap(part.body, ITEM, 1, *author.chance.sample(range(len(ITEM.findall(part.body))), 2))


def _edit_match(author: Author, part: Part) -> None:
    rows = range(2, len(_CELL.findall(part.body)))
    part.body = _swap(part.body, _CELL, 2, *author.chance.sample(rows, 2))


def _edit_gaps(author: Author, part: Part) -> None:
    part.body = _swap(part.body, _GAP, 1, *author.chance.sample(range(len(_GAP.findall(part.body))), 2))


_EDIT_ANSWER = {"Question": _edit_question, "Order": _edit_order, "Match": _edit_match, "Gaps": _edit_gaps}


def reopen(author: Author) -> bool:
    script, part = author.chance.choice([*author.pages(), *((it[0], it[2]) for it in author.parts())])
    author.line(script, f"reopened {part.name}")
    author.retold.append(part.who)
    return True


def remark_a_page(author: Author) -> bool:
    """All that is asked in a lesson or quiz, whether anything else is right in it or not."""
    asking = ("Question", "Order", "Match", "Gaps")
    found = [it for it in author.pages() if any(part.kind in asking for part in it[1].parts)]
    script, page = author.chance.choice(found)
    author.line(script, f"remarked {page.name}")
    author.remarked |= {part.who for part in page.parts if part.kind in asking}
    author.may_refuse.add("change-kind")  # where none of them was published before
    return True


def correct(author: Author) -> bool:
    script, part = author.chance.choice([*author.pages(), *((it[0], it[2]) for it in author.parts())])
    part.title += f" {author.one_more()}"
    author.line(script, f"corrected {part.name}")
    return True


DEEDS: dict[str, Deed] = {
    it.__name__: it
    for it in (
        retitle,
        say_more,
        reword_an_option,
        reword_every_option,
        reword_an_item,
        shuffle_options,
        shuffle_steps,
        shuffle_lessons,
        rename_the_file,
        toggle_optional,
        change_the_quiz,
        rename_a_badge,
        say_what_completes,
        move_the_tick,
        drop_an_option,
        add_an_option,
        change_the_answer,
        reopen,
        remark_a_page,
        correct,
    )
}
