from approvals.models.reviews import Review, VerdictCall

__all__ = ["Review", "VerdictCall"]
