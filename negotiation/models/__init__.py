from negotiation.models.audit import AuditEntry
from negotiation.models.decisions import Decision, Execution, Grant
from negotiation.models.receivers import ReceivedCall
from negotiation.models.scenarios import Scenario, ScenarioVersion
from negotiation.models.sessions import Message, Negotiation

__all__ = [
    "AuditEntry",
    "Decision",
    "Execution",
    "Grant",
    "Message",
    "Negotiation",
    "ReceivedCall",
    "Scenario",
    "ScenarioVersion",
]
