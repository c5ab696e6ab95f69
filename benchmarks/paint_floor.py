"""The floors of a first paint: pages that do nothing but be there, sent as ours are, by the same server.

`/small`: a little HTML and a style sheet of its own file, together as many bytes as a page of ours.
`/inlined`: the same with the style sheet in the page, which saves a round trip and is sent again with every page.
`/full`: HTML and a style sheet of 14 kB, which is all that a first round trip brings.
"""

from __future__ import annotations

import gzip
import random

from flask import Flask, Response

HTML, CSS, FULL = 2_000, 5_300, 9_000
"""Bytes, packed."""
FOR_EVER = "public, max-age=31536000, immutable"
_WORDS = ("kettle", "door", "mug", "bus", "lamp", "window", "garden", "letter", "bread", "radio", "chair", "market")


def text(nbytes: int) -> str:
    """Words that pack down to about so many bytes: the same every time."""
    draw, words = random.Random(nbytes), [""]
    while len(gzip.compress(" ".join(words).encode())) < nbytes:
        words += [f"{draw.choice(_WORDS)}{draw.randrange(1000)}" for _ in range(20)]
    return " ".join(words)


def css(nbytes: int) -> str:
    return "body{font:1.1rem/1.5 sans-serif;margin:1rem}" + "".join(f".{it}{{top:0}}" for it in text(nbytes).split())


def html(head: str) -> str:
    mobile = '<meta name="viewport" content="width=device-width">'
    start = f'<!doctype html><html lang="en"><head><meta charset="utf-8">{mobile}<title>Floor</title>'
    return f'{start}<link rel="icon" href="data:,">{head}</head><body><h1>Floor</h1><p>{text(HTML)}</p></body></html>'


def create_app() -> Flask:
    app = Flask(__name__)
    sheets = {"small": css(CSS), "full": css(FULL), "inlined": css(CSS)}
    pages = {name: html(f'<link rel="stylesheet" href="/{name}.css">') for name in sheets}
    pages["inlined"] = html(f"<style>{sheets['inlined']}</style>")

    def packed(words: str, kind: str, cache: str) -> Response:
        headers = {"Content-Encoding": "gzip", "Cache-Control": cache}
        return Response(gzip.compress(words.encode(), 6), content_type=kind, headers=headers)

    @app.get("/healthz")
    def alive() -> str:
        return "ok"

    @app.get("/<name>")
    def page(name: str) -> Response:
        return packed(pages[name], "text/html; charset=utf-8", "no-store")

    @app.get("/<name>.css")
    def sheet(name: str) -> Response:
        return packed(sheets[name], "text/css; charset=utf-8", FOR_EVER)

    return app
