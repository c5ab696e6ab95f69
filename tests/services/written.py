"""Two courses as an author writes them, small enough to read in one look, and releases that follow them.

`TEA` has every kind of step there is so far, a quiz with Tries, and a badge for a module; `TOAST` is
finished in two steps and gives a badge for the course.
"""

from __future__ import annotations

from datetime import date

TODAY = date(2026, 11, 21)
PICTURE = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'

_TEA = """---
course: tea
lang: en
order: [brewing, pouring]
badge: none
---
# Making tea

Everything about a cup of tea.
"""
_BREWING = """---
module: brewing
lang: en
badge: Brewer
badge-picture: leaf.svg
---
# Brewing

First the water.

## The water {#water}

- Skills: eds-2022/F1

### Rate: Can you make tea? {#can-you}

- Skills: eds-2022/F1

### Fill the kettle {#fill-it}

Cold water from the tap.

### Look at the steam {#steam}

Only if you like.

- Optional: yes

### Question: How hot is the water? {#q-hot}

- [x] It has just boiled
  > Yes, it still moves.
- [ ] It is warm
  > It was, a minute ago.
- Hint: Look at the kettle.

### Question: What is in the bag? {#q-bag}

- Answer: tea*

### Question: How many minutes does it stand? {#q-minutes}

- Number: 3 .. 5

## The pot {#pot}

A pot has a lid.

- Skills: eds-2022/F1

## Quiz: Brewing {#quiz}

- Ask: 2
- Pass: 2
- Tries: 2

### Question: What comes first? {#q-first}

- [x] The water
- [ ] The cup

### Question: What comes second? {#q-second}

- [x] The pot
- [ ] The milk

### Question: What has a lid? {#q-lid}

- [x] The pot
- [ ] The cup

### Question: What is cold? {#q-cold}

- [x] The tap
- [ ] The kettle
"""
_POURING = """---
module: pouring
lang: en
badge: none
---
# Pouring

Then the cup.

## The cup {#cup}

- Skills: eds-2022/F1

### Hold it {#hold-it}

By its ear.

### Tilt it {#tilt-it}

Not too far.
"""
_TOAST = """---
course: toast
lang: en
order: [toasting]
badge: Toaster
badge-picture: leaf.svg
---
# Toast

Bread, then butter.
"""
_TOASTING = """---
module: toasting
lang: en
badge: none
---
# Toasting

## Bread {#bread}

- Skills: eds-2022/F1

### Slice it {#slice-it}

With a long knife.

### Butter it {#butter-it}

While it is warm.
"""


def tea(brewing: str = _BREWING, pouring: str = _POURING) -> dict[str, bytes]:
    """The files of the course `tea`, or of one that followed it."""
    texts = {"course.md": _TEA, "brewing.md": brewing, "pouring.md": pouring}
    return {path: text.encode() for path, text in texts.items()} | {"leaf.svg": PICTURE}


def toast() -> dict[str, bytes]:
    """The files of the course `toast`."""
    return {"course.md": _TOAST.encode(), "toasting.md": _TOASTING.encode(), "leaf.svg": PICTURE}


def changed(*pairs: tuple[str, str], changes: str = "") -> dict[str, bytes]:
    """`tea` with some words of its first module replaced, and a line in its `changes`."""
    text = _BREWING
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return tea(text.replace("---\n# Brewing", f"changes:\n  - {changes}\n---\n# Brewing", 1) if changes else text)
