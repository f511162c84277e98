"""What waits, what is late and what nobody will come back to, for Prometheus.

Everything is read from the database (and the signs of life from Redis) when it is asked for, so it
is right whichever process answers. For who knows METRICS_TOKEN, and for admins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import Min
from django.http import HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from redis import RedisError

from approvals.models import Alarm, Delivery, GlassReview, Posting
from approvals.services import notifications, open_items
from negotiation import heartbeats
from negotiation.models import Decision, Timer
from negotiation.roles import may_edit_rules

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from django.http import HttpRequest

UNAUTHORISED, FORBIDDEN = 401, 403


@login_not_required
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    if refusal := _refusal(request):
        return refusal
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Figures(timezone.now()))
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _refusal(request: HttpRequest) -> HttpResponse | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    expected = settings.METRICS_TOKEN
    if scheme.lower() == "bearer" and expected and constant_time_compare(token, expected):
        return None
    if may_edit_rules(request.user):
        return None
    status = FORBIDDEN if request.user.is_authenticated else UNAUTHORISED
    answer = HttpResponse(
        "Metrics are for who sends METRICS_TOKEN as a bearer token, and for admins.\n",
        content_type="text/plain; charset=utf-8",
        status=status,
    )
    if status == UNAUTHORISED:
        answer["WWW-Authenticate"] = 'Bearer realm="metrics"'
    return answer


class Figures(Collector):
    """All that is told, as of `now`."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def collect(self) -> Iterator[GaugeMetricFamily]:
        yield from self._open_items()
        yield self._one(
            "parley_alarms",
            "Alarms of the auditor that are not mended.",
            Alarm.objects.live().count(),
        )
        parked = Decision.objects.parked().aggregate(oldest=Min("created_at"))["oldest"]
        yield self._one(
            "parley_parked_oldest_seconds",
            "Age of the oldest decision that waits for people.",
            self._age(parked),
        )
        overdue = Timer.objects.needed().due(self.now).unstopped()
        yield self._one(
            "parley_timers_overdue",
            "Timers of parked decisions whose time has passed and that have not fired.",
            overdue.count(),
        )
        yield self._one(
            "parley_glass_reviews_overdue",
            "Times that the glass was broken and nobody else has looked at it in time.",
            GlassReview.objects.overdue(self.now).count(),
        )
        yield from self._notifier()
        yield self._heartbeats()

    def _open_items(self) -> Iterator[GaugeMetricFamily]:
        waiting = GaugeMetricFamily("parley_open_items", "What is not at its end.", labels=["kind"])
        lost = GaugeMetricFamily(
            "parley_items_without_next_time",
            "What is open and will never be looked at again; anything but 0 is a fault.",
            labels=["kind"],
        )
        for kind in open_items.KINDS:
            waiting.add_metric([kind.name], kind.open().count())
            lost.add_metric([kind.name], kind.missing().count())
        yield from (waiting, lost)

    def _notifier(self) -> Iterator[GaugeMetricFamily]:
        yield self._one(
            "parley_notifier_lag",
            "Rows of the audit trail that nobody has been told of yet.",
            notifications.behind(),
        )
        yield self._one(
            "parley_postings_waiting",
            "Notifications that wait for the next message to their person.",
            Posting.objects.filter(delivery=None).count(),
        )
        sent = GaugeMetricFamily(
            "parley_deliveries", "Messages kept, by what became of them.", labels=["status"]
        )
        for status in Delivery.Status.values:
            sent.add_metric([status], Delivery.objects.filter(status=status).count())
        yield sent

    def _heartbeats(self) -> GaugeMetricFamily:
        ages = GaugeMetricFamily(
            "parley_heartbeat_age_seconds",
            "Since this task ran last; +Inf when nothing was heard of it for a while.",
            labels=["task"],
        )
        for task in heartbeats.SIGNS:
            try:
                last = heartbeats.last(task)
            except RedisError:
                last = None
            ages.add_metric([task], self._age(last) if last else float("inf"))
        return ages

    def _one(self, name: str, text: str, value: float) -> GaugeMetricFamily:
        return GaugeMetricFamily(name, text, value=value)

    def _age(self, moment: datetime | None) -> float:
        return max(0.0, (self.now - moment).total_seconds()) if moment else 0.0
