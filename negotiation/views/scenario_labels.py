"""What the fields of a scenario are called in its form; what they are, the schema says."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from negotiation.views import scenario_kinds as kinds

if TYPE_CHECKING:
    from negotiation.views.rules_fields import Kind


class Label(NamedTuple):
    """`kind`: how it is written, where the schema's type does not say that."""

    label: str
    help: str = ""
    unit: str = ""
    kind: Kind | None = None


LABELS: dict[str, Label] = {
    "ScenarioDocument.title": Label("Title", kind=kinds.LINE),
    "ScenarioDocument.description": Label("Description", kind=kinds.PROSE),
    "ScenarioDocument.name": Label("Name", "Part of its address; it stays."),
    "ScenarioDocument.service": Label("Service", "What the action is done to."),
    "ScenarioDocument.action": Label("Action", "What is done with an agreement."),
    "ScenarioDocument.catalogue": Label("Catalogue", "A shipped table of figures."),
    "ScenarioDocument.parameters": Label(
        "Parameters", "name: number, text or list", "", kinds.YAML
    ),
    "ScenarioDocument.lookups": Label("Lookups", "Columns of the catalogue.", "", kinds.YAML),
    "ScenarioDocument.today": Label(
        "Today", "One option for every issue: what is in place now.", "", kinds.YAML
    ),
    "ScenarioDocument.policy": Label("Policy", "", "", kinds.YAML),
    "Protocol.kind": Label("Protocol", "How they talk."),
    "Protocol.rounds": Label("Rounds", "The deadline."),
    "Protocol.pace": Label("Pace", "Between two messages; 0 runs at once.", "seconds"),
    "Protocol.dissent": Label("May be overruled", "", "seats"),
    "Protocol.questions": Label("Questions in all", "Empty: as many as are worth it.", ""),
    "Protocol.quiet_rounds": Label("Quiet rounds", "Then alternating offers end."),
    "Executor.kind": Label("Carried out by"),
    "Executor.target": Label("Target", "Of a webhook; the settings know its address."),
    "Issue.name": Label("Name"),
    "Issue.label": Label("Label"),
    "Issue.unit": Label("Unit"),
    "Issue.options": Label(
        "Options", "One in a line: value, or value = label. Or 0 to 100 step 25.", "", kinds.OPTIONS
    ),
    "Fact.name": Label("Name"),
    "Fact.label": Label("Label"),
    "Fact.unit": Label("Unit"),
    "Fact.nominal": Label("Assumed by everybody"),
    "Fact.sd": Label("± of those without a belief"),
    "Fact.drift_per_day": Label("± that a day adds"),
    "Fact.disclosure": Label("An answer goes to"),
    "Measure.name": Label("Name"),
    "Measure.label": Label("Label"),
    "Measure.unit": Label("Unit"),
    "Measure.formula": Label("Formula", kind=kinds.FORMULA),
    "Measure.levels": Label("Levels", "figure: name, where figures are an order.", "", kinds.YAML),
    "Constraint.name": Label("Name"),
    "Constraint.text": Label("What it says", kind=kinds.LINE),
    "Constraint.author": Label("Who said it"),
    "Constraint.citation": Label("On what ground", kind=kinds.LINE),
    "Constraint.subject": Label("About"),
    "Constraint.when": Label(
        "Only when", "Another test: {subject: …, equals: …}. Empty: always.", "", kinds.YAML
    ),
    "Seat.name": Label("Name"),
    "Seat.title": Label("Title"),
    "Seat.description": Label("Description", kind=kinds.PROSE),
    "Seat.owner": Label("Owner", "User name of who answers for it; never clears what it agreed."),
    "Seat.strategy": Label("Strategy"),
    "Seat.reservation": Label("Limit", "The least utility it accepts.", "0 to 1"),
    "Seat.discount": Label("Kept at the deadline", "Of its utility; 1 loses nothing.", "0 to 1"),
    "Seat.veto": Label("Has a veto"),
    "Objective.subject": Label("What"),
    "Objective.weight": Label("Weight", "Weights are shares."),
    "Objective.label": Label("Called", "Empty: as the measure is."),
    "Belief.mean": Label("Believes"),
    "Belief.sd": Label("±"),
    "Knowledge.mean": Label("Knows"),
    "Knowledge.sd": Label("±"),
    "Knowledge.source": Label("Source", kind=kinds.LINE),
    "Knowledge.kind": Label("Kind"),
    "Knowledge.observed_on": Label("Observed on", "Like 2026-07-30."),
    "Knowledge.url": Label("Address"),
    "Knowledge.root": Label("Common source", "Two with the same one count once."),
}
