from approvals.models.delegations import Delegation
from approvals.models.looks import CardView, OwnVerdict
from approvals.models.questions import Question
from approvals.models.reviews import Review, VerdictCall

__all__ = ["CardView", "Delegation", "OwnVerdict", "Question", "Review", "VerdictCall"]
