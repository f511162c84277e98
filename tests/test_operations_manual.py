"""The manual and the files for deploying say what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from django.conf import settings

from config.limits import LARGEST_BODY

ROOT = Path(settings.BASE_DIR)
MANUAL = (ROOT / "docs" / "operations.md").read_text()
DEPLOY = ROOT / "docs" / "deploy"
READ_BY_SETTINGS = re.compile(r"(?:environ(?:\.get\(|\[)|env_[a-z]+\(\s*)\"([A-Z_]+)\"")


def queues() -> set[str]:
    routed = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()}
    return routed | {settings.CELERY_TASK_DEFAULT_QUEUE}


def test_every_setting_from_the_environment_is_explained() -> None:
    sources = [ROOT / "config" / name for name in ("settings.py", "environment.py")]
    read = {name for source in sources for name in READ_BY_SETTINGS.findall(source.read_text())}
    explained = set(re.findall(r"^\| `([A-Z_]+)` \|", MANUAL, flags=re.MULTILINE))
    assert {"DATABASE_URL"} | read == explained


def test_every_file_for_deploying_is_named_in_the_manual() -> None:
    assert [path.name for path in DEPLOY.iterdir() if f"deploy/{path.name}" not in MANUAL] == []


def test_every_queue_has_a_worker_in_the_compose_file_and_in_the_manual() -> None:
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    worked = {
        service["environment"]["QUEUE"]
        for service in services.values()
        if "QUEUE" in service.get("environment", {})
    }
    assert worked == queues()
    assert all(f"parley-worker@{queue}" in MANUAL for queue in queues())


def test_proxies_let_through_as_much_as_is_read_and_the_largest_document_fits() -> None:
    nginx = re.search(r"client_max_body_size (\d+)m;", (DEPLOY / "nginx.conf").read_text())
    caddy = re.search(r"request_body \{\s+max_size (\d+)MiB\s+\}", MANUAL)
    assert nginx
    assert caddy
    assert int(nginx[1]) * 2**20 == int(caddy[1]) * 2**20 == LARGEST_BODY
    assert settings.DATA_UPLOAD_MAX_MEMORY_SIZE < LARGEST_BODY


@pytest.mark.parametrize("manual", ["CONTRIBUTING.md", "docs/operations.md"])
def test_every_make_target_and_link_exists(manual: str) -> None:
    text = (ROOT / manual).read_text()
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    assert set(re.findall(r"`?make ([a-z]+)", "\n".join(re.findall(r"`[^`]+`", text)))) <= targets
    links = re.findall(r"\]\(([^)#:]+)\)", text)
    assert links
    assert [link for link in links if not (ROOT / manual).parent.joinpath(link).exists()] == []
