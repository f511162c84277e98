from __future__ import annotations

import os
import signal
from argparse import BooleanOptionalAction
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.supervision import CannotRun, embedded
from config.supervision.tether import end_with_parent


class Command(BaseCommand):
    help = "Start every part of Parley on this machine, look after it, stop it on Ctrl-C."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="listen on this address")
        parser.add_argument("--port", type=int, default=settings.PORT)
        parser.add_argument(
            "--demo",
            action=BooleanOptionalAction,
            help="bring demo data along (by default only into a database of our own on loopback,"
            " because its passwords are public)",
        )
        parser.add_argument(
            "--end-with-parent",
            action="store_true",
            help="stop when the process that started this one ends",
        )

    def handle(self, *_: str, **given: Any) -> None:
        # Session keys and password hashes are nobody else's business on this machine.
        os.umask(0o077)
        if given["end_with_parent"]:
            end_with_parent(signal.SIGTERM)
        demo = given["demo"]
        if demo is None:
            demo = _is_a_try_out(given["host"])
        options = embedded.Options(host=given["host"], port=given["port"], demo=demo)
        try:
            embedded.run(options, say=self._say)
        except CannotRun as reason:
            raise CommandError(str(reason)) from None

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def _is_a_try_out(host: str) -> bool:
    engine = settings.DATABASES["default"]["ENGINE"]
    loopback = host == "localhost" or host.startswith("127.")
    return loopback and str(engine).endswith("sqlite3")
