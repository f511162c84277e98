from django.urls import path

from approvals.views import cards, exports, queue

urlpatterns = [
    path("", queue.approvals, name="approvals"),
    path("<int:pk>/", cards.approval, name="approval"),
    path("<int:pk>/approve/", cards.approve, name="approval-approve"),
    path("<int:pk>/reject/", cards.reject, name="approval-reject"),
    path("<int:pk>/evidence.json", exports.evidence, name="approval-evidence"),
]
