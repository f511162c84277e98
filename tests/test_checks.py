"""Parley's own system checks, and settings that refuse what they cannot understand."""

import json
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from config.checks import W001, one_key_for_all_machines
from config.environment import env_bool, env_int, env_targets

GOOD = {"url": "https://hooks.example.com/in", "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}


@pytest.mark.parametrize(
    ("engine", "key", "complaints"),
    [
        ("django.db.backends.postgresql", "", [W001]),
        ("django.db.backends.postgresql", "the same everywhere", []),
        ("django.db.backends.sqlite3", "", []),
    ],
)
def test_machines_that_share_a_database_share_a_key(
    monkeypatch: pytest.MonkeyPatch,
    engine: str,
    key: str,
    complaints: list[object],
) -> None:
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", engine)
    monkeypatch.setenv("SECRET_KEY", key)
    assert one_key_for_all_machines() == complaints


def test_a_webhook_target_is_taken_as_it_is_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("WEBHOOK_TARGETS", json.dumps({"ops": GOOD}))
    assert env_targets(tmp_path, demo_url="") == {"ops": GOOD | {"allow_private": False}}


@pytest.mark.parametrize(
    "target",
    [
        GOOD | {"secret": "whsec_a"},
        GOOD | {"secret": "whsec_!!!"},
        GOOD | {"secret": ""},
        GOOD | {"url": "ftp://hooks.example.com"},
        GOOD | {"url": "nowhere"},
        {"url": GOOD["url"]},
        "https://hooks.example.com",
        None,
    ],
)
def test_a_webhook_target_that_cannot_work_is_refused_at_the_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, target: object
) -> None:
    monkeypatch.setenv("WEBHOOK_TARGETS", json.dumps({"ops": target}))
    with pytest.raises(ImproperlyConfigured, match="WEBHOOK_TARGETS is not understood"):
        env_targets(tmp_path, demo_url="")


def test_a_made_key_is_kept_and_readable_by_its_owner_only(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("WEBHOOK_TARGETS", raising=False)
    first = env_targets(tmp_path, demo_url="http://127.0.0.1/")
    assert env_targets(tmp_path, demo_url="http://127.0.0.1/") == first
    (kept,) = tmp_path.iterdir()
    assert kept.stat().st_mode & 0o777 == 0o600


def test_words_that_are_no_switch_and_no_number_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SOMETHING", "maybe")
    with pytest.raises(ImproperlyConfigured, match="Write 1 or 0"):
        env_bool("SOMETHING", default=True)
    with pytest.raises(ImproperlyConfigured, match="whole number"):
        env_int("SOMETHING", default=1)
