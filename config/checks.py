"""What `manage.py check --deploy` knows about Parley beside Django's own checks."""

import os
from typing import Any

from django.conf import settings
from django.core import checks

W001 = checks.Warning(
    "DATABASE_URL is set and SECRET_KEY is not: each machine makes a key of its own, and a session"
    " that one web server signed is not known to the next.",
    hint="Set the same SECRET_KEY on every machine (docs/operations.md).",
    id="parley.W001",
)


def one_key_for_all_machines(**_: Any) -> list[checks.CheckMessage]:
    shared = settings.DATABASES["default"]["ENGINE"] != "django.db.backends.sqlite3"
    return [W001] if shared and not os.environ.get("SECRET_KEY") else []
