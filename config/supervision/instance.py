"""What only one instance can have: the data folder and the port."""

from __future__ import annotations

import errno
import fcntl
import os
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING

from config.supervision import CannotRun

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HIGHEST_PORT = 65535


class AlreadyRunning(CannotRun):
    def __init__(self, folder: Path, holder: str) -> None:
        self.folder = folder
        self.holder = holder

    def __str__(self) -> str:
        return (
            f"Parley is already running here, pid {self.holder}. Stop it first, "
            f"or give this one another data folder: PARLEY_VAR=… (now {self.folder})"
        )


class PortInUse(CannotRun):
    def __init__(self, port: int) -> None:
        self.port = port

    def __str__(self) -> str:
        other = self.port + 1 if self.port < HIGHEST_PORT else self.port - 1
        return f"Port {self.port} is in use. Choose another: PORT={other} make run"


class CannotListen(CannotRun):
    def __init__(self, host: str, port: int, problem: str) -> None:
        self.host, self.port, self.problem = host, port, problem

    def __str__(self) -> str:
        return f"Parley cannot listen on {self.host}, port {self.port}: {self.problem}."


@contextmanager
def sole_instance(folder: Path) -> Iterator[None]:
    """Hold the data folder's lock, which the system releases however this process ends."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "parley.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise AlreadyRunning(folder, lock.read().strip() or "unknown") from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield


def listen(host: str, port: int) -> socket.socket:
    """A listening socket that stays while the web process behind it is replaced."""
    if not 0 < port <= HIGHEST_PORT:
        raise CannotListen(host, port, f"a port is a number from 1 to {HIGHEST_PORT}")
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise PortInUse(port) from None
        raise CannotListen(host, port, error.strerror or str(error)) from None
    return listening
