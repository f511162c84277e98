"""Reads the environment for the settings, and refuses what it cannot understand."""

import base64
import json
import os
import re
import secrets
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import Any, TypedDict
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

LONGEST_SOCKET_PATH = 107
SHORTEST_SECRET = 24  # bytes, as Standard Webhooks asks for


class WebhookTarget(TypedDict):
    """Where a scenario's executor may send a package."""

    url: str
    secret: str
    allow_private: bool


def env_bool(name: str, *, default: bool) -> bool:
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}. Write 1 or 0.")


def env_int(name: str, *, default: int) -> int:
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    try:
        return int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} is {value!r}. Write a whole number.") from None


def env_list(name: str, *, default: list[str]) -> list[str]:
    value = os.environ.get(name, "")
    return [part.strip() for part in value.split(",") if part.strip()] or default


def env_path(name: str) -> Path | None:
    value = os.environ.get(name, "").strip()
    return Path(value).absolute() if value else None


class MailServer(TypedDict):
    """As Django's settings of the same names."""

    backend: str
    host: str
    port: int
    user: str
    password: str
    starttls: bool
    tls: bool


# What the scheme of EMAIL_URL means: STARTTLS, TLS from the first byte, the usual port.
MAIL_SCHEMES = {
    "smtp": (False, False, 25),
    "smtp+tls": (True, False, 587),
    "smtps": (False, True, 465),
}


def env_mail() -> MailServer:
    """`EMAIL_URL`, `smtp+tls://user:password@host:587`; without it mails are printed, not sent."""
    value = os.environ.get("EMAIL_URL", "").strip()
    try:
        parsed = urlsplit(value)
        starttls, tls, usual = MAIL_SCHEMES[parsed.scheme or "smtp"]
        port = parsed.port or usual
    except (KeyError, ValueError):
        raise ImproperlyConfigured(
            "EMAIL_URL is not understood. Write smtp+tls://user:password@host:587 (or smtps://…,"
            " or smtp://… for a server that knows no TLS)."
        ) from None
    if value and not parsed.hostname:
        raise ImproperlyConfigured("EMAIL_URL names no host.")
    kind = "smtp" if value else "console"
    return {
        "backend": f"django.core.mail.backends.{kind}.EmailBackend",
        "host": parsed.hostname or "",
        "port": port,
        "user": unquote(parsed.username or ""),
        "password": unquote(parsed.password or ""),
        "starttls": starttls,
        "tls": tls,
    }


def private_redis_socket(var: Path) -> Path:
    """Where the embedded Redis listens: in the data folder, if that makes a good address."""
    socket = var / "redis" / "redis.sock"
    # Not every library unquotes the path of a socket's URL.
    plain = re.fullmatch(r"[\w./-]+", str(socket), re.ASCII)
    if plain and len(str(socket)) <= LONGEST_SOCKET_PATH:
        return socket
    name = f"parley-{os.getuid()}-{sha256(str(var).encode()).hexdigest()[:12]}"
    return Path(tempfile.gettempdir()) / name / "redis.sock"


def secret_key(var: Path) -> str:
    """`SECRET_KEY`, or the one made on the first start and kept in the data folder."""
    return os.environ.get("SECRET_KEY") or _kept(var / "secret-key", get_random_secret_key())


def env_targets(var: Path, *, demo_url: str) -> dict[str, WebhookTarget]:
    """`WEBHOOK_TARGETS` as JSON: {"name": {"url": …, "secret": "whsec_…"}}."""
    if value := os.environ.get("WEBHOOK_TARGETS"):
        return _parsed_targets(value)
    fresh = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    demo_secret = _kept(var / "demo-webhook-secret", fresh)
    # The demo receiver lives in this same process, so its loopback address is allowed.
    return {"demo": {"url": demo_url, "secret": demo_secret, "allow_private": True}}


def _parsed_targets(value: str) -> dict[str, WebhookTarget]:
    try:
        targets = json.loads(value)
        return {name: _parsed_target(target) for name, target in targets.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ImproperlyConfigured(
            'WEBHOOK_TARGETS is not understood. Write JSON like {"ops": {"url": '
            f'"https://…", "secret": "whsec_…"}}}}. ({error!r})'
        ) from None


def _parsed_target(target: dict[str, Any]) -> WebhookTarget:
    url, secret = str(target["url"]), str(target["secret"])
    if urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname:
        raise ValueError(f"{url!r} is not an http or https address")
    key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    if len(key) < SHORTEST_SECRET:
        raise ValueError(f"a secret is whsec_ and base64 of at least {SHORTEST_SECRET} bytes")
    return {"url": url, "secret": secret, "allow_private": bool(target.get("allow_private", False))}


def _kept(path: Path, fresh: str) -> str:
    """The text in the file; where there is none yet, `fresh` is put there with mode 0600."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        draft.touch(mode=0o600)
        draft.write_text(fresh)
        try:
            # A link appears whole or not at all: no other process ever reads half a key.
            path.hardlink_to(draft)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()
