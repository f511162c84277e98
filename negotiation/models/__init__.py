from negotiation.models.audit import AuditEntry, AuditHead
from negotiation.models.budgets import HarmReservation, RiskScope
from negotiation.models.decisions import Decision, EarlierPackage
from negotiation.models.executions import Execution, Grant
from negotiation.models.mandates import Mandate
from negotiation.models.policies import PolicyChange
from negotiation.models.preferences import Preferences
from negotiation.models.receivers import ReceivedCall
from negotiation.models.reports import Report
from negotiation.models.saved_views import SavedView
from negotiation.models.scenarios import Scenario, ScenarioVersion
from negotiation.models.sessions import Message, Negotiation
from negotiation.models.spot_checks import SpotCheck
from negotiation.models.stops import Stop
from negotiation.models.timers import Timer
from negotiation.models.trail_checks import TrailCheck
from negotiation.models.trust import TrustEntry

__all__ = [
    "AuditEntry",
    "AuditHead",
    "Decision",
    "EarlierPackage",
    "Execution",
    "Grant",
    "HarmReservation",
    "Mandate",
    "Message",
    "Negotiation",
    "PolicyChange",
    "Preferences",
    "ReceivedCall",
    "Report",
    "RiskScope",
    "SavedView",
    "Scenario",
    "ScenarioVersion",
    "SpotCheck",
    "Stop",
    "Timer",
    "TrailCheck",
    "TrustEntry",
]
