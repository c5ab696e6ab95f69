"""What an author does to names and places: renames, moves, splits, joins, adds and takes away. See `author`."""

from __future__ import annotations

import re

from tests.services.author import Author, Deed, Page, Part, Script


def rename(author: Author) -> bool:
    found = [(script, page) for script, page in author.pages() if not page.is_quiz]
    script, part = author.chance.choice([*found, *((it[0], it[2]) for it in author.parts())])
    new = author.fresh(part.name)
    _rename(author, script, part, new)
    return True


def rename_and_back(author: Author) -> bool:
    """Thought better of it: her first name again, by way of another."""
    script, _, part = author.chance.choice(author.parts())
    old = part.name
    _rename(author, script, part, author.fresh(old))
    _rename(author, script, part, old)
    return True


def _rename(author: Author, script: Script, part: Part, new: str) -> None:
    author.line(script, f"renamed {part.name} to {new}")
    author.relink(f"{script.file}#{part.name}", f"{script.file}#{new}")
    for its, _, other in author.parts("Rate again"):
        said = part.name if its is script else f"{script.module}/{part.name}"
        other.body = other.body.replace(f"Same as: {said}\n", f"Same as: {said[: -len(part.name)]}{new}\n")
    part.name = new
    author.used.add((script.module, new))


def shift_a_step(author: Author) -> bool:
    """To another lesson of the same module, or out of the quiz or into it."""
    found = [it for it in author.parts() if _can_leave(it[1])]
    if not found:
        return False
    script, page, part = author.chance.choice(found)
    others = [it for it in script.pages if it is not page and (not it.is_quiz or _can_be_in_a_quiz(part))]
    if not others:
        return False
    page.parts.remove(part)
    other = author.chance.choice(others)
    other.parts.insert(author.chance.randint(0, len(other.parts)), part)
    return True


def _can_leave(page: Page) -> bool:
    """Whether enough stays behind."""
    if not page.is_quiz:
        return len(page.parts) > 1
    least = max(map(int, re.findall(r"(?:Ask|Pass): (\d+)", page.body)))
    return len(page.parts) > max(2, least)


def _can_be_in_a_quiz(part: Part) -> bool:
    return part.kind in ("Question", "Order", "Match", "Gaps") and "Optional" not in part.body


def move_a_step(author: Author) -> bool:
    """To a lesson of another module."""
    found = [it for it in author.parts() if _can_leave(it[1]) and not it[2].kind.startswith("Rate")]
    if not found:
        return False
    script, page, part = author.chance.choice(found)
    targets = [it for it in author.order if it != script.module and (it, part.name) not in author.used]
    if not targets:
        return False
    target = author.scripts[author.chance.choice(targets)]
    _move(author, script, part, target)
    page.parts.remove(part)
    author.chance.choice(target.lessons()).parts.append(part)
    return True


def _move(author: Author, script: Script, part: Part, target: Script) -> None:
    author.line(script, f"moved {part.name} to {target.module}")
    _carry(author, script, part, target)


def _carry(author: Author, script: Script, part: Part, target: Script) -> None:
    author.relink(f"{script.file}#{part.name}", f"{target.file}#{part.name}")
    author.used.add((target.module, part.name))


def move_a_lesson(author: Author) -> bool:
    """With its steps, which its line covers."""
    found = [it for it in author.pages() if not it[1].is_quiz and len(it[0].lessons()) > 1]
    found = [it for it in found if not any(part.kind.startswith("Rate") for part in it[1].parts)]
    if not found:
        return False
    script, page = author.chance.choice(found)
    names = [page.name, *(part.name for part in page.parts)]
    targets = [it for it in author.order if author.used.isdisjoint((it, name) for name in names)]
    if not targets:
        return False
    target = author.scripts[author.chance.choice(targets)]
    _move(author, script, page, target)
    for part in page.parts:
        _carry(author, script, part, target)
        if part.who in author.settled_elsewhere(page):
            author.line(script, f"moved {part.name} to {target.module}")
    script.pages.remove(page)
    target.pages.insert(author.chance.randint(0, len(target.lessons())), page)
    return True


def split_a_lesson(author: Author) -> bool:
    found = [it for it in author.pages() if not it[1].is_quiz and len(it[1].parts) > 1]
    if not found:
        return False
    script, page = author.chance.choice(found)
    at = author.chance.randint(1, len(page.parts) - 1)
    new = Page(author.one_more(), f"More of it {author.number}", author.fresh("part"), _BODY, page.parts[at:])
    page.parts = page.parts[:at]
    script.pages.insert(script.pages.index(page) + 1, new)
    author.used.add((script.module, new.name))
    return True


_BODY = "\nThere is more to say.\n\n- Skills: eds-2022/F1\n"


