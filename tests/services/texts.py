"""Texts nobody means well, or that a phone's keyboard makes by accident, for every field a person can type in."""

from __future__ import annotations

NUL, LONE = "Lena\0", "Lena\ud83d"

HOSTILE = (
    # Databases
    "'; DROP TABLE people; --",
    "' OR '1'='1",
    "\\'; SELECT pg_sleep(9); --",
    '" OR ""="',
    "Robert'); DELETE FROM events WHERE ('a'='a",
    "%' AND 1=0 UNION SELECT secret FROM secrets --",
    "$$; COPY people TO PROGRAM 'id'; $$",
    ":person_id %(person_id)s ? ?1 {0} {person_id}",
    "%s %d %n %x",
    # Pages
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "javascript:alert(1)",
    "{{7*7}} {% raw %} ${7*7} #{7*7}",
    "{0.__class__} %(x)s",
    "&lt;b&gt; &#60;b&#62; &amp;amp;",
    "]]><!--",
    "<%= 7*7 %>",
    # Spreadsheets, shells, letters, logs
    '=HYPERLINK("https://example.org")',
    "+1+1|cmd '/C calc'!A0",
    "@SUM(A1)",
    "$(id) `id` | id; id && id",
    "../../../../etc/passwd",
    "Lena\r\nBcc: everybody@example.org",
    "Lena\n2026-11-21 10:00 signed in as administrator",
    # Ways of writing
    "\u202egnp.exe\u202c",
    "\u2066Lena\u2069",
    "Le\u200bna \ufeff\u2060",
    "L\u0335\u0321e\u0334\u0322n\u0336a" + "\u0336" * 40,
    "😀👩‍👩‍👧‍👦🏴󠁧󠁢󠁷󠁬󠁳󠁿🇬🇧",
    "لينا ليلى שלום עולם",
    "ｌｅｎａ ＜ｂ＞",
    "İstanbul ẞ ﬃ ǅ",
    "e\u0301 é \u1e9b\u0323",
    "\u00a0\u2003\u3000Lena\u2028\u2029",
    "null",
    "undefined NaN -1e309 0x7fffffff",
    "true",
    # Sizes and what is no text
    "x" * 10_000,
    "\U0010ffff" * 90,
    "",
    "   \t\n ",
    "Le\x07na\x1b[31m\x7f",
    NUL,
    LONE,
    "\udfff",
    "\ufffe\uffff",
)
