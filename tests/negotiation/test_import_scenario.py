"""`manage.py import_scenario`: how an installation without demo data gets its scenarios."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from negotiation.models import Scenario, ScenarioVersion

pytestmark = pytest.mark.django_db


def test_a_shipped_scenario_is_stored_once(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("import_scenario", "cloud-placement", note="For production")
    call_command("import_scenario", "cloud-placement")
    assert "is stored as version 1." in capsys.readouterr().out
    stored = ScenarioVersion.objects.get()
    assert stored.note == "For production"
    assert stored.scenario.slug == "cloud-placement"


def test_a_faulty_document_is_refused_and_nothing_is_stored(tmp_path: Path) -> None:
    faulty = tmp_path / "faulty.yaml"
    faulty.write_text("name: faulty\n")
    with pytest.raises(CommandError, match=r"faulty\.yaml") as refused:
        call_command("import_scenario", str(faulty))
    assert refused.value.returncode == 2
    assert not Scenario.objects.exists()