def merge_lessons(author: Author) -> bool:
    found = [it for it in author.order if len(author.scripts[it].lessons()) > 1]
    if not found:
        return False
    script = author.scripts[author.chance.choice(found)]
    one, two = author.chance.sample(script.lessons(), 2)
    one.parts += two.parts
    two.parts = []
    _remove(author, script, two)
    script.pages.remove(two)
    return True


def _remove(author: Author, script: Script, part: Part) -> None:
    author.line(script, f"removed {part.name}")
    author.relink(f"{script.file}#{part.name}", "")


def remove_a_step(author: Author) -> bool:
    found = [it for it in author.parts() if _can_leave(it[1]) and it[2].kind != "Rate"]
    if not found:
        return False
    script, page, part = author.chance.choice(found)
    page.parts.remove(part)
    _remove(author, script, part)
    return True


def remove_a_lesson(author: Author) -> bool:
    """With all its steps but perhaps one, which goes to the next lesson."""
    found = [it for it in author.pages() if not it[1].is_quiz and len(it[0].lessons()) > 1]
    found = [it for it in found if not any(part.kind == "Rate" for part in it[1].parts)]
    if not found:
        return False
    script, page = author.chance.choice(found)
    script.pages.remove(page)
    kept = page.parts[: author.chance.randint(0, 1)]
    elsewhere = author.settled_elsewhere(page)
    _remove(author, script, page)
    for part in page.parts:
        if part in kept:
            author.chance.choice(script.lessons()).parts.append(part)
        else:
            author.relink(f"{script.file}#{part.name}", "")
            if part.who in elsewhere:
                author.line(script, f"removed {part.name}")
    return True


def add_a_step(author: Author) -> bool:
    script, page = author.chance.choice(author.pages())
    part = _new_part(author, "Question" if page.is_quiz else author.chance.choice(list(NEW)))
    page.parts.insert(author.chance.randint(0, len(page.parts)), part)
    author.used.add((script.module, part.name))
    return True


NEW = {
    "Reading": "\nHere is one more thing to read.\n",
    "Question": "\n- [x] This one\n- [ ] That one\n- [ ] The other\n",
    "Order": "\n1. Fill it\n2. Boil it\n3. Pour it\n",
    "Gaps": "\nFirst the [[tea]], then the [[milk]].\n- Extra: sugar\n",
}


def _new_part(author: Author, kind: str) -> Part:
    title = f"Look here {author.one_more()}" if kind == "Reading" else f"{kind}: And now {author.one_more()}"
    return Part(author.one_more(), title, author.fresh(), NEW[kind])


def add_a_lesson(author: Author) -> bool:
    script = author.scripts[author.chance.choice(author.order)]
    parts = [_new_part(author, kind) for kind in author.chance.sample(list(NEW), author.chance.randint(0, 2))]
    page = Page(author.one_more(), f"One more {author.number}", author.fresh("lesson"), _BODY, parts)
    script.pages.insert(author.chance.randint(0, len(script.lessons())), page)
    author.used |= {(script.module, it.name) for it in (page, *parts)}
    return True


def add_a_module(author: Author) -> bool:
    module = author.fresh("module").replace("-", "")
    page = Page(author.one_more(), "The start", "start", _BODY, [_new_part(author, "Question")])
    front = f"module: {module}\nlang: en\nbadge: {author.chance.choice(('none', f'Badge of {module}'))}\n"
    author.scripts[module] = Script(module, f"{module}.md", front, f"# Module {module}\n\nHello.\n", [page])
    author.order.insert(author.chance.randint(0, len(author.order)), module)
    author.used |= {(module, "start"), (module, page.parts[0].name)}
    return True


def hide_a_module(author: Author) -> bool:
    if len(author.order) < 2:
        return False
    texts = author.folder()
    alone = [it for it in author.order if not any(_leads_to(author, it, text) for text in texts.values())]
    author.order.remove(author.chance.choice(alone or author.order))
    author.may_refuse |= {"link-to-draft", "same-as-draft"}
    return True


def _leads_to(author: Author, module: str, text: bytes) -> bool:
    return f"]({author.scripts[module].file}".encode() in text or f"Same as: {module}/".encode() in text


def show_a_module(author: Author) -> bool:
    hidden = [it for it in author.scripts if it not in author.order]
    if not hidden:
        return False
    author.order.append(author.chance.choice(hidden))
    return True


DEEDS: dict[str, Deed] = {
    it.__name__: it
    for it in (
        rename,
        rename_and_back,
        shift_a_step,
        move_a_step,
        move_a_lesson,
        split_a_lesson,
        merge_lessons,
        remove_a_step,
        remove_a_lesson,
        add_a_step,
        add_a_lesson,
        add_a_module,
        hide_a_module,
        show_a_module,
    )
}
