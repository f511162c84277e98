"""What is measured on the tests' PostgreSQL, each in a process of its own.

The tests' servers take over the environment, so Django is imported only once they run.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

Figures = dict[str, float]


def figures_of(module: str) -> Figures:
    """What `python -m tests.benchmarks.<module>` prints."""
    command = [sys.executable, "-m", f"tests.benchmarks.{module}"]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: Figures = json.loads(done.stdout)
    return found


def tell(measured: Callable[[], Figures]) -> None:
    """Prints what `measured` finds in a database that is empty, and gone afterwards."""
    from tests import servers  # noqa: PLC0415

    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django  # noqa: PLC0415

    django.setup()
    from django.conf import settings  # noqa: PLC0415
    from django.db import connections  # noqa: PLC0415
    from django.test.utils import (  # noqa: PLC0415
        override_settings,
        setup_databases,
        setup_test_environment,
        teardown_databases,
    )

    servers.start_postgres()
    servers.start_redis()
    setup_test_environment()
    made = setup_databases(verbosity=0, interactive=False)
    from config import haste  # noqa: PLC0415

    # As the server process does once it has loaded everything.
    haste.prepare()
    # Pages name their files as they are called; nobody has collected them here.
    files = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    try:
        with override_settings(STORAGES=settings.STORAGES | {"staticfiles": files}):
            json.dump(measured(), sys.stdout)
    finally:
        connections.close_all()
        teardown_databases(made, verbosity=0)
