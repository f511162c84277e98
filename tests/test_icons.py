"""Icons are drawn once each, and look as the library draws them."""

from django.template import Context, Template
from heroicons.templatetags import heroicons


def drawn(source: str, **names: str) -> str:
    return Template(source).render(Context(names))


def test_an_icon_looks_as_the_library_draws_it() -> None:
    ours = drawn('{% heroicon_micro "clock" size=14 aria_hidden="true" %}')
    assert ours == heroicons.heroicon_micro("clock", size=14, aria_hidden="true")


def test_what_an_icon_is_given_is_escaped_and_belongs_to_it_alone() -> None:
    source = "{% heroicon_outline name size=28 class=given %}"
    hostile = drawn(source, name="funnel", given='"><b>')
    assert "<b>" not in hostile
    plain = drawn(source, name="funnel", given="plain")
    assert 'class="plain"' in plain
    assert drawn(source, name="clock", given="plain") != plain
