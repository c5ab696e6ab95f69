"""A made-up course with every kind of step, in practice and in its quiz, and a video with captions."""

from __future__ import annotations

PADLOCK = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'
FILM = b"\0\0\0\x18ftypmp42" + bytes(range(256)) * 8
CAPTIONS = "WEBVTT\n\n00:00.500 --> 00:03.000\nPick three words.\n"

COURSE = """---
course: kinds
lang: en
order: [passwords]
badge: none
---
# Every kind of step

A made-up course.
"""

PASSWORDS = """---
module: passwords
lang: en
badge: Password keeper
---
# Passwords

Three words beat one clever one.

## Strong ones {#strong}
- Skills: eds-2022/F7

### See it done {#film}
[Make a passphrase](phrase.mp4)

### Order: A strange email arrives {#o-email}
What do you do first?

1. Stop
2. Check the `From` line
3. Report it
- Hint: Nothing is so urgent.
- Explain: Stopping costs nothing.

### Match: Words and meanings {#m-words}
| Word     | Meaning                  |
| -------- | ------------------------ |
| Browser  | Opens web pages          |
| Password | ![A padlock](padlock.svg) |
|          | A keyboard               |
- Explain: A browser is an app.

### Gaps: Finish the advice {#g-advice}
Use [[three]] words and a [[different]] password.

1. one for **each** account, [[three]] times over
- Extra: short

### Reflect: What will you change? {#r-mentor}
- Seen by: mentor

### Reflect: What worries you? {#r-own}
Take your time.

### Task: Change one password {#t-change}
Choose the account that matters most.

- [ ] I picked three words
- [ ] I changed it
- Evidence: words or link
- Sign-off: mentor
- Look for: can explain the secret-choice

### Task: Tell somebody {#t-tell}
- Evidence: photo

### Code: Say hello {#c-hello}
```html start
<h1>Bye</h1>
```
```html answer
<h1>Hello</h1>
```
- Check: `h1` says "Hello"
- Hint: Look inside the h1.
- Explain: The words stand between the tags.

## Quiz: Check yourself {#quiz}
- Pass: 3

### Order: Before you post a photo {#z-order}
1. Look at it again
2. Ask who is in it
3. Post it
- Explain: Asking comes before posting.

### Match: What is what {#z-match}
| It       | does           |
| -------- | -------------- |
| A lock   | keeps you safe |
| A notice | tells you      |

### Gaps: A good rule {#z-gaps}
Never [[share]] a [[code]].
- Extra: borrow
"""

FILES: dict[str, bytes] = {
    "course.md": COURSE.encode(),
    "passwords.md": PASSWORDS.encode(),
    "padlock.svg": PADLOCK.encode(),
    "phrase.mp4": FILM,
    "phrase.en.vtt": CAPTIONS.encode(),
}

ARABIC = {
    path.replace(".en.", ".ar."): data.replace(b"course: kinds\nlang: en\n", b"course: kinds-ar\nlang: ar\n").replace(
        b"passwords\nlang: en\n", b"passwords\nlang: ar\n"
    )
    for path, data in FILES.items()
}
"""The same course as if it were written from right to left."""
