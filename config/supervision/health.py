"""Asks the health page, as anybody could, whether all parts are up."""

from __future__ import annotations

import http.client
import json
import time
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

COMPLAIN_EVERY = 20.0


class Health:
    def __init__(self, port: int, *, complain: Callable[[Mapping[str, str]], None]) -> None:
        self._port = port
        self._complain = complain
        self._complained_at = time.monotonic()

    def answers_ok(self) -> bool:
        """Whether the page says 200; complains now and then about what is missing."""
        status, parts = self._ask()
        if status == http.HTTPStatus.OK:
            return True
        if time.monotonic() - self._complained_at > COMPLAIN_EVERY:
            self._complained_at = time.monotonic()
            self._complain({name: state for name, state in parts.items() if state != "ok"})
        return False

    def _ask(self) -> tuple[int, dict[str, str]]:
        page = http.client.HTTPConnection("127.0.0.1", self._port, timeout=2)
        try:
            page.request("GET", "/healthz", headers={"Host": _allowed_host()})
            answer = page.getresponse()
            return answer.status, json.loads(answer.read())["parts"]
        except (OSError, http.client.HTTPException, ValueError, KeyError) as error:
            return 0, {"web": f"does not answer ({type(error).__name__})"}
        finally:
            page.close()


def _allowed_host() -> str:
    first = settings.ALLOWED_HOSTS[0]
    return "localhost" if first == "*" else first.removeprefix(".")
