"""The icons' tags, each drawing made once: the library's own copies a tree for every icon."""

from __future__ import annotations

from functools import lru_cache

from django import template
from heroicons.templatetags import heroicons

register = template.Library()

KEPT = 1_000

for tag in ("heroicon_micro", "heroicon_mini", "heroicon_outline", "heroicon_solid"):
    register.simple_tag(lru_cache(KEPT)(getattr(heroicons, tag)), name=tag)
