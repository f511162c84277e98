"""The embedded mode from start to end: what `manage.py runall` does."""

from __future__ import annotations

import os
import shutil
import signal
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from config.supervision import CannotRun, programs
from config.supervision.health import Health
from config.supervision.instance import listen, sole_instance
from config.supervision.preparation import prepare
from config.supervision.screens import ready, waiting
from config.supervision.supervisor import Supervisor

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator

    from config.supervision.programs import Program

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class FolderOfAnother(CannotRun):
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __str__(self) -> str:
        return f"{self.folder} belongs to somebody else, so no message server is started in it."


@dataclass(frozen=True)
class Options:
    host: str
    port: int
    demo: bool


def run(options: Options, *, say: Callable[[str], None]) -> None:
    """Run until Ctrl-C or SIGTERM; raises CannotRun."""
    for sig in STOPPING:
        # `nohup` has the hang-up ignored, and means it.
        if sig != signal.SIGHUP or signal.getsignal(sig) != signal.SIG_IGN:
            signal.signal(sig, signal.default_int_handler)
    with (
        sole_instance(settings.VAR_DIR),
        closing(listen(options.host, options.port)) as listening,
        _message_server() as message_server,
    ):
        supervisor = Supervisor(
            env=_environment(options),
            cwd=settings.BASE_DIR,
            logs=settings.VAR_DIR / "log",
            say=say,
        )
        try:
            say("Starting …")
            supervisor.start(*message_server)
            _start(supervisor, options, listening, say)
            supervisor.watch(until=lambda: False)
        except KeyboardInterrupt:
            say("Stopping …")
        finally:
            for sig in STOPPING:
                signal.signal(sig, signal.SIG_IGN)
            supervisor.stop()


def _start(
    supervisor: Supervisor, options: Options, listening: socket.socket, say: Callable[[str], None]
) -> None:
    prepare(env=_environment(options), var=settings.VAR_DIR, demo=options.demo)
    # Workers stop after the web, because what the web hands on still finds them; the message
    # server stops last, or running tasks could not be put back.
    supervisor.start(*programs.workers())
    supervisor.start(programs.web(listening.fileno()), programs.beat())
    health = Health(options.port, complain=lambda parts: say(waiting(parts)))
    supervisor.watch(until=health.answers_ok)
    say(ready(options.port, demo=options.demo))


def _environment(options: Options) -> dict[str, str]:
    """What the children see; they take everything else from the same settings."""
    return os.environ | {
        "PORT": str(options.port),
        "PARLEY_VAR": str(settings.VAR_DIR),
        "PARLEY_DEMO": "1" if options.demo else "0",
        # SIGTERM puts running tasks back on the queue and ends, instead of finishing them all.
        "REMAP_SIGTERM": "SIGQUIT",
        "PYTHONUNBUFFERED": "1",
    }


@contextmanager
def _message_server() -> Iterator[list[Program]]:
    """A Redis of our own in a folder that only we can enter; nothing when REDIS_URL names one."""
    if os.environ.get("REDIS_URL"):
        yield []
        return
    socket_path = Path(settings.REDIS_URL.removeprefix("unix://"))
    folder = socket_path.parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        raise FolderOfAnother(folder)
    folder.chmod(0o700)
    try:
        yield [programs.redis(socket_path)]
    finally:
        shutil.rmtree(folder)
