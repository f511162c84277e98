"""What is refused before anything tries to understand it, and what nobody may keep."""

from urllib.parse import quote

import pytest
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.test import Client

from config.middleware import keep_nothing_personal


@pytest.mark.django_db
@pytest.mark.parametrize("charset", ["hex", "base64", "rot13", "zlib", "idna", "unicode_escape"])
def test_a_form_in_an_odd_charset_is_refused(charset: str) -> None:
    kind = f"multipart/form-data; boundary=B; charset={charset}"
    body = '--B\r\nContent-Disposition: form-data; name="username"\r\n\r\nmia\r\n--B--\r\n'
    answer = Client().generic("POST", "/login/", body, content_type=kind)
    assert answer.status_code == 400


@pytest.mark.django_db
@pytest.mark.parametrize("charset", ["utf-8", '"UTF-8"'])
def test_a_form_in_utf_8_is_read(charset: str) -> None:
    kind = f"application/x-www-form-urlencoded; charset={charset}"
    answer = Client().generic("POST", "/login/", "username=mia", content_type=kind)
    assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/", "/approvals/", "/settings/", "/negotiations/0/"])
def test_what_was_made_for_one_person_is_not_stored(operator: User, path: str) -> None:
    client = Client()
    client.force_login(operator)
    assert "no-store" in client.get(path)["Cache-Control"]


def test_what_is_the_same_for_all_may_be_stored() -> None:
    plain = keep_nothing_personal(lambda _: HttpResponse("the same for all"))
    assert not plain(HttpRequest()).has_header("Cache-Control")


REJECT = "/approvals/2/reject/"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("headers", "page"),
    [
        ({"Referer": "http://testserver/approvals/2/?mine=1#why"}, "/approvals/2/?mine=1"),
        (
            {"HX-Current-URL": "http://testserver/approvals/2/", "Referer": "http://testserver/"},
            "/approvals/2/",
        ),
        ({"HX-Current-URL": "http://testserver/floor,é"}, "/floor,é"),
        ({}, "/"),
        ({"Referer": "http://evil.example/approvals/2/"}, "/"),
        ({"Referer": "javascript:alert(1)"}, "/"),
        ({"Referer": "http://testserver//evil.example/"}, "/"),
        ({"Referer": "http://testserver/\\evil.example/"}, "/"),
        ({"Referer": "http://testserver"}, "/"),
        ({"Referer": "http://[testserver/"}, "/"),
        ({"Referer": "http://testserver/login/?next=/approvals/2/"}, "/"),
        ({"HX-Current-URL": "//evil.example/"}, "/"),
    ],
)
def test_whose_session_ended_comes_back_to_the_page_with_the_form(
    headers: dict[str, str], page: str
) -> None:
    answer = Client().post(REJECT, {"reason": "No"}, headers=headers)
    assert answer.status_code == 302
    assert answer["Location"] == f"/login/?next={quote(page, safe='/')}"


@pytest.mark.django_db
def test_whoever_asks_for_a_page_without_a_session_gets_that_page_after_the_login() -> None:
    answer = Client().get("/approvals/2/", headers={"Referer": "http://testserver/overview/"})
    assert answer["Location"] == "/login/?next=/approvals/2/"


@pytest.mark.parametrize(
    ("path", "way"),
    [(REJECT, "/approvals/2/"), ("/delegations/3/revoke/", "/delegations/"), ("/logout/", "/")],
)
def test_the_address_of_a_form_opened_in_a_browser_is_a_page_with_a_way_on(
    manager_client: Client, path: str, way: str
) -> None:
    answer = manager_client.get(path, headers={"Accept": "text/html,*/*;q=0.8"})
    page = answer.content.decode()
    assert answer.status_code == 405
    assert "POST" in answer["Allow"]
    assert "Forms are sent to this address" in page
    assert f'class="button button-primary" href="{way}"' in page


def test_a_program_that_may_not_ask_so_gets_the_bare_answer(manager_client: Client) -> None:
    answer = manager_client.get(REJECT, headers={"Accept": "*/*"})
    assert (answer.status_code, answer["Allow"], answer.content) == (405, "POST", b"")
