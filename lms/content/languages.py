"""Languages by name: what each calls itself, and what English calls it.

In: the code of a language, as `lang:` has it. Out: words. A code nobody knows stands for itself.
"""

from __future__ import annotations

from functools import lru_cache

ENGLISH = "en"


@lru_cache(maxsize=256)
def own_name(lang: str) -> str:
    """What a language calls itself, for those who look for it.

    >>> own_name("cy"), own_name("ar"), own_name("xx")
    ('Cymraeg', 'العربية', 'xx')
    """
    return _name(lang, lang)


@lru_cache(maxsize=256)
def english_name(lang: str) -> str:
    """What a language is called where the words around it are English.

    >>> english_name("cy"), english_name("pt-br")
    ('Welsh', 'Portuguese (Brazil)')
    """
    return _name(lang, ENGLISH)


def page_language(lang: str) -> str:
    """How pages name a language, which says how they are read aloud: English here is British.

    >>> page_language("en"), page_language("cy")
    ('en-GB', 'cy')
    """
    return "en-GB" if lang == ENGLISH else lang


def _name(lang: str, said_in: str) -> str:
    from babel import Locale, UnknownLocaleError  # tables of every language: only where there is one to be named

    try:
        name = Locale.parse(lang, sep="-").get_display_name(said_in.replace("-", "_")) or lang
    except (UnknownLocaleError, ValueError):
        return lang
    return name[:1].upper() + name[1:]
