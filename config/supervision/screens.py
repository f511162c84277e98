"""What the terminal shows while Parley runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

from negotiation.services.demo import ACCOUNTS, password_of

if TYPE_CHECKING:
    from collections.abc import Mapping

LOOK_FIRST = """\
Look first at
  1. the floor, signed in as operator: open the negotiation that is in progress and follow it
  2. the approvals, signed in as manager: an agreement waits there for two people
     (the other one is deputy)
  3. the receiver: what was carried out, and what arrived"""


def ready(port: int, *, demo: bool) -> str:
    lines = ["", f"Parley is ready: http://localhost:{port}", ""]
    if demo:
        lines += ["Sign in as   with the password", *_accounts(), "", LOOK_FIRST]
    else:
        lines.append("Make the first account: .venv/bin/python manage.py createsuperuser")
    return "\n".join([*lines, "", f"Logs are in {settings.VAR_DIR / 'log'}. Ctrl-C stops all.", ""])


def waiting(missing: Mapping[str, str]) -> str:
    """`missing` maps a part to what is wrong with it."""
    what = "; ".join(f"{part} {state}" for part, state in missing.items())
    return f"Still waiting: {what}. The logs are in {settings.VAR_DIR / 'log'}."


def _accounts() -> list[str]:
    return [f"  {name:10} {password_of(name):18} {does}" for name, _, does in ACCOUNTS]
