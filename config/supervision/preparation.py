"""What has to be there before the first process serves: tables, static files, demo data."""

from __future__ import annotations

import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import get_commands

from config.supervision import CannotRun
from config.supervision.children import keep_previous, last_lines
from config.supervision.tether import end_with_parent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class PreparationFailed(CannotRun):
    def __init__(self, step: str, log: Path) -> None:
        self.step, self.log = step, log

    def __str__(self) -> str:
        return f"`manage.py {self.step}` failed. {self.log} ends:\n{last_lines(self.log)}"


def prepare(*, env: Mapping[str, str], var: Path, demo: bool) -> None:
    log = var / "log" / "preparation.log"
    keep_previous(log)
    _manage("migrate", "--noinput", env=env, log=log)
    _collect_static_when_changed(env=env, log=log, remembered=var / "static.sha256")
    if demo and "demo" in get_commands():
        _manage("demo", env=env, log=log)


def _collect_static_when_changed(*, env: Mapping[str, str], log: Path, remembered: Path) -> None:
    digest = sha256("\n".join(_static_files()).encode()).hexdigest()
    if remembered.exists() and remembered.read_text() == digest:
        return
    _manage("collectstatic", "--clear", "--noinput", "--verbosity=0", env=env, log=log)
    remembered.write_text(digest)


def _static_files() -> Iterator[str]:
    """One line per file that `collectstatic` would collect, different when the file differs."""
    yield str(settings.STATIC_ROOT)
    for finder in get_finders():
        for path, storage in finder.list([]):
            stat = Path(storage.path(path)).stat()
            yield f"{path} {stat.st_size} {stat.st_mtime_ns}"


def _manage(*command: str, env: Mapping[str, str], log: Path) -> None:
    """Run a command in a process of its own, which sees the environment of the children."""
    with log.open("ab") as output:
        done = subprocess.run(  # noqa: S603  (the program is ours)
            (sys.executable, "manage.py", *command),
            check=False,
            cwd=settings.BASE_DIR,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=end_with_parent,
        )
    if done.returncode != 0:
        raise PreparationFailed(command[0], log)
