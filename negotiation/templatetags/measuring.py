"""What a report form asks for, and what was typed into it if it was refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django import template

from negotiation.services import measurements
from negotiation.views import refusals

if TYPE_CHECKING:
    from collections.abc import Mapping

    from negotiation.models import Decision, Execution
    from negotiation.services.measurements import Measurable

register = template.Library()


class Figure(NamedTuple):
    """A fact or a measure of the scenario, with what was typed for it."""

    asked: Measurable
    value: str
    sd: str


class Filled(NamedTuple):
    """The form of a report; empty unless what was typed into it was refused."""

    outcome: str
    note: str
    figures: list[Figure]
    refused: bool

    @property
    def measured(self) -> bool:
        return any(figure.value or figure.sd for figure in self.figures)


@register.simple_tag(takes_context=True)
def report_form(context: Mapping[str, Any], decision: Decision, execution: Execution) -> Filled:
    """With the facts and measures of the decision's scenario."""
    typed = refusals.take(context["request"], f"report {execution.pk}")
    known = measurements.measurable(decision.negotiation.version)
    figures = [
        Figure(each, typed.get(f"measured-{name}", ""), typed.get(f"measured-sd-{name}", ""))
        for name, each in known.items()
    ]
    return Filled(typed.get("outcome", ""), typed.get("note", ""), figures, bool(typed))
