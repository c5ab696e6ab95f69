"""A course with a place for a text in every slot of every kind of step, typed as Markdown."""

from __future__ import annotations

import re

SETTINGS = """---
module: m
lang: en
badge: "{q}"
care: "{q}"
---
"""
COURSE = """---
course: c
lang: en
order: m
help: fact
authors: "{q}"
licence: "{q}"
badge: "{q}"
---
# Course {t}

Welcome {t}
"""
GLOSSARY = "# Words\n\n## Term {t} {{#term}}\n\nMeaning {t}\n"
FACTS = (
    "# Facts\n\n## Fact {t} {{#fact}}\n\nIt is so {t}\n\n"
    "- Source: https://www.example.org/a\n- Checked: 2026-01-02\n- Review: 2027-01-02\n"
)
STEPS = """# Module {t}

Welcome {t}

## Lesson {t} {{#lesson}}

First page {t} of a [term](glossary.md#term) and a [fact](facts.md#fact).

### Reading {t} {{#reading}}

Text {t}

- item {t}

1. point {t}

> quote {t}

> [!TIP]
> tip {t}

| head {t} | other |
| --- | --- |
| cell {t} | b |

**bold {t}**, *thin {t}*, ~~gone {t}~~ and [a link {t}](https://www.example.org/a).

![A picture {t}](p.svg)

### Question: Choose {t} {{#choose}}

Before {t}

- [ ] one {t}
  > feedback {t}
- [x] two {t}
- Hint: hint {t}
- Explain: explain {t}

### Question: Words {t} {{#words}}
- Answer: {a}
- Close: fishing
  > nearly {t}

### Question: Number {t} {{#number}}
- Number: 3
- Close: 4
  > nearly {t}

### Order: Put {t} {{#order}}
1. first {t}
2. second {t}

### Match: Pair {t} {{#match}}
| Left {t} | Right |
| --- | --- |
| a {t} | b {t} |
| c | d |

### Gaps: Fill {t} {{#gaps}}
Some [[word]] and {t} more [[another]].
- Extra: third

### Reflect: Think {t} {{#reflect}}
Body {t}

### Task: Do {t} {{#task}}
Body {t}
- [ ] box {t}
- Sign-off: mentor
- Look for: it {t}

### Code: Write {t} {{#code}}
Body {t}
```html start
<p>start</p>
```
```html answer
<h1>answer</h1>
```
- Check: `h1` says "answer"
- Hint: hint {t}

### Rate: Sure {t} {{#rate}}
1. low {t}
2. high {t}

### Rate again: Now {t} {{#again}}
- Same as: rate

## Quiz: Check {t} {{#quiz}}
- Pass: 1
### Question: Q1 {t} {{#q1}}
- [x] one {t}
- [ ] two {t}
### Question: Q2 {{#q2}}
- Answer: x
"""
PICTURE = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"></svg>'


def everywhere(typed: str) -> dict[str, bytes]:
    """The text in every slot at once; the values of answers, which are no Markdown, have it only as code."""
    answer = typed if typed.startswith("`") else "right"
    quoted = re.sub(r'[\\"]|[^ -~]', " ", typed)
    parts = {"course.md": COURSE, "glossary.md": GLOSSARY, "facts.md": FACTS, "m.md": SETTINGS + STEPS}
    return {"p.svg": PICTURE} | {
        path: part.format(t=typed, q=quoted, a=answer).encode(errors="replace") for path, part in parts.items()
    }


def each_slot(typed: str) -> list[dict[str, bytes]]:
    """The text in one slot of the module after the other."""
    whole = everywhere("word")
    steps = STEPS.replace("{a}", "{t}")
    count = steps.count("{t}")
    found = []
    parts = steps.split("{t}")
    for wanted in range(1, count + 1):
        text = "word".join(parts[:wanted]) + "{t}" + "word".join(parts[wanted:])
        module = (SETTINGS + text).format(t=typed, q="word")
        found.append(whole | {"m.md": module.encode(errors="replace")})
    return found


def in_backticks(words: str) -> str:
    """The text as code, whatever backticks it holds."""
    line = " ".join(words.split()).replace("|", "\\|")
    longest = max((len(run) for run in re.findall("`+", line)), default=0)
    mark = "`" * (longest + 1)
    return f"{mark} {line} {mark}" if line else "`empty`"


def escaped(words: str) -> str:
    """The text with a backslash before every mark, on one line."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", " ".join(words.split()))
