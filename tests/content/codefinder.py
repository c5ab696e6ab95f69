"""Which codes of messages the source holds, without running it.

A fault is noted by a call that takes a code and a message. From the classes that hold both (`Problem`, `Slip`)
all functions are found that hand a code on to them, and of every call of one the code is read.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import lms

_CODE = re.compile(r"[a-z]+(-[a-z0-9]+)*")

Takers = dict[str, set[int]]
"""Functions and classes that take a code, and at which place among their arguments."""


def codes() -> set[str]:
    """Every code a fault is noted with."""
    return {code for _, code in _found() if code}


def unreadable() -> list[str]:
    """The calls whose code can't be seen from the source, by file and line: there should be none."""
    return [place for place, code in _found() if not code]


def _found() -> list[tuple[str, str]]:
    trees = {path: ast.parse(path.read_text("utf-8")) for path in _sources()}
    takers = _takers([node for tree in trees.values() for node in ast.walk(tree)])
    return [found for path, tree in trees.items() for found in _calls(path, tree, takers)]


def _sources() -> list[Path]:
    root = Path(lms.__file__).parent
    services = [path for path in (root / "services").rglob("*.py") if "import Problem" in path.read_text("utf-8")]
    return sorted([*(root / "content").rglob("*.py"), *services])


def _takers(nodes: Iterable[ast.AST]) -> Takers:
    nodes = list(nodes)
    found: Takers = {}
    for made in (node for node in nodes if isinstance(node, ast.ClassDef)):
        parameters = _made_with(made)
        if {"code", "message"} <= set(parameters):
            found[made.name] = {parameters.index("code")}
    functions = [node for node in nodes if isinstance(node, ast.FunctionDef) and "code" in _parameters(node)]
    grown = True
    while grown:
        new = [it for it in functions if _place(it) not in found.get(it.name, ()) and _hands_on(it, found)]
        for function in new:
            found.setdefault(function.name, set()).add(_place(function))
        grown = bool(new)
    return found


def _made_with(node: ast.ClassDef) -> list[str]:
    """What an object is made with: the parameters of `__init__`, or the fields of a dataclass."""
    starts = [it for it in node.body if isinstance(it, ast.FunctionDef) and it.name == "__init__"]
    if starts:
        return _parameters(starts[0])
    return [ast.unparse(it.target) for it in node.body if isinstance(it, ast.AnnAssign)]


def _parameters(function: ast.FunctionDef) -> list[str]:
    return [it.arg for it in function.args.args if it.arg != "self"]


def _place(function: ast.FunctionDef) -> int:
    return _parameters(function).index("code")


def _hands_on(function: ast.FunctionDef, takers: Takers) -> bool:
    given = (arg for call in _calls_in(function, takers) for arg in _arguments(call, takers))
    return any(isinstance(arg, ast.Name) and arg.id == "code" for arg in given)


def _calls_in(tree: ast.AST, takers: Takers) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call) and _name(node.func) in takers)


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _arguments(call: ast.Call, takers: Takers) -> list[ast.expr]:
    """What stands where the code is taken; one name may be that of several functions."""
    named = [it.value for it in call.keywords if it.arg == "code"]
    return named or [call.args[at] for at in takers[_name(call.func)] if at < len(call.args)]


def _calls(path: Path, tree: ast.Module, takers: Takers) -> Iterator[tuple[str, str]]:
    """The place and the codes of each call, an empty one where it can't be seen."""
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        for call in _calls_in(function, takers):
            given = _arguments(call, takers)
            found = [code for arg in given for code in _values(function, arg)]
            if found or not any(map(_handed(function), given)):
                yield from ((f"{path.name}:{call.lineno}", code) for code in found or [""])


def _handed(function: ast.FunctionDef) -> Callable[[ast.expr], bool]:
    """Does an argument only hand on what came in: the parameter `code`, or the `code` of an object?"""

    def is_handed(arg: ast.expr) -> bool:
        if isinstance(arg, ast.Attribute):
            return arg.attr == "code"
        return isinstance(arg, ast.Name) and arg.id == "code" and "code" in _parameters(function)

    return is_handed


def _values(function: ast.FunctionDef, arg: ast.expr) -> list[str]:
    """A code as typed, or those a name was given within the function."""
    if isinstance(arg, ast.Name):
        given = [
            it for it in ast.walk(function) if isinstance(it, ast.Assign) and arg.id in map(_last_word, _names(it))
        ]
        return [code for it in given for code in _texts(it.value)]
    return _texts(arg)


def _names(assign: ast.Assign) -> list[ast.expr]:
    return [it for target in assign.targets for it in (target.elts if isinstance(target, ast.Tuple) else [target])]


def _last_word(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def _texts(value: ast.expr) -> list[str]:
    texts = [it.value for it in ast.walk(value) if isinstance(it, ast.Constant)]
    return [text for text in texts if isinstance(text, str) and _CODE.fullmatch(text)]
