"""The processes that serve and work, for real, on the tests' database and message server."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, connections
from django.test import Client
from redis import RedisError

from config.supervision import programs
from config.supervision.children import Child, last_lines, stop
from config.supervision.health import Health
from config.supervision.instance import listen
from negotiation import heartbeats
from negotiation.message_server import client as redis_client
from negotiation.roles import Role
from tests import servers
from tests.cables import Cable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_django import DjangoDbBlocker

    from config.supervision.programs import Program

READY_WITHIN = 40.0


class Stack:
    """daphne, two workers and beat: the embedded mode's own commands.

    `people` are committed: those of `NAMES`, and stranger, who has no role.
    """

    def __init__(self) -> None:
        self._listening = listen("127.0.0.1", servers.free_port())
        self.port: int = self._listening.getsockname()[1]
        self.url = f"http://localhost:{self.port}"
        self.websocket_url = f"ws://localhost:{self.port}"
        # Another way in, that can be cut.
        self.cable = Cable(self.port)
        self.people: dict[str, User] = {}
        self._env = os.environ | {
            "DATABASE_URL": servers.database_url(str(connection.settings_dict["NAME"])),
            "PORT": str(self.port),
            "ORIGINS": f"{self.url},{self.cable.url}",
            "REMAP_SIGTERM": "SIGQUIT",
            "PYTHONUNBUFFERED": "1",
        }
        web = programs.web(self._listening.fileno())
        self._children = {
            program.name: self._child(program)
            for program in (web, *programs.workers(), programs.beat())
        }

    def _child(self, program: Program) -> Child:
        return Child(program, env=self._env, cwd=settings.BASE_DIR, logs=servers.FOLDER / "log")

    def start(self) -> None:
        """Whatever of it does not run."""
        _collect_static()
        self.revive()
        self.wait_until_ready()

    def begin(self, *names: str) -> None:
        """Starts these, and waits for nothing."""
        for name in names:
            self._children[name].start()

    def wait_until_ready(self) -> None:
        health = Health(self.port, complain=lambda _: None)
        deadline = time.monotonic() + READY_WITHIN
        while not health.answers_ok():
            if time.monotonic() > deadline:
                raise AssertionError(f"The stack is not up:\n{self.logs()}")
            time.sleep(0.1)

    def kill(self, name: str) -> None:
        """`kill -9` of "web", "worker-negotiations", "worker-executions" or "beat"."""
        self._children[name].kill()

    def restart(self, name: str) -> None:
        """Kill it and start it anew; the port stays open meanwhile."""
        self.kill(name)
        self._children[name].start()

    def revive(self) -> None:
        """Starts again what has died, as the supervisor does."""
        for child in self._children.values():
            if not child.runs:
                child.start()

    def kill_workers(self) -> None:
        for program in programs.workers():
            self.kill(program.name)

    def start_workers(self) -> None:
        for program in programs.workers():
            self.restart(program.name)

    def kill_message_server(self) -> None:
        """`kill -9`: what it had is gone, because it keeps nothing on disk."""
        servers.private_redis().kill()

    def start_message_server(self) -> None:
        servers.private_redis().start()
        deadline = time.monotonic() + READY_WITHIN
        while time.monotonic() < deadline:
            with suppress(RedisError):
                redis_client().ping()
                return
            time.sleep(0.05)

    def stop(self) -> None:
        stop(list(self._children.values())[::-1])
        self.cable.close()
        self._listening.close()

    def logs(self) -> str:
        return "\n".join(f"{c.name}:\n{last_lines(c.log)}" for c in self._children.values())

    def session_of(self, username: str) -> str:
        """A signed-in session's key, for a cookie."""
        client = Client()
        client.force_login(self.people[username])
        return client.cookies[settings.SESSION_COOKIE_NAME].value

    def headers_of(self, username: str) -> dict[str, str]:
        """What a signed-in browser sends along with a websocket's handshake, beside the origin."""
        return {"Cookie": f"{settings.SESSION_COOKIE_NAME}={self.session_of(username)}"}


class Keeper:
    """The one stack of a test process: what it starts stays for the next module that wants it."""

    def __init__(self, blocker: DjangoDbBlocker) -> None:
        self._blocker = blocker
        self._stack: Stack | None = None

    def lend(self) -> Stack:
        self._stack = self._stack or Stack()
        self._stack.start()
        return self._stack

    def end(self) -> None:
        if self._stack:
            self._stack.stop()
            self._stack = None
            with self._blocker.unblock():
                _leave_nothing()


@contextmanager
def committed_people(person: Callable[[str], User]) -> Iterator[dict[str, User]]:
    """Those of `NAMES`; afterwards nothing of what was committed is left."""
    try:
        yield {name: person(name) for name in NAMES}
    finally:
        _leave_nothing()


def _leave_nothing() -> None:
    """But the signs of life. No number comes again: the processes remember some of what they have
    seen by its number."""
    alive = {heartbeats.key(of) for of in heartbeats.SIGNS}
    for key in redis_client().scan_iter():
        if key not in alive:
            redis_client().delete(key)
    _empty_tables()
    connections.close_all()


def _empty_tables() -> None:
    """A process at work may hold a table that this waits for, and the other way round."""
    for tries_left in reversed(range(5)):
        try:
            call_command("flush", interactive=False, verbosity=0, reset_sequences=False)
        except (CommandError, OperationalError):
            if not tries_left:
                raise
            time.sleep(0.5)
        else:
            return


NAMES: dict[str, tuple[Role, ...]] = {
    "operator": (Role.OPERATOR,),
    "manager": (Role.MANAGER,),
    "deputy": (Role.MANAGER,),
    "senior": (Role.SENIOR,),
    "admin": (Role.ADMIN,),
    "steward": (Role.ADMIN,),
    "stranger": (),
}


@cache
def _collect_static() -> None:
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity=0"],
        check=True,
        cwd=settings.BASE_DIR,
    )
