"""The reference pages that are made from the code: `make docs` writes them, a test compares them.

In: the table of settings, the declared commands, and the pages of messages. Out: `settings.md`, `commands.md`
and the index of `docs/messages`.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from lms.cli import parser
from lms.cli.parts import Commands, Parser
from lms.settings import SETTINGS

INDEX = "README.md"
MADE = "<!-- Made by `make docs`; what stands here is changed in {source}. -->\n\n"


def pages() -> dict[str, str]:
    """File name -> text, in `docs/reference`."""
    return {"settings.md": settings_page(), "commands.md": commands_page()}


def messages_page(folder: Path) -> str:
    """The index of the pages of messages: each is named after its code and starts with its message in words."""
    texts = {path.stem: path.read_text("utf-8") for path in sorted(folder.glob("*.md")) if path.name != INDEX}
    titles = {code: text.partition("\n")[0].removeprefix("# ") for code, text in texts.items()}
    rows = "".join(f"| [{title}]({code}.md) | `{code}` |\n" for code, title in titles.items())
    return (
        "# Messages\n\n"
        + MADE.format(source="the pages of this folder")
        + "What `lms check` says of a course, and what "
        "to type instead. Each page has an example that brings the message and one that mends it. Behind each message "
        "stands its code, which `lms check --format json` gives too.\n\n| message | code |\n| --- | --- |\n" + rows
    )


def settings_page() -> str:
    """The one table of the settings."""
    rows = "".join(f"| `{it.name}` | {it.what} | {it.default} |\n" for it in SETTINGS)
    return (
        "# Settings\n\n" + MADE.format(source="lms/settings.py") + "Everything an operator sets is in the "
        "environment. It is read once, at the start. A name that is not in this table, or a value that can't be "
        "meant, stops the start with a sentence.\n\n| setting | what it does | default |\n| --- | --- | --- |\n" + rows
    )


def commands_page() -> str:
    """Every command with its arguments and examples."""
    top = "# Commands\n\n" + MADE.format(source="lms/cli/") + (
        "Each command ends with 0 when all is fine, 1 when it found problems, and 2 when it could not run. "
        "`lms COMMAND --help` prints what stands here.\n"
    )  # fmt: skip
    return top + "".join(_command(name, command) for name, command in _commands(parser()).items())


def _command(name: str, command: Parser, level: str = "##") -> str:
    inner = "".join(_command(f"{name} {word}", under, "###") for word, under in _commands(command).items())
    text = f"\n{level} lms {name}\n\n{_sentence(command.description)}\n"
    examples = (command.epilog or "").partition("\n\n")[0].removeprefix("examples:\n")
    if examples:
        text += "\n```\n" + "".join(f"{line.strip()}\n" for line in examples.splitlines()) + "```\n"
    rows = "".join(_row(action) for action in command._actions if _is_shown(action))
    return text + (f"\n| argument | |\n| --- | --- |\n{rows}" if rows else "") + inner


def _is_shown(action: argparse.Action) -> bool:
    return not isinstance(action, Commands) and not {"--help", "--debug"} & set(action.option_strings)


def _row(action: argparse.Action) -> str:
    value = action.metavar or (f"{{{','.join(map(str, action.choices))}}}" if action.choices else "")
    names = [
        f"`{option} {value}`" if action.nargs != 0 and value else f"`{option}`" for option in action.option_strings
    ]
    return f"| {', '.join(names) or f'`{value or action.dest}`'} | {_sentence(action.help)} |\n"


def _sentence(text: str | None) -> str:
    if not text:
        return ""
    end = "" if text.endswith("?") else "."
    return f"{text[0].upper()}{text[1:]}{end}".replace("|", "\\|")


def _commands(top: Parser) -> dict[str, Parser]:
    """The commands declared inside a command, in their order."""
    inside = [action for action in top._actions if isinstance(action, Commands)]
    return {name: command for action in inside for name, command in action.choices.items()}


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    messages = folder.parent / "messages"
    folder.mkdir(parents=True, exist_ok=True)
    for file_name, text in pages().items():
        (folder / file_name).write_text(text, "utf-8")
    (messages / INDEX).write_text(messages_page(messages), "utf-8")
