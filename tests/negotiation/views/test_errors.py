from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.test import Client, RequestFactory

from negotiation.views import errors

if TYPE_CHECKING:
    from pytest import LogCaptureFixture  # noqa: PT013

ID = re.compile(r"Quote</dt><dd><code>([0-9a-f]{8})</code>")


@pytest.mark.django_db
def test_a_page_that_is_not_there_says_so_and_has_an_id(operator_client: Client) -> None:
    answer = operator_client.get("/nowhere/")
    assert answer.status_code == 404
    assert ID.search(answer.content.decode())


@pytest.mark.django_db
def test_a_form_without_its_token_is_refused_kindly() -> None:
    answer = Client(enforce_csrf_checks=True).post("/login/", {"username": "x", "password": "y"})
    assert answer.status_code == 403
    assert "The form had expired" in answer.content.decode()


def test_the_id_of_a_mistake_of_ours_is_in_the_log(caplog: LogCaptureFixture) -> None:
    answer = errors.broken(RequestFactory().get("/somewhere/"))
    found = ID.search(answer.content.decode())
    assert answer.status_code == 500
    assert found
    assert found[1] in caplog.text
    assert answer["X-Error-Id"] == found[1]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "status"),
    [("/nowhere/", 404), ("/policy-changes/", 403), (f"/negotiations/{'9' * 30}/", 404)],
)
def test_an_error_page_says_what_happened_what_was_kept_and_what_to_do(
    operator_client: Client, path: str, status: int, caplog: LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="parley.errors")
    answer = operator_client.get(path)
    page = answer.content.decode()
    assert answer.status_code == status
    for part in ('<p class="lead">', "<dt>Kept</dt><dd>Nothing was changed.", "<dt>Do</dt>"):
        assert part in page
    found = ID.search(page)
    assert found
    assert answer["X-Error-Id"] == found[1]
    assert found[1] in caplog.text


def test_the_page_of_a_mistake_needs_neither_person_nor_database() -> None:
    # No database mark: a query would fail the test.
    request = RequestFactory().get("/somewhere/")
    assert b"Parley made a mistake" in errors.broken(request).content


@pytest.mark.django_db
def test_every_page_is_served_under_the_strict_policy(operator_client: Client) -> None:
    answer = operator_client.get("/")
    assert "script-src 'self';" in answer["Content-Security-Policy"] + ";"
    page = answer.content.decode()
    assert " style=" not in page
    assert "<style" not in page
    assert not re.search(r"<script(?![^>]* src=)", page)
    assert not re.search(r"\son\w+=", page)


@pytest.mark.django_db
@pytest.mark.parametrize(("cookie", "shown"), [("dark", True), ("<b>", False)])
def test_the_login_page_has_the_theme_that_was_chosen_last_in_this_browser(
    client: Client, cookie: str, shown: bool
) -> None:
    client.cookies["theme"] = cookie
    assert (f'data-theme="{cookie}"' in client.get("/login/").content.decode()) == shown


@pytest.mark.django_db
def test_the_demo_accounts_are_shown_in_a_demo_only(client: Client, settings: object) -> None:
    settings.DEMO = False  # type: ignore[attr-defined]
    assert "parley-operator" not in client.get("/login/").content.decode()
    settings.DEMO = True  # type: ignore[attr-defined]
    assert "parley-operator" in client.get("/login/").content.decode()
