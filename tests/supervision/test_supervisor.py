"""The supervisor's rules, on small programs."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from config.environment import private_redis_socket
from config.supervision import supervisor as rules
from config.supervision.instance import AlreadyRunning, CannotListen, listen, sole_instance
from config.supervision.programs import Program
from config.supervision.supervisor import KeepsDying, Supervisor


def program(name: str, code: str, *, patience: float = 2.0) -> Program:
    return Program(name, (sys.executable, "-c", code), patience)


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def supervisor(tmp_path: Path, said: list[str]) -> Supervisor:
    return Supervisor(env=os.environ, cwd=tmp_path, logs=tmp_path / "log", say=said.append)


def test_what_keeps_dying_is_given_up_with_the_end_of_its_log(
    supervisor: Supervisor, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "LONGEST_WAIT", 0.0)
    supervisor.start(program("broken", "raise SystemExit('no such table')"))
    with pytest.raises(KeepsDying, match="broken ended 5 times") as given_up:
        supervisor.watch(until=lambda: False)
    assert str(given_up.value).endswith("no such table")
    assert said == ["broken ended (exit status 1) and is started again."] * 4


def test_what_started_first_stops_last(supervisor: Supervisor, tmp_path: Path) -> None:
    ended = tmp_path / "ended"
    code = """
import signal, sys, time
def end(*_):
    open({ended!r}, "a").write({name!r} + " ")
    sys.exit()
signal.signal(signal.SIGTERM, end)
open({name!r}, "w").close()
time.sleep(30)
"""
    for name in ("first", "second", "third"):
        supervisor.start(program(name, code.format(ended=str(ended), name=name)))
        supervisor.watch(until=(tmp_path / name).exists)
    supervisor.stop()
    assert ended.read_text().split() == ["third", "second", "first"]


def test_what_does_not_listen_is_ended_all_the_same(supervisor: Supervisor, tmp_path: Path) -> None:
    code = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
open("deaf", "w").close()
time.sleep(30)
"""
    supervisor.start(program("deaf", code, patience=0.2))
    supervisor.watch(until=(tmp_path / "deaf").exists)
    supervisor.stop()
    (group,) = supervisor._groups
    assert group[0].child.exit_status == -9


def test_the_log_of_the_start_before_is_kept(supervisor: Supervisor, tmp_path: Path) -> None:
    log = tmp_path / "log" / "talker.log"
    log.parent.mkdir()
    log.write_text("yesterday")
    supervisor.start(program("talker", "print('today', flush=True); input()"))
    supervisor.watch(until=lambda: "today" in log.read_text())
    supervisor.stop()
    assert log.with_name("talker.log.1").read_text() == "yesterday"


def test_a_folder_has_one_instance_at_a_time(tmp_path: Path) -> None:
    with sole_instance(tmp_path), pytest.raises(AlreadyRunning, match=f"pid {os.getpid()}"):
        sole_instance(tmp_path).__enter__()
    with sole_instance(tmp_path):
        pass


@pytest.mark.parametrize(
    ("host", "port", "problem"),
    [("127.0.0.1", 70_000, "a number from 1 to 65535"), ("192.0.2.1", 8000, "assign")],
)
def test_an_address_that_cannot_be_had_is_a_sentence(host: str, port: int, problem: str) -> None:
    with pytest.raises(CannotListen, match=problem):
        listen(host, port)


def test_the_message_server_lives_in_the_data_folder_when_the_address_fits(tmp_path: Path) -> None:
    short = Path("/srv/parley/var")
    assert private_redis_socket(short) == short / "redis" / "redis.sock"


@pytest.mark.parametrize("folder", ["/srv/" + "deep/" * 20 + "var", "/srv/my data/var", "/srv/vär"])
def test_it_moves_where_the_address_does_not_fit(folder: str) -> None:
    moved = private_redis_socket(Path(folder))
    assert len(str(moved)) < 108
    assert moved == private_redis_socket(Path(folder))
    assert moved != private_redis_socket(Path(folder + "2"))
