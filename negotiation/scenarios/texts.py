"""Characters that must not reach a page, a log or a terminal as they are."""

from __future__ import annotations

import unicodedata

# Cc control, Cf invisible formatting (bidirectional overrides, zero-width), Cs lone surrogates,
# Co private use, Zl and Zp line separators.
_SHOWN_AS_CODE = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


def visible(text: str) -> str:
    """The text with every character that a terminal or a reader could be fooled by written out.

    Newlines become spaces; a bidirectional override becomes `\\u202e`.
    """
    # Most text is plain, and there is much of it.
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        " " if char in "\n\t" else _code(char) if _fools(char) else char for char in text
    )


def visible_lines(text: str) -> str:
    """The same, but newlines stay."""
    return "\n".join(visible(line) for line in text.split("\n"))


def refused_character(text: str, *, newlines: bool = False) -> str | None:
    """The first character that no document may hold (control, lone surrogate), or None."""
    for char in text:
        if newlines and char in "\n\t":
            continue
        if unicodedata.category(char) in {"Cc", "Cs"}:
            return _code(char)
    return None


def _fools(char: str) -> bool:
    return unicodedata.category(char) in _SHOWN_AS_CODE


def _code(char: str) -> str:
    return char.encode("unicode_escape", "surrogatepass").decode("ascii")
