"""The picture of a badge as files she can keep: a whole SVG with its name inside, and a PNG drawn from it.

In: the bytes of a picture as a course has it. An SVG stays one; a PNG, JPEG or WebP is put into one. What leads out of
the file is taken out: it must look the same wherever it is opened, and drawing it must read nothing of this machine.
The PNG is drawn by resvg, in one file of its own here; a web worker never draws.
"""

from __future__ import annotations

import base64
from xml.etree import ElementTree

from lms.content.outside import SVG, XLINK, attribute_leads_out, changes_a_lead, style_leads_out

PIXELS = 512
"""The longer side of the PNG."""

ElementTree.register_namespace("", SVG)
ElementTree.register_namespace("xlink", XLINK)


def badge_svg(picture: bytes, media_type: str, name: str) -> str:
    """A picture as an SVG file that says the badge's name to who can't see it."""
    whole = _drawing(picture) if media_type == "image/svg+xml" else _framed(picture, media_type)
    for title in whole.findall(f"{{{SVG}}}title"):
        whole.remove(title)
    title = ElementTree.Element(f"{{{SVG}}}title")
    title.text = name
    whole.insert(0, title)
    whole.set("role", "img")
    return ElementTree.tostring(whole, "unicode") + "\n"


def badge_png(svg: str, pixels: int = PIXELS) -> bytes:
    """An SVG of `badge_svg` as a PNG; its longer side has that many pixels. Words in it are not drawn: see the docs."""
    from resvg_py import svg_to_bytes

    # Without the fonts of this machine, so that the same badge is the same file on every one.
    return svg_to_bytes(svg_string=svg, width=pixels, height=pixels, skip_system_fonts=True)


def _drawing(picture: bytes) -> ElementTree.Element:
    """An author's SVG, without what leads out of it."""
    root = ElementTree.fromstring(picture)  # noqa: S314 - `content.pictures` let no entity through
    for element in list(root.iter()):
        if not element.tag.startswith("{"):  # drawn without a namespace, which only browsers' pages forgive
            element.tag = f"{{{SVG}}}{element.tag}"
        for name in [name for name, value in element.items() if _leads_out(name, value)]:
            del element.attrib[name]
    for element in list(root.iter()):
        for child in list(element):
            if not _is_drawn(child):
                element.remove(child)
    return root


def _leads_out(name: str, value: str) -> bool:
    """An address elsewhere, a style that has one, or what runs."""
    return name.lower().startswith("on") or attribute_leads_out(name, value)


def _is_drawn(element: ElementTree.Element) -> bool:
    """Not what runs, what holds a page, what comes from an editor, and what would change where something leads."""
    space, _, word = element.tag.rpartition("}")
    if space != f"{{{SVG}" or word in ("script", "foreignObject"):
        return False
    if word == "style":
        return not style_leads_out("".join(element.itertext()))
    return not changes_a_lead(element)


def _framed(picture: bytes, media_type: str) -> ElementTree.Element:
    """A picture of dots, in the middle of a square."""
    side = str(PIXELS)
    root = ElementTree.Element(f"{{{SVG}}}svg", {"viewBox": f"0 0 {side} {side}", "width": side, "height": side})
    inside = f"data:{media_type};base64,{base64.b64encode(picture).decode()}"
    ElementTree.SubElement(root, f"{{{SVG}}}image", {"width": side, "height": side, "href": inside})
    return root
