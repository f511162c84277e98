"""The evidence of one decision: complete, sound, and spoilt by any change."""

from __future__ import annotations

import io
import json
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from approvals.services import reviews
from negotiation import verify_evidence
from negotiation.models import AuditHead, Decision
from negotiation.roles import Role
from negotiation.services import evidence, execution, runs, sessions
from tests import factories
from tests.negotiation.audit import trails

pytestmark = pytest.mark.django_db

REASON = "Fine </script> \u202e '\"; -- {{ 1 }}"


def decided(by: User) -> Decision:
    """Talked over, parked, approved by the two people that its tier asks for."""
    table = sessions.start(version=factories.version(), by=None, now=timezone.now(), pace=0, seed=7)
    runs.run(negotiation_id=table.pk, clock=timezone.now)
    decision = Decision.objects.get(negotiation=table)
    for person in (by, factories.person(Role.MANAGER)):
        reviews.approve(
            decision_id=decision.pk,
            by=person,
            seen_hash=decision.package_hash,
            reason=REASON,
            now=timezone.now(),
        )
    decision.refresh_from_db()
    return decision


def exported(decision: Decision) -> str:
    return evidence.export(decision=decision, now=timezone.now())


def sealed(body: Any) -> str:
    """What a careful forger writes: the seal made anew."""
    text = f'"evidence": {json.dumps(body)}}}\n'
    return f'{{"sha256": "{verify_evidence.sha256(text)}",\n{text}'


def test_it_holds_all_that_belongs_to_the_decision(manager: User) -> None:
    decision = decided(manager)
    execution.execute(decision_id=decision.pk, clock=timezone.now)
    content = exported(decision)
    found = json.loads(content)["evidence"]
    assert found["texts"]["package"] == decision.package
    assert len(found["texts"]["transcript"].split("\n")) == decision.negotiation.head
    assert found["rows"]["approvals.review"][0]["reason"] == REASON
    assert found["rows"]["approvals.review"][0]["reviewer"]["name"] == manager.username
    assert len(found["rows"]["negotiation.grant"]) == 1
    assert len(found["rows"]["negotiation.execution"]) == 1
    actions = [json.loads(row["text"])["action"] for row in found["audit"]]
    assert {"scenario.saved", "negotiation.started", "decision.parked", "decision.cleared"} <= {
        *actions
    }
    assert decision.grant.nonce not in content, "a key is named, not shown"
    assert verify_evidence.problems(content) == []
    assert verify_evidence.problems(content, AuditHead.objects.get().hash) == []
    assert verify_evidence.problems(content, "0" * 64) != []


def test_any_changed_byte_spoils_it(manager: User) -> None:
    content = exported(decided(manager))
    dice = random.Random(4)
    places = [0, 12, 80, len(content) - 1, *(dice.randrange(len(content)) for _ in range(200))]
    for place in places:
        other = chr(ord(content[place]) ^ 1)
        assert verify_evidence.problems(content[:place] + other + content[place + 1 :]), place


@pytest.mark.parametrize("text", ["package", "judgement", "policy", "transcript"])
def test_a_text_with_a_new_seal_is_still_found(manager: User, text: str) -> None:
    found = json.loads(exported(decided(manager)))["evidence"]
    assert verify_evidence.problems(sealed(found)) == []
    found["texts"][text] = found["texts"][text].replace("e", "f", 1)
    assert verify_evidence.problems(sealed(found)) == [
        f"The {text} is not the one that the audit trail names."
    ]


def test_forged_audit_rows_with_a_new_seal_are_found(manager: User) -> None:
    found = json.loads(exported(decided(manager)))["evidence"]
    row = found["audit"][-1]
    row["text"] = row["text"].replace(json.loads(row["text"])["actor"], "eve")
    row["hash"] = verify_evidence.sha256(row["previous_hash"] + verify_evidence.sha256(row["text"]))
    assert verify_evidence.problems(sealed(found)) == [
        f"Audit row {row['number']} is not part of the chain."
    ]


def test_a_forged_package_in_the_database_shows_in_the_evidence(manager: User) -> None:
    decision = decided(manager)
    Decision.objects.filter(pk=decision.pk).update(package="{}")
    decision.refresh_from_db()
    assert verify_evidence.problems(exported(decision)) == [
        "The package is not the one that the audit trail names."
    ]


def test_a_forged_audit_row_in_the_database_shows_in_the_evidence(manager: User) -> None:
    decision = decided(manager)
    trails.unguarded()
    trails.change(3, actor="eve")
    assert verify_evidence.problems(exported(decision)) != []


@pytest.mark.parametrize(
    "content", ["", "{}", "\n", "[" * 100_000, sealed([]), sealed({"audit": 1})]
)
def test_what_is_no_evidence_is_not_sound(content: str) -> None:
    assert len(verify_evidence.problems(content)) == 1


def test_the_file_is_checked_with_nothing_but_python(manager: User, tmp_path: Path) -> None:
    file, script = tmp_path / "evidence.json", tmp_path / "check.py"
    script.write_bytes(Path(verify_evidence.__file__).read_bytes())
    pk = decided(manager).pk
    call_command("audit", "export", str(pk), "--out", str(file), stdout=io.StringIO())
    said = io.StringIO()
    call_command("audit", "check", str(file), stdout=said)
    assert said.getvalue() == "The evidence is sound.\n"

    def check() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", "-S", str(script), str(file)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    assert (check().returncode, check().stdout) == (0, "The evidence is sound.\n")
    file.write_text(file.read_text().replace("approve", "appsove", 1))
    assert check().returncode == 1
    with pytest.raises(CommandError, match="a byte was changed") as error:
        call_command("audit", "check", str(file))
    assert error.value.returncode == 1


def test_managers_and_admins_take_it_and_nobody_else(
    manager: User, admin: User, operator: User, stranger: User, client_of: Callable[[User], Client]
) -> None:
    url = reverse("approval-evidence", args=[decided(manager).pk])
    for person, status in ((manager, 200), (admin, 200), (operator, 404), (stranger, 403)):
        page = client_of(person).get(url)
        assert page.status_code == status
        assert (b'"sha256"' in page.content) == (status == 200)
    assert Client().get(url).status_code == 302
    assert client_of(manager).get(reverse("approval-evidence", args=[2**70])).status_code == 404
