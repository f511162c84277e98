"""What the terminal shows while Parley runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

from negotiation.roles import Role
from negotiation.services.demo import password_of

if TYPE_CHECKING:
    from collections.abc import Mapping

DOES = {
    Role.OPERATOR: "watches the tables, starts and stops negotiations",
    Role.MANAGER: "decides what was parked for a person",
    Role.ADMIN: "writes the rules: objectives and risk tolerance",
}
LOOK_FIRST = """\
Look first at
  1. the floor, signed in as operator: open the negotiation that is in progress and follow it
  2. the approvals, signed in as manager: one agreement is parked there and waits for a person
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
    return [f"  {role:10} {password_of(role):18} {does}" for role, does in DOES.items()]
