"""Habits of templates and styles that no linter knows."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
# Classes that the template puts together; each tone is a rule of its own.
MADE_UP = re.compile(r"\{\{.*?\}\}")
TAG = re.compile(r"\{%.*?%\}")


def text(pattern: str) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(ROOT.glob(pattern)))


def classes_with_a_rule() -> set[str]:
    rules = re.sub(r"/\*.*?\*/", "", text("static/css/*.css"), flags=re.DOTALL)
    selectors = re.sub(r"\{[^{}]*\}", "{}", rules)
    return set(re.findall(r"\.([a-z][\w-]*)", selectors))


def classes_in_templates() -> tuple[set[str], list[re.Pattern[str]]]:
    """Those that stand there, and patterns for those of which a part is filled in."""
    whole, patterns = set(), []
    for value in re.findall(
        r'class="((?:[^"{]|\{\{.*?\}\}|\{%.*?%\})*)"', text("templates/**/*.html")
    ):
        for name in TAG.sub(" ", MADE_UP.sub("*", value)).split():
            if "*" in name or name.endswith("-"):
                patterns.append(re.compile(re.escape(name).replace(r"\*", "") + r"[\w-]*"))
            else:
                whole.add(name)
    return whole, patterns


def test_a_fragment_says_first_what_it_needs() -> None:
    fragments = [path for path in TEMPLATES if path.name.startswith("_")]
    silent = [
        path.name
        for path in fragments
        if "{#" not in path.read_text(encoding="utf-8").splitlines()[0]
    ]
    assert len(fragments) > 10
    assert silent == []


def test_pages_of_negotiation_do_not_name_those_of_approvals() -> None:
    mixed = [
        path.name
        for path in TEMPLATES
        if path.parent.name == "negotiation"
        and re.search(r"url ['\"]approval|approvals/", path.read_text(encoding="utf-8"))
    ]
    assert mixed == []


def test_every_rule_has_a_use() -> None:
    whole, patterns = classes_in_templates()
    scripts = text("static/js/*.js")
    idle = {
        name
        for name in classes_with_a_rule() - whole
        if name not in scripts and not any(pattern.fullmatch(name) for pattern in patterns)
    }
    assert idle == set()


def test_every_class_has_a_rule() -> None:
    whole, _ = classes_in_templates()
    # Words of a choice inside a class, as in `tone-{% if … %}red{% else %}green{% endif %}`.
    words = {"red", "green", "amber", "indigo", "slate", "violet"}
    assert whole - classes_with_a_rule() - words == set()


def test_every_token_has_a_use() -> None:
    styles = text("static/css/*.css")
    tokens = set(re.findall(r"(--[a-z][\w-]*)\s*:", styles))
    assert {token for token in tokens if f"var({token})" not in styles} == set()
