"""What leads out of an SVG: to another file, to another site, or to a page inside the picture.

A badge's picture is kept by learners as one file that looks the same wherever it is opened. An author is told of what
leads out of it (`check_badge_picture`); what still does is taken out when the file is made (`interop.pictures`).
"""

from __future__ import annotations

import re
from xml.etree import ElementTree

from lms.content.faults import Faults

SVG, XLINK, _XHTML = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink", "http://www.w3.org/1999/xhtml"
_LEADING = ("href", f"{{{XLINK}}}href", "src", "{http://www.w3.org/XML/1998/namespace}base")
_OUTSIDE = re.compile(r"url\((?!\s*[\"']?#)|@import|image-set\(|image\(|src\(|\\", re.IGNORECASE)
"""What a style has that may lead out of the file; the last, a backslash, can spell any of the others."""


def check_badge_picture(data: bytes, faults: Faults) -> None:
    """An SVG that is a badge's picture and is sound otherwise stands by itself."""
    for element in ElementTree.fromstring(data).iter():  # noqa: S314 - `pictures` let no entity through
        found = _found(element)
        if found:
            message = f"this picture of a badge leads out of its file, by {found}."
            instead = "Take that out, or save the picture again as a plain SVG with everything inside it."
            faults.error(1, "badge-picture-leads-out", message, instead)
            return


def _found(element: ElementTree.Element) -> str:
    """What leads out, as its author finds it in the file; empty for nothing. What editors keep there is never drawn."""
    space, _, word = element.tag.rpartition("}")
    if word == "foreignObject" or space == f"{{{_XHTML}":
        return f"<{word}>"
    if space not in ("", f"{{{SVG}"):
        return ""
    if word == "style" and style_leads_out("".join(element.itertext())):
        return "its <style>"
    if changes_a_lead(element):
        return f"<{word}> of an href"
    names = (name for name, value in element.items() if attribute_leads_out(name, value))
    return next((f"{name.rpartition('}')[2]} of <{word}>" for name in names if name in _LEADING or "}" not in name), "")


def attribute_leads_out(name: str, value: str) -> bool:
    """An address elsewhere, or a style that has one."""
    if name in _LEADING:
        return not value.startswith(("#", "data:image/"))
    return style_leads_out(value)


def style_leads_out(style: str) -> bool:
    return _OUTSIDE.search(style) is not None


def changes_a_lead(element: ElementTree.Element) -> bool:
    """An animation that would lead elsewhere what stands in the file."""
    return element.get("attributeName", "").endswith("href")
