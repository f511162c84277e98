"""What was typed into a form that was refused, after the redirect to the page with the form.

It is quoted in the notice, or waits for the form to be shown again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest

_KEY = "refused"
# Sessions are rows: whoever sends a megabyte gets its beginning back.
LONGEST = 2_000


def keep(request: HttpRequest, form: str, typed: Mapping[str, str]) -> None:
    """Under a name of the form; only the last one is kept."""
    kept = {name: text[:LONGEST] for name, text in typed.items()}
    request.session[_KEY] = {"form": form, "typed": kept}


def take(request: HttpRequest, form: str) -> dict[str, str]:
    """What was typed into that form, once; nothing if another one was refused last."""
    kept = request.session.get(_KEY)
    if not kept or kept["form"] != form:
        return {}
    del request.session[_KEY]
    typed: dict[str, str] = kept["typed"]
    return typed


def quoting(sentence: str, typed: str) -> str:
    """The sentence, with what was typed: whoever wrote it copies it from there."""
    typed = typed.strip()[:LONGEST]
    return f"{sentence} You had written: “{typed}”" if typed else sentence
