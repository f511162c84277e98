"""EMAIL_URL is understood, or refused with what to write instead."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.environment import env_mail


@pytest.mark.parametrize(
    ("url", "starttls", "tls", "port"),
    [
        ("smtp+tls://mia%40x:p%2Fw@mail.example", True, False, 587),
        ("smtps://mia%40x:p%2Fw@mail.example", False, True, 465),
        ("smtp://mia%40x:p%2Fw@mail.example:2525", False, False, 2525),
    ],
)
def test_a_server_is_read_from_its_address(
    url: str, starttls: bool, tls: bool, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMAIL_URL", url)
    server = env_mail()
    assert (server["starttls"], server["tls"], server["port"]) == (starttls, tls, port)
    assert (server["host"], server["user"], server["password"]) == ("mail.example", "mia@x", "p/w")
    assert server["backend"].endswith("smtp.EmailBackend")


def test_without_a_server_mails_are_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EMAIL_URL", raising=False)
    assert env_mail()["backend"].endswith("console.EmailBackend")


@pytest.mark.parametrize("url", ["mail.example:25", "imap://x", "smtp://", "smtp://x:port", "x"])
def test_what_is_no_server_is_refused_with_what_to_write(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMAIL_URL", url)
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL"):
        env_mail()
