from django.urls import path

from approvals.views import (
    amendments,
    batches,
    cards,
    choices,
    claims,
    exports,
    own_verdicts,
    questions,
    queue,
    reviewers,
    send_backs,
)

urlpatterns = [
    path("", queue.approvals, name="approvals"),
    path("<int:pk>/", cards.approval, name="approval"),
    path("<int:pk>/approve/", cards.approve, name="approval-approve"),
    path("<int:pk>/reject/", cards.reject, name="approval-reject"),
    path("choose/<int:pk>/", choices.choose, name="approval-choose"),
    path("<int:pk>/amend/", amendments.amend, name="approval-amend"),
    path("<int:pk>/withdraw/", cards.withdraw, name="approval-withdraw"),
    path("<int:pk>/claim/", claims.claim, name="approval-claim"),
    path("<int:pk>/release/", claims.release, name="approval-release"),
    path("<int:pk>/ask/", questions.ask, name="approval-ask"),
    path("<int:pk>/answers/", questions.answers, name="approval-answers"),
    path("<int:pk>/own-verdict/", own_verdicts.say, name="approval-own-verdict"),
    path("selected/", batches.approve_selected, name="approvals-selected"),
    path("reviewers/", reviewers.reviewers, name="reviewers"),
    path("<int:pk>/send-back/", send_backs.send_back, name="approval-send-back"),
    path("<int:pk>/evidence.json", exports.evidence, name="approval-evidence"),
]
