"""What is refused before anything tries to understand it, and what nobody may keep."""

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
