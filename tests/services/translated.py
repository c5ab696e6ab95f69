"""The course `tea` in Welsh and Arabic, as far as somebody has come with it.

The words of the "other languages" are few and simple; `steam` and the second module are not translated.
"""

from __future__ import annotations

from tests.services import written

WELSH = """---
module: brewing
lang: cy
---
# Bragu

Y dŵr yn gyntaf.

## Y dŵr {#water}

### Cwestiwn: Pa mor boeth yw'r dŵr? {#q-hot}

- [ ] Newydd ferwi
  > Ydy, mae'n dal i symud.
- [ ] Mae'n gynnes
  > Roedd, funud yn ôl.
- Awgrym: Edrycha ar y tegell.

### Cwestiwn: Beth sydd yn y bag? {#q-bag}

- Ateb: te
- Agos: coffi
  > Bron: mae'n dechrau gyda "t".

## Cwis: Bragu {#quiz}

### Cwestiwn: Beth sy'n dod gyntaf? {#q-first}

- [ ] Y dŵr
- [ ] Y cwpan
"""
ARABIC = """---
module: brewing
lang: ar
---
# تحضير الشاي

الماء أولا.

## الماء {#water}

### املأ الغلاية {#fill-it}

ماء بارد من الصنبور.

### Question: ما حرارة الماء؟ {#q-hot}

- [ ] غلى للتو
- [ ] إنه دافئ
"""
COURSE_WELSH = "---\ncourse: tea\nlang: cy\n---\n# Gwneud te\n\nPopeth am baned o de.\n"
COURSE_ARABIC = "---\ncourse: tea\nlang: ar\n---\n# إعداد الشاي\n\nكل شيء عن كوب من الشاي.\n"


def translations() -> dict[str, bytes]:
    """The files of both languages."""
    texts = {
        **{"course.cy.md": COURSE_WELSH, "brewing.cy.md": WELSH},
        **{"course.ar.md": COURSE_ARABIC, "brewing.ar.md": ARABIC},
    }
    return {path: text.encode() for path, text in texts.items()}


def tea() -> dict[str, bytes]:
    """The files of `tea` with its translations."""
    return written.tea() | translations()


def changed(*pairs: tuple[str, str], changes: str = "") -> dict[str, bytes]:
    """The same after words of its first module, in English, have changed."""
    return written.changed(*pairs, changes=changes) | translations()
