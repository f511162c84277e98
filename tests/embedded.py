"""`manage.py runall` on an empty data folder, for what looks at the whole program from outside."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
READY = "Parley is ready"


@contextmanager
def program(port: int, *, before: str = "") -> Iterator[str]:
    """The program's address, once it says that it is ready; it has ended when the block ends.

    `before` is Python that the program's own shell runs on the new database.
    """
    with tempfile.TemporaryDirectory() as folder:
        env = os.environ | {"PARLEY_VAR": folder, "PORT": str(port), "PYTHONUNBUFFERED": "1"}
        if before:
            _manage(env, "migrate", "--verbosity=0")
            _manage(env, "shell", "--verbosity=0", "--command", before)
        with subprocess.Popen(
            [sys.executable, "manage.py", "runall"],
            cwd=ROOT,
            env=env,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout is not None
            try:
                if not any(READY in line for line in process.stdout):
                    raise SystemExit("Parley did not start.")
                yield f"http://localhost:{port}"
            finally:
                process.send_signal(signal.SIGINT)
                process.communicate(timeout=20)


def _manage(env: dict[str, str], *command: str) -> None:
    subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=env, check=True)
