from negotiation.models.audit import AuditEntry, AuditHead
from negotiation.models.decisions import Decision, EarlierPackage, Execution, Grant
from negotiation.models.receivers import ReceivedCall
from negotiation.models.scenarios import Scenario, ScenarioVersion
from negotiation.models.sessions import Message, Negotiation

__all__ = [
    "AuditEntry",
    "AuditHead",
    "Decision",
    "EarlierPackage",
    "Execution",
    "Grant",
    "Message",
    "Negotiation",
    "ReceivedCall",
    "Scenario",
    "ScenarioVersion",
]
