"""Decisions from before precedents were kept get the class and the features that can be told."""

from __future__ import annotations

import importlib
import json
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from negotiation.models import Decision
from negotiation.services import precedents, runs, sessions
from tests import factories

pytestmark = pytest.mark.django_db


def test_earlier_decisions_become_precedents_of_the_same_class() -> None:
    pinned = factories.version("batch-placement")
    table = sessions.start(version=pinned, by=None, now=timezone.now(), pace=0, seed=7)
    runs.run(negotiation_id=table.pk, clock=timezone.now)
    known = Decision.objects.get(negotiation=table)
    bare = factories.decision(package=json.dumps({"action": "place"}))
    Decision.objects.update(features={}, action_class="")

    migration = importlib.import_module("negotiation.migrations.0005_reports_and_budgets")
    migration.fill(apps, SimpleNamespace(connection=connection))

    filled = Decision.objects.get(pk=known.pk)
    assert filled.action_class == known.action_class
    assert filled.features["options"] == known.features["options"]
    assert filled.features["effects"] == known.features["effects"]
    bare.refresh_from_db()
    assert (bare.features["options"], bare.features["losses"]) == ({}, {})
    assert precedents.class_of(bare.features) == bare.action_class
