"""The embedded mode as a person meets it: the real command, with all its processes."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psutil
import pytest
from django.conf import settings

from config.environment import private_redis_socket
from config.supervision.tether import end_with_parent
from tests import servers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

# redis, web, beat, two workers, and the workers' three pool processes.
PROCESSES = 8
SETTINGS_OF_THE_TESTS = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "PARLEY_PREFIX")


@dataclass
class Running:
    process: subprocess.Popen[bytes]
    port: int
    output: Path
    folder: Path

    def processes(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def named(self, words: str) -> list[int]:
        return sorted(p.pid for p in self.processes() if words in command_line(p))

    def health(self) -> int:
        page = http.client.HTTPConnection("127.0.0.1", self.port, timeout=3)
        try:
            page.request("GET", "/healthz")
            return page.getresponse().status
        except OSError:
            return 0
        finally:
            page.close()


def command_line(process: psutil.Process) -> str:
    """Empty when it has just ended."""
    try:
        return " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return ""


def runall(folder: Path, port: int, output: Path) -> subprocess.Popen[bytes]:
    env = {k: v for k, v in os.environ.items() if k not in SETTINGS_OF_THE_TESTS}
    env |= {"PARLEY_VAR": str(folder), "PORT": str(port)}
    with output.open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "manage.py", "runall"],
            cwd=settings.BASE_DIR,
            env=env,
            stdout=log,
            stderr=subprocess.STDOUT,
            preexec_fn=end_with_parent,  # noqa: PLW1509
        )


def refusal(folder: Path, port: int, output: Path) -> str:
    refused = runall(folder, port, output)
    assert refused.wait(timeout=20) == 1
    return output.read_text()


def eventually(holds: Callable[[], bool], *, within: float) -> bool:
    deadline = time.monotonic() + within
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    # So deep that the message server's socket has to live elsewhere.
    deep = tmp_path_factory.mktemp("embedded") / ("deep " * 20) / "var"
    yield deep
    shutil.rmtree(private_redis_socket(deep).parent, ignore_errors=True)


def start(folder: Path, output: Path) -> Running:
    port = servers.free_port()
    running = Running(runall(folder, port, output), port, output, folder)
    ended = running.process.poll
    eventually(lambda: "is ready" in output.read_text() or ended() is not None, within=60)
    if "is ready" not in output.read_text():
        running.process.send_signal(signal.SIGINT)
        running.process.wait()
        logs = "\n".join(log.read_text()[-800:] for log in folder.glob("log/*.log"))
        pytest.fail(f"{output.read_text()}\n{logs}")
    return running


@pytest.fixture(scope="module")
def running(folder: Path) -> Iterator[Running]:
    running = start(folder, folder.parents[1] / "output")
    yield running
    running.process.kill()
    running.process.wait()


def test_it_is_ready_within_a_minute_and_says_where_and_for_whom(running: Running) -> None:
    assert running.health() == http.HTTPStatus.OK
    screen = running.output.read_text()
    assert f"http://localhost:{running.port}" in screen
    for person in ("operator", "manager", "admin"):
        assert f"parley-{person}" in screen
    assert eventually(lambda: len(running.processes()) == PROCESSES, within=10)


def test_nothing_listens_beyond_loopback(running: Running) -> None:
    listening = {
        connection.laddr.ip
        for process in running.processes()
        for connection in process.net_connections(kind="inet")
        if connection.status == psutil.CONN_LISTEN
    }
    assert listening == {"127.0.0.1"}


def test_what_is_secret_is_for_the_owner_alone(running: Running) -> None:
    for secret in ("secret-key", "demo-webhook-secret"):
        assert (running.folder / secret).stat().st_mode & 0o077 == 0


def test_a_second_instance_is_refused(running: Running, tmp_path: Path) -> None:
    said = refusal(running.folder, servers.free_port(), tmp_path / "output")
    assert f"Parley is already running here, pid {running.process.pid}." in said
    assert "Traceback" not in said


def test_a_port_in_use_is_a_sentence(running: Running, tmp_path: Path) -> None:
    said = refusal(tmp_path / "var", running.port, tmp_path / "output")
    other = running.port + 1
    assert f"Port {running.port} is in use. Choose another: PORT={other} make run" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("victim", ["--fd", "negotiations@%h"])
def test_what_dies_is_started_again(running: Running, victim: str) -> None:
    before = running.named(victim)
    assert before
    os.kill(before[0], signal.SIGKILL)

    def replaced() -> bool:
        now = running.named(victim)
        return len(now) == len(before) and not set(now) & set(before)

    assert eventually(replaced, within=15)
    assert eventually(lambda: running.health() == http.HTTPStatus.OK, within=15)
    assert "ended (signal 9) and is started again." in running.output.read_text()


def test_ctrl_c_stops_everything_and_leaves_nothing(running: Running) -> None:
    assert eventually(lambda: len(running.processes()) == PROCESSES, within=10)
    processes = running.processes()
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(timeout=10) == 0
    assert [p for p in processes if p.is_running()] == []


def test_nothing_outlives_a_killed_supervisor(folder: Path, tmp_path: Path) -> None:
    running = start(folder, tmp_path / "output")
    assert eventually(lambda: len(running.processes()) == PROCESSES, within=10)
    processes = running.processes()
    running.process.kill()
    running.process.wait()
    assert eventually(lambda: not any(p.is_running() for p in processes), within=5)
