"""Where a request may go: resolve once, refuse what is not public, connect to what was checked."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass

import httpx

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class ForbiddenAddress(Exception):
    """The address is not one that Parley may send to."""


@dataclass(frozen=True)
class PinnedAddress:
    """A URL whose host is the checked address, with what keeps the original name in force."""

    url: str
    headers: dict[str, str]
    server_name: str


def pinned(url: str, *, allow_private: bool) -> PinnedAddress:
    """Resolves the host once and pins the URL to that address.

    Every address of the host must be a global one, unless the environment's own configuration
    allows a private target. Raises `ForbiddenAddress`; `httpx.ConnectError` when the name does
    not resolve, which may pass.
    """
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise ForbiddenAddress(f"{url!r} is not a web address: {error}") from error
    if parsed.scheme not in {"http", "https"} or not parsed.host:
        raise ForbiddenAddress(f"{url!r} is not an http or https address.")
    if parsed.userinfo:
        raise ForbiddenAddress("A webhook address carries no user name or password.")
    addresses = _resolve(parsed.host, parsed.port or (443 if parsed.scheme == "https" else 80))
    if not allow_private:
        for address in addresses:
            if not address.is_global or address.is_multicast:
                raise ForbiddenAddress(
                    f"{parsed.host} resolves to {address}, which is not a public address."
                )
    return PinnedAddress(
        url=str(parsed.copy_with(host=str(addresses[0]))),
        headers={"host": parsed.netloc.decode("ascii")},
        server_name=parsed.host,
    )


def _resolve(host: str, port: int) -> list[Address]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpx.ConnectError(f"{host} does not resolve: {error}") from error
    return [_plain(str(entry[4][0])) for entry in found]


def _plain(text: str) -> Address:
    """The address itself, also when IPv6 carries an IPv4 one inside it (mapped, 6to4, NAT64)."""
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in NAT64:
        return ipaddress.IPv4Address(address.packed[-4:])
    teredo = address.teredo[1] if address.teredo else None
    return address.ipv4_mapped or address.sixtofour or teredo or address
