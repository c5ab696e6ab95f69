"""The words of letters. Whoever sees one on a lock screen learns neither what this site is for nor what she learns.

So the links, which name the site, come last: a lock screen shows the subject and the first line.
"""

from __future__ import annotations

from lms.learning.mail import Kind

_SUBJECTS = {
    Kind.CONFIRM: "Is this your email address?",
    Kind.GONE: "We write to you here no more",
    Kind.REMINDER: "A short hello",
    Kind.WEEK: "Are these hours right?",
    Kind.WEEK_AGAIN: "Are these hours right? We ask once more",
    Kind.MESSAGE: "There is a message for you",
}
_TEXTS = {
    Kind.CONFIRM: """Hello,

somebody gave us this address, so that we can write to it.

Was it you? Open this page and press the button. It works for one day:

{link}

Was it somebody else? Then do nothing, and nothing comes of it.
""",
    Kind.GONE: """Hello,

you asked us to write to this address no more. This is the last letter.

Was it somebody else? Then sign in, and look in your settings.
""",
    Kind.REMINDER: """Hello,

you asked us to say hello if we have not seen you for a week. Nothing
is late, and nothing is lost. Come back when it suits you:

{home}

No more of these? Open this page and press the button:

{link}
""",
    Kind.WEEK: """Hello,

{name} wrote down the hours worked with you in the week that began
on Monday {week}. Are they right?

Open this page, look at the hours, and press one button. You need no
account and no password. The link works once, until {until}:

{link}

Is this not for you? Then do nothing, or tell whoever arranged the
placement with you.
""",
    Kind.WEEK_AGAIN: """Hello,

some days ago we asked you about the hours of {name}, in the week that
began on Monday {week}. We have no answer yet. We ask you only
this once more.

Are they right? Open this page and press one button. You need no account
and no password. The link works once, until {until}:

{link}

Is this not for you? Then do nothing, or tell whoever arranged the
placement with you.
""",
    Kind.MESSAGE: """Hello,

there is a message for you. Sign in to read it:

{home}

No more of these? Open this page and press the button:

{link}
""",
}


def subject_of(kind: Kind) -> str:
    """What stands in the list of a mailbox."""
    return _SUBJECTS[kind]


def text_of(kind: Kind, home: str, link: str, **about: str) -> str:
    """The letter itself. `home`: where the site is; `link`: the one page this letter leads to; `about`: the rest.

    To a business that is `name`, the first name of a learner at most, `week` and `until`.
    """
    return _TEXTS[kind].format(home=home, link=link, **about)
