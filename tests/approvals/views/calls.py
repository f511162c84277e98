"""What a browser sends from the card."""

from __future__ import annotations

from itertools import count
from typing import Any

from django.test import Client
from django.urls import reverse

from negotiation.models import Decision

_keys = count()


def url(name: str, decision: Decision) -> str:
    return reverse(name, args=[decision.pk])


def read(client: Client, decision: Decision) -> str:
    return client.get(url("approval", decision)).content.decode()


def post(client: Client, name: str, decision: Decision, **fields: Any) -> tuple[int, str]:
    call = {"seen": decision.tag, "key": f"desk-key-{next(_keys)}"} | fields
    answer = client.post(
        url(name, decision), {name: v for name, v in call.items() if v is not None}
    )
    return answer.status_code, answer.content.decode()
