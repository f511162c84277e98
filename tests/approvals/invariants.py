"""What holds for decisions whatever happened: compared between two looks at the database."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from django.db import connection

if TYPE_CHECKING:
    from tests.approvals.doubles import Target

FINAL = {"executed", "failed", "rejected", "withdrawn", "expired", "void", "refused"}
SENT = {"executing", "executed", "failed"}
ENDS = {
    "reject": {"rejected"},
    "withdraw": {"withdrawn"},
    # Void once the seats have found nothing.
    "send_back": {"sent_back", "void"},
}


# One statement instead of six, because a proof takes thousands of looks.
_ALL_ROWS = """
SELECT json_build_object(
  'decisions', (SELECT json_agg(d) FROM (
     SELECT id, status, route, package, package_hash, revision, returned, due_at, people, approvals,
            sent_back, negotiation_id,
            (SELECT due_at FROM negotiation_timer WHERE decision_id = negotiation_decision.id
             AND kind = 'end' AND fired_at IS NULL AND cancelled_at IS NULL) AS ends_at
     FROM negotiation_decision) d),
  'tables', (SELECT json_agg(t) FROM (
     SELECT id, status, next_at FROM negotiation_negotiation) t),
  'grants', (SELECT json_agg(g) FROM negotiation_grant g),
  'executions', (SELECT json_agg(e) FROM negotiation_execution e),
  'reviews', (SELECT json_agg(r) FROM (
     SELECT decision_id, package_hash, returned, verdict, reviewer_id, created_at
     FROM approvals_review ORDER BY id) r),
  'audits', (SELECT json_agg(a) FROM (
     SELECT subject, subject_id FROM negotiation_auditentry
     WHERE subject IN ('decision', 'execution')) a))
"""


@dataclass(frozen=True)
class Look:
    """All rows that speak of decisions, at one moment; columns are attributes."""

    decisions: dict[int, Any]
    tables: dict[int, Any]
    grants: dict[int, Any]
    executions: dict[str, Any]
    reviews: list[Any]
    audits: Counter[int]

    @classmethod
    def now(cls) -> Look:
        with connection.cursor() as cursor:
            cursor.execute(_ALL_ROWS)
            [[told]] = cursor.fetchall()
        rows = {
            table: [SimpleNamespace(**row) for row in found or ()]
            for table, found in (json.loads(told) if isinstance(told, str) else told).items()
        }
        about = {each.id: each.decision_id for each in rows["executions"]}
        return cls(
            decisions={each.id: each for each in rows["decisions"]},
            tables={each.id: each for each in rows["tables"]},
            grants={each.id: each for each in rows["grants"]},
            executions={each.idempotency_key: each for each in rows["executions"]},
            reviews=rows["reviews"],
            audits=Counter(
                each.subject_id if each.subject == "decision" else about[each.subject_id]
                for each in rows["audits"]
            ),
        )


def check(look: Look, target: Target) -> None:
    """What holds at every moment."""
    _enough_voices_and_one_end_per_package(look)
    _only_what_was_granted_was_sent(look, target)
    _somebody_comes_back_to_what_is_open(look)


def check_step(before: Look, after: Look) -> None:
    """What holds from one moment to a later one."""
    for pk, old in before.decisions.items():
        new = after.decisions[pk]
        if old.status in FINAL:
            assert (new.status, new.package) == (old.status, old.package), "the end is the end"
        written = after.audits[pk] - before.audits[pk]
        assert written >= new.revision - old.revision >= 0, "every move leaves an audit row"
        assert old.sent_back <= new.sent_back <= 2, "sent back twice at most"
        if old.status != new.status or old.package_hash != new.package_hash:
            assert new.revision > old.revision, "every move is counted"
    for pk, grant in before.grants.items():
        if grant.consumed_at is not None:
            assert after.grants[pk].consumed_at == grant.consumed_at, "a grant is used once"


def _enough_voices_and_one_end_per_package(look: Look) -> None:
    said = defaultdict(list)
    for review in look.reviews:
        said[review.decision_id, review.package_hash, review.returned].append(review)
    for (pk, package, returned), reviews in said.items():
        decision = look.decisions[pk]
        *before, last = (each.verdict for each in reviews)
        assert set(before) <= {"approve"}, "what ends the case of a package is said last, once"
        voices = [each.reviewer_id for each in reviews if each.verdict == "approve"]
        assert len(set(voices)) == len(voices) <= decision.people, "one voice for each person"
        if (package, returned) == (decision.package_hash, decision.returned):
            assert len(voices) == decision.approvals, "the tally is what was said"
            if last != "approve":
                assert decision.status in ENDS[last], "no is the last word"
    for decision in look.decisions.values():
        if (decision.id, decision.package_hash, decision.returned) not in said:
            assert decision.approvals == 0, "the tally is what was said"


def _only_what_was_granted_was_sent(look: Look, target: Target) -> None:
    approved = defaultdict(set)
    for each in look.reviews:
        if each.verdict == "approve":
            case = (each.decision_id, each.package_hash, each.returned)
            approved[case].add((each.reviewer_id, each.created_at))
    per_decision: Counter[int] = Counter()
    for key, body in target.effects.items():
        execution = look.executions[key]
        decision = look.decisions[execution.decision_id]
        grant = look.grants[execution.grant_id]
        identity = hashlib.sha256(body).hexdigest()
        per_decision[decision.id] += 1
        assert decision.status in SENT, decision.status
        assert grant.decision_id == decision.id, "a grant of its own"
        assert grant.package_hash == identity == decision.package_hash, "the approved bytes"
        assert grant.consumed_at is not None, "a grant that was used up"
        used = datetime.fromisoformat(grant.consumed_at)
        assert datetime.fromisoformat(grant.granted_at) <= used, "in its time"
        assert used < datetime.fromisoformat(grant.expires_at), "in its time"
        assert grant.void_at is None, "a permission that still held"
        if decision.route != "auto":
            voices = approved[decision.id, identity, decision.returned]
            assert (grant.granted_by_id, grant.granted_at) in voices, "by the last who approved"
            assert len(voices) >= decision.people, "by as many people as it needs"
    assert all(count == 1 for count in per_decision.values()), "one effect for each decision"
    for order in target.calls:
        assert order.body == target.effects.get(order.key, order.body), "the same bytes each time"
        assert order.key in look.executions, "nothing is sent before it is written down"


def _somebody_comes_back_to_what_is_open(look: Look) -> None:
    executions = {each.decision_id: each for each in look.executions.values()}
    unused = [g for g in look.grants.values() if g.void_at is None and g.consumed_at is None]
    granted = Counter(grant.decision_id for grant in unused)
    for decision in look.decisions.values():
        execution = executions.get(decision.id)
        assert (execution is not None) == (decision.status in SENT)
        assert granted[decision.id] == (decision.status == "cleared"), "no permission lies about"
        match decision.status:
            case "parked":
                assert decision.due_at is not None
                assert decision.ends_at == decision.due_at, "a timer ends it at that time"
            case "sent_back":
                table = look.tables[decision.negotiation_id]
                assert table.status in {"running", "paused"}, "they are at it again"
                assert table.next_at is not None
            case "cleared":
                assert execution is None, "the sweep sends every cleared decision"
            case "executing":
                assert execution is not None
                assert execution.status == "pending"
                assert execution.next_at is not None
            case _:
                assert execution is None or execution.status != "pending"
