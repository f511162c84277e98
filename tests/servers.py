"""Real PostgreSQL and Redis for the tests, private to this run and gone with it.

pytest loads this before Django's settings (`-p tests.servers`), which then read the addresses
set here; the servers themselves start when the first test wants a database. TEST_DATABASE_URL
and TEST_REDIS_URL name servers to use instead: they are emptied.
"""

from __future__ import annotations

import atexit
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from functools import cache, partial
from pathlib import Path
from urllib.parse import quote, urlsplit

import psycopg
import pytest

from config.supervision import programs
from config.supervision.children import Child, stop
from config.supervision.tether import end_with_parent
from tests import machine

LONGEST_FOLDER = 60  # The path of a unix socket has little room.
OWN_SETTINGS = ("ALLOWED_HOSTS", "DEBUG", "ORIGINS", "PORT", "PUBLIC_URL", "WEBHOOK_TARGETS")
SPEED_NOT_SAFETY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "listen_addresses": "",
}

_temporary = tempfile.gettempdir()
FOLDER = Path(
    tempfile.mkdtemp(
        prefix="parley-tests-",
        dir=_temporary if len(_temporary) < LONGEST_FOLDER else "/tmp",  # noqa: S108
    )
)
POSTGRES_FOLDER = FOLDER / "postgres"
REDIS_SOCKET = FOLDER / "redis" / "redis.sock"


def _set_environment() -> None:
    for name in OWN_SETTINGS:
        os.environ.pop(name, None)
    private_database = f"postgres://parley@{quote(str(POSTGRES_FOLDER), safe='')}/parley"
    os.environ |= {
        "DATABASE_URL": os.environ.get("TEST_DATABASE_URL") or private_database,
        "REDIS_URL": os.environ.get("TEST_REDIS_URL") or f"unix://{REDIS_SOCKET}",
        "PARLEY_VAR": str(FOLDER / "var"),
        "PARLEY_PREFIX": "parley-tests",
        "SECRET_KEY": "only-for-tests-and-worth-nothing-anywhere-else",
    }
    (FOLDER / "var" / "static").mkdir(parents=True)


_set_environment()


def database_url(name: str) -> str:
    """The address of another database on the same server."""
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@cache
def start_redis() -> Child | None:
    if os.environ.get("TEST_REDIS_URL"):
        return None
    REDIS_SOCKET.parent.mkdir(mode=0o700)
    child = Child(programs.redis(REDIS_SOCKET), env=os.environ, cwd=FOLDER, logs=FOLDER / "log")
    child.start()
    _wait_for(REDIS_SOCKET, child.log)
    return child


def private_redis() -> Child:
    """The one of this run, to be killed; one that was given by its address is somebody else's."""
    if child := start_redis():
        return child
    pytest.skip("TEST_REDIS_URL names a server that is not ours to kill.")


def redis_runs() -> bool:
    """Whether a test of this run has wanted Redis so far."""
    return start_redis.cache_info().currsize > 0


@cache
def start_postgres() -> subprocess.Popen[bytes] | None:
    if os.environ.get("TEST_DATABASE_URL"):
        return None
    # PostgreSQL refuses to run as root, and a stranger must be able to reach its folder.
    user = _unprivileged_user()
    FOLDER.chmod(0o711)
    POSTGRES_FOLDER.mkdir(mode=0o700)
    if user:
        shutil.chown(POSTGRES_FOLDER, user, pwd.getpwnam(user).pw_gid)
    binaries = _postgres_binaries(user)
    data = POSTGRES_FOLDER / "data"
    options = ["--auth=trust", "--username=parley", "--encoding=UTF8", "--locale=C", "--no-sync"]
    initdb = _as(user, [binaries / "initdb", *options, "-D", data], log="initdb")
    if initdb.wait() != 0:
        pytest.exit((FOLDER / "initdb.log").read_text(), returncode=1)
    settings = [word for pair in SPEED_NOT_SAFETY.items() for word in ("-c", "=".join(pair))]
    server = _as(
        user,
        [binaries / "postgres", "-D", data, "-k", POSTGRES_FOLDER, *settings],
        log="postgres",
    )
    _wait_for_postgres(server)
    return server


def _as(user: str | None, command: list[str | Path], *, log: str) -> subprocess.Popen[bytes]:
    account = pwd.getpwnam(user) if user else None
    with (FOLDER / f"{log}.log").open("wb") as output:
        return subprocess.Popen(
            command,
            cwd=POSTGRES_FOLDER,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
            # SIGQUIT ends PostgreSQL and its own children at once.
            preexec_fn=partial(end_with_parent, signal.SIGQUIT),  # noqa: PLW1509
        )


def _unprivileged_user() -> str | None:
    if os.geteuid() != 0:
        return None
    known = {account.pw_name for account in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in known)


def _postgres_binaries(user: str | None) -> Path:
    if folder := machine.installed_postgres():
        return folder
    folder = machine.packaged_postgres()
    if folder is None:
        raise machine.PostgresMissing(machine.PostgresMissing.__doc__)
    if user is None:
        return folder
    # The environment may lie where only root can read. The wheel's libraries lie beside it.
    wheel = folder.parents[1]
    for part in (folder.parent, wheel.with_name(f"{wheel.name}.libs")):
        if part.exists():
            shutil.copytree(part, FOLDER / part.relative_to(wheel.parent), symlinks=True)
    return FOLDER / folder.relative_to(wheel.parent)


def _wait_for_postgres(server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(host=str(POSTGRES_FOLDER), user="parley", dbname="postgres").close()
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > deadline:
                pytest.exit((FOLDER / "postgres.log").read_text(), returncode=1)
            time.sleep(0.05)
        else:
            return


def _wait_for(path: Path, log: Path) -> None:
    deadline = time.monotonic() + 10
    while not path.exists():
        if time.monotonic() > deadline:
            pytest.exit(log.read_text(), returncode=1)
        time.sleep(0.02)


def pytest_configure() -> None:
    # Being told to end is like Ctrl-C: what was started here is stopped and tidied away.
    signal.signal(signal.SIGTERM, signal.default_int_handler)


@atexit.register
def _stop_and_tidy() -> None:
    if redis_runs() and (redis := start_redis()):
        stop([redis])
    if start_postgres.cache_info().currsize and (postgres := start_postgres()):
        postgres.send_signal(signal.SIGQUIT)
        postgres.wait()
    shutil.rmtree(FOLDER, ignore_errors=True)
