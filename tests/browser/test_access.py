"""Who has no right sees nothing, on the page and on the socket of the running server."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from negotiation.live.access import NOT_ALLOWED, NOT_LOGGED_IN
from tests import factories
from tests.stack import Stack

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def path(live: Stack) -> str:
    return f"/negotiations/{factories.negotiation(title='Kept from strangers').pk}/"


def close_code(live: Stack, path: str, headers: dict[str, str]) -> int | None:
    with (
        connect(
            f"{live.websocket_url}/ws{path}", additional_headers=headers, origin=Origin(live.url)
        ) as ws,
        pytest.raises(ConnectionClosed) as closed,
    ):
        ws.recv(timeout=5)
    return closed.value.rcvd.code if closed.value.rcvd else None


def test_a_viewer_without_a_role_is_refused_on_page_and_socket(
    open_page: Callable[..., Page], live: Stack, path: str
) -> None:
    page = open_page("stranger")
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == 403
    expect(page.locator("body")).not_to_contain_text("Kept from strangers")
    assert close_code(live, path, live.headers_of("stranger")) == NOT_ALLOWED


def test_nobody_is_let_in_without_logging_in(
    open_page: Callable[..., Page], live: Stack, path: str
) -> None:
    page = open_page()
    page.goto(path)
    expect(page).to_have_url(f"{live.url}/login/?next={path}")
    assert close_code(live, path, {}) == NOT_LOGGED_IN


def test_a_page_of_another_origin_cannot_open_the_socket(live: Stack, path: str) -> None:
    headers = live.headers_of("operator")
    with (
        pytest.raises(InvalidStatus) as refused,
        connect(
            f"{live.websocket_url}/ws{path}",
            additional_headers=headers,
            origin=Origin("http://evil.example"),
        ),
    ):
        pass
    assert refused.value.response.status_code == 403
