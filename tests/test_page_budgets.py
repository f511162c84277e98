"""What pages may weigh and hold: JavaScript, inline code, colours, and their policy."""

from __future__ import annotations

import gzip
import re
from importlib.resources import files
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

ROOT = Path(settings.BASE_DIR)
MOST_JAVASCRIPT = 60 * 1024
SCRIPTS = sorted((ROOT / "static/js").glob("*.js"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
STYLES = sorted((ROOT / "static/css").glob("*.css"))
# What is allowed inside <script>: an address, and nothing between the tags.
INLINE_SCRIPT = re.compile(r"<script(?![^>]*\ssrc=)|<script[^>]*>\s*[^<\s]")
INLINE = re.compile(
    r"<style|\sstyle\s*=|\son[a-z]+\s*=|\shx-on|javascript:|[\"\']js:|hx-vals=.js", re.IGNORECASE
)
RAW_COLOUR = re.compile(
    r"#[0-9a-f]{3,8}\b|\b(?:rgba?|hsla?|oklch|oklab|lab|lch|hwb|color)\(", re.IGNORECASE
)
DANGEROUS = re.compile(
    r"\beval\(|new Function|\.(?:inner|outer)HTML\s*\+?=[^=]|insertAdjacentHTML|document\.write"
)


def weight(text: bytes) -> int:
    return len(gzip.compress(text, 9))


def code_of(path: Path) -> str:
    return re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)


def test_all_javascript_together_stays_light() -> None:
    htmx = files("django_htmx").joinpath("static/django_htmx/htmx-2.min.js").read_bytes()
    own = {path.name: weight(path.read_bytes()) for path in SCRIPTS}
    assert weight(htmx) + sum(own.values()) <= MOST_JAVASCRIPT, own


def test_every_script_is_loaded_by_a_page_or_by_another() -> None:
    said = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES + SCRIPTS)
    assert [path.name for path in SCRIPTS if path.name not in said] == []


def test_no_template_has_code_or_style_inside() -> None:
    found = {
        path.name: hit[0]
        for path in TEMPLATES
        for text in [path.read_text(encoding="utf-8")]
        if (hit := INLINE.search(text) or INLINE_SCRIPT.search(text))
    }
    assert found == {}


def test_no_script_makes_code_or_markup_of_text() -> None:
    found = {p.name: hit[0] for p in SCRIPTS if (hit := DANGEROUS.search(code_of(p)))}
    assert found == {}


def test_only_the_tokens_have_colours() -> None:
    others = [path for path in STYLES if path.name != "tokens.css"]
    assert len(others) > 10
    found = {
        path.name: hits
        for path in others
        if (hits := RAW_COLOUR.findall(re.sub(r"color-mix\(", "", code_of(path))))
    }
    assert found == {}


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/login/", "/", "/nowhere/", "/approvals/", "/healthz"])
def test_every_answer_has_exactly_this_policy(manager_client: Client, path: str) -> None:
    policy = manager_client.get(path)["Content-Security-Policy"]
    said = dict(part.strip().split(" ", 1) for part in policy.split(";") if part.strip())
    connect = said.pop("connect-src").split()
    assert said == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    assert set(connect) == {"'self'", *settings.WEBSOCKET_ORIGINS}
    assert all(origin.startswith(("ws://", "wss://")) for origin in settings.WEBSOCKET_ORIGINS)


@pytest.mark.parametrize(
    "bad",
    [
        '<p style="x">',
        "<a onclick='x'>",
        "<script>x</script>",
        '<b hx-on:click="x">',
        "<style>",
        '<a href="javascript:x">',
    ],
)
def test_what_is_forbidden_would_be_found(bad: str) -> None:
    assert INLINE.search(bad) or INLINE_SCRIPT.search(bad)


@pytest.mark.parametrize("bad", ["color: #fff;", "fill: rgb(1 2 3)", "a { color: hsl(1 2 3) }"])
def test_a_raw_colour_would_be_found(bad: str) -> None:
    assert RAW_COLOUR.search(bad)
