from __future__ import annotations

import socket
from typing import Any

import httpx
import pytest

from negotiation.addresses import ForbiddenAddress, pinned


def resolving_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """The name server is the one thing here that is not ours to run."""

    def answer(host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (text, port)) for text in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", answer)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "::1",
        "fe80::1",
        "fc00::1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2001:0:4136:e378:8000:63bf:80ff:fffe",
    ],
)
def test_a_private_address_is_refused(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    resolving_to(monkeypatch, address)
    with pytest.raises(ForbiddenAddress, match="not a public address"):
        pinned("https://hooks.example.com/in", allow_private=False)


def test_one_private_address_among_public_ones_is_enough_to_refuse(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resolving_to(monkeypatch, "93.184.216.34", "10.0.0.1")
    with pytest.raises(ForbiddenAddress):
        pinned("https://hooks.example.com/in", allow_private=False)


def test_a_public_name_is_connected_to_by_the_address_that_was_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resolving_to(monkeypatch, "93.184.216.34")
    address = pinned("https://hooks.example.com:8443/in?a=1", allow_private=False)
    assert address.url == "https://93.184.216.34:8443/in?a=1"
    assert address.headers == {"host": "hooks.example.com:8443"}
    assert address.server_name == "hooks.example.com"


def test_the_environment_may_allow_its_own_private_target() -> None:
    assert pinned("http://127.0.0.1:8000/hook/", allow_private=True).url.startswith("http://127.")


@pytest.mark.parametrize(
    "url",
    [
        "ftp://hooks.example.com/",
        "file:///etc/passwd",
        "http://[::1",
        "//hooks.example.com",
        "https://user:secret@hooks.example.com/",
        "",
        "http://",
    ],
)
def test_what_is_no_plain_web_address_is_refused(url: str) -> None:
    with pytest.raises(ForbiddenAddress):
        pinned(url, allow_private=False)


def test_a_name_that_does_not_resolve_may_resolve_later(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> list[Any]:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(httpx.ConnectError):
        pinned("https://nowhere.example/", allow_private=False)
