"""A course in which something is written down and handed in: a badge for a module, and one for it all."""

from __future__ import annotations

SETTINGS = "---\n{kind}: {name}\nlang: en\n{more}badge: {badge}\n---\n"
FILES = {
    "course.md": SETTINGS.format(kind="course", name="bread", more="order: [baking, jam]\n", badge="Cook").encode()
    + b"# Bread and jam\n\nBoth are easy.\n",
    "baking.md": SETTINGS.format(kind="module", name="baking", more="", badge="Baker").encode()
    + b"""# Baking

## Dough {#dough}
- Skills: eds-2022/F1

### Reflect: What went well? {#r-well}
Think back.
- Seen by: mentor

### Task: Bake a loaf {#t-loaf}
At home.
- Evidence: words or link
""",
    "jam.md": SETTINGS.format(kind="module", name="jam", more="", badge="none").encode()
    + b"""# Jam

## Plums {#plums}
- Skills: eds-2022/F1

### Reflect: What will you cook? {#r-cook}
Take your time.
""",
}
