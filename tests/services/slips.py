"""What an author does by mistake: each must be refused, for its own reasons, and nothing changes. See `author`."""

from __future__ import annotations

from datetime import timedelta

from tests.services.author import ITEM, Author, Deed, Part
from tests.services.renaming import (
    NEW,
    merge_lessons,
    move_a_lesson,
    move_a_step,
    remove_a_lesson,
    remove_a_step,
    rename,
)
from tests.services.rewording import move_the_tick


def forget_the_line(author: Author) -> bool:
    author.day += timedelta(days=1)
    needing = (rename, move_a_step, move_a_lesson, merge_lessons, remove_a_step, remove_a_lesson, move_the_tick)
    done = author.chance.choice(needing)(author)
    author.forget_lines()
    return done


def copy_a_step(author: Author) -> bool:
    """Pasted into another place, its name with it."""
    script, _, part = author.chance.choice(author.parts())
    author.chance.choice(script.lessons()).parts.append(Part(author.one_more(), part.title, part.name, part.body))
    return True


def use_a_name_again(author: Author) -> bool:
    now = set(author.places().values())
    old = sorted(it for it in author.published - now if it[0] in author.order)
    if not old:
        return False
    module, name = author.chance.choice(old)
    part = Part(author.one_more(), "Something else", name, NEW["Reading"])
    author.chance.choice(author.scripts[module].lessons()).parts.append(part)
    return True


def change_the_kind(author: Author) -> bool:
    found = [it for it in author.parts("") if not it[1].is_quiz]
    if not found:
        return False
    *_, part = author.chance.choice(found)
    part.title = f"Reflect: {part.title}"
    return True


def swap_two_names(author: Author) -> bool:
    script = author.scripts[author.chance.choice(author.order)]
    parts = [part for page in script.pages for part in page.parts if part.kind != "Rate"]
    if len(parts) < 2:
        return False
    author.day += timedelta(days=1)
    one, two = author.chance.sample(parts, 2)
    author.line(script, f"renamed {one.name} to {two.name}")
    author.line(script, f"renamed {two.name} to {one.name}")
    one.name, two.name = two.name, one.name
    return True


def change_the_points(author: Author) -> bool:
    found = author.parts("Rate")
    if not found:
        return False
    *_, part = author.chance.choice(found)
    if ITEM.search(part.body):
        part.body = ITEM.sub(lambda it: it[0] + " indeed", part.body, count=1)
    else:
        part.body = part.body.replace("- Skills", "1. Never\n2. Sometimes\n3. Always\n\n- Skills", 1)
    return True


SLIPS: dict[str, tuple[Deed, set[str]]] = {
    "forget_the_line": (forget_the_line, {"name-gone", "name-meaning", "letters-unclear"}),
    "copy_a_step": (copy_a_step, {"name-twice"}),
    "use_a_name_again": (use_a_name_again, {"name-used"}),
    "change_the_kind": (change_the_kind, {"name-kind"}),
    "swap_two_names": (swap_two_names, {"change-used"}),
    "change_the_points": (change_the_points, {"name-meaning"}),
}
"""Each with the codes of its refusals."""
