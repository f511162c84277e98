"""What a report form asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template

from negotiation.services import measurements

if TYPE_CHECKING:
    from negotiation.models import Decision
    from negotiation.services.measurements import Measurable

register = template.Library()


@register.simple_tag
def measurable(decision: Decision) -> list[Measurable]:
    """The facts and measures of its scenario."""
    return list(measurements.measurable(decision.negotiation.version).values())
