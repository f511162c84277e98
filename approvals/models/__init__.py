from approvals.models.alarms import Alarm
from approvals.models.delegations import Delegation
from approvals.models.glass import GlassReview
from approvals.models.looks import CardView, OwnVerdict
from approvals.models.notifications import (
    Channel,
    Delivery,
    Event,
    Notification,
    NotificationChoice,
    NotificationCursor,
    NotificationWebhook,
    Posting,
)
from approvals.models.questions import Question
from approvals.models.reviews import Review, VerdictCall

__all__ = [
    "Alarm",
    "CardView",
    "Channel",
    "Delegation",
    "Delivery",
    "Event",
    "GlassReview",
    "Notification",
    "NotificationChoice",
    "NotificationCursor",
    "NotificationWebhook",
    "OwnVerdict",
    "Posting",
    "Question",
    "Review",
    "VerdictCall",
]
