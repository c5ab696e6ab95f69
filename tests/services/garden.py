"""A course with every kind of step, in three modules, one of them in Welsh too: something to edit for a year."""

from __future__ import annotations

_COURSE = """---
course: garden
lang: en
order: [soil, seeds, tools]
completed: all
badge: Gardener
---
# A small garden

Begin with what is under your feet.
"""
_SOIL = """---
module: soil
lang: en
badge: Digger
---
# Soil

[Seeds](seeds.md#sowing) come later.

## What soil is {#what-soil-is}

- Skills: eds-2022/F1

### Rate: How well do you know your soil? {#know-before}
- Skills: eds-2022/F1

### Take a handful {#handful}

Feel it. Is it wet?

### Question: What lives in it? {#q-lives}

- [x] Worms
  > Yes, and many more.
- [ ] Fish
  > Only in a pond.
- [ ] Birds
- Hint: They have no legs.

### Question: Which are good for it? {#q-good}

- [x] Leaves
- [x] Peel
- [ ] Plastic

## Digging {#digging}

- Skills: eds-2022/F1

### Order: Dig a hole {#o-hole}
1. Mark it
2. Cut the grass
3. Lift the soil

### Match: What is it for? {#m-for}
| Tool   | Use          |
| ------ | ------------ |
| Spade  | Digs a hole  |
| Rake   | Makes it flat |
|        | Cuts grass   |

### Gaps: Finish it {#g-finish}
First [[dig]], then [[rake]], then [[dig]] again.
- Extra: water

### Task: Dig a hole {#t-hole}
- [ ] I marked it
- [ ] I dug it
- Evidence: words
- Sign-off: mentor

## Quiz: Soil {#quiz}

- Ask: 2
- Pass: 2

### Question: What is soil? {#z-what}

- [x] Earth
- [ ] Air
- [ ] Fire

### Question: What is a spade for? {#z-spade}

- Answer: digging
- Answer: dig*

### Question: How many worms make a crowd? {#z-worms}

- Number: 3 .. 5

### Order: What comes first? {#z-order}
1. Soil
2. Seeds
3. Salad
"""
_SEEDS = """---
module: seeds
lang: en
badge: none
---
# Seeds

## Sowing {#sowing}

- Skills: eds-2022/F1

### Question: What is sown? {#q-sown}

- Answer: seed*
- Close: sand
  > Nearly the same size.

### Question: How deep, in centimetres? {#q-deep}

- Number: 1 .. 3

### Reflect: What would you like to grow? {#r-grow}

Think of what you like to eat.

### Reflect: Whom will you tell? {#r-tell}
- Seen by: mentor

## Waiting {#waiting}

It takes a week. Look [at the soil](soil.md#handful) now and then.

- Skills: eds-2022/F1

## Watering {#watering}

- Skills: eds-2022/F1

### Fill the can {#can}

Rain is best.

### Task: Water it {#t-water}
- [ ] I watered it

### Rate again: And your soil now? {#know-after}
- Same as: soil/know-before
"""
_TOOLS = """---
module: tools
lang: en
badge: Keeper of tools
---
# Tools

## Cleaning {#cleaning}

- Skills: eds-2022/F1

### Question: What gets rid of mud? {#q-mud}

- [x] Water
- [ ] Wind
- [ ] Sun

### Code: A sign for the shed {#c-sign}
```html start
<h1>Bye</h1>
```
```html answer
<h1>Shed</h1>
```
- Check: `h1` says "Shed"
- Optional: yes

## Quiz: Tools {#quiz}

- Pass: 1
- Tries: 3

### Question: What rusts? {#z-rust}

- [x] Iron
- [ ] Wood

### Match: Which hand? {#z-hand}
| Tool   | Hand  |
| ------ | ----- |
| Trowel | One   |
| Barrow | Two   |

### Gaps: A rule {#z-rule}
Put it [[away]] when it is [[clean]].
- Extra: late
"""
_WELSH = """---
module: soil
lang: cy
---
# Pridd

Croeso.

## Beth yw pridd {#what-soil-is}

### Cymerwch lond llaw {#handful}

Ydy e'n wlyb?

### Question: Beth sy'n byw ynddo? {#q-lives}

- [x] Mwydod
- [ ] Pysgod
- [ ] Adar

## Cwis: Pridd {#quiz}

### Question: Beth yw rhaw? {#z-spade}

- Answer: palu
"""


def garden() -> dict[str, bytes]:
    """The files as they are first published."""
    texts = {"course.md": _COURSE, "soil.md": _SOIL, "soil.cy.md": _WELSH, "seeds.md": _SEEDS, "tools.md": _TOOLS}
    return {path: text.encode() for path, text in texts.items()}
