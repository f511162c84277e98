from django.urls import path

from negotiation.views import (
    floor,
    negotiations,
    policies,
    policy_changes,
    policy_edits,
    receiver,
    reports,
    scenarios,
    stops,
)

urlpatterns = [
    path("", floor.floor, name="floor"),
    path("negotiations/start/", negotiations.start, name="negotiation-start"),
    path("negotiations/<int:pk>/", negotiations.negotiation, name="negotiation"),
    path("negotiations/<int:pk>/pause/", negotiations.pause, name="negotiation-pause"),
    path("negotiations/<int:pk>/resume/", negotiations.resume, name="negotiation-resume"),
    path("negotiations/<int:pk>/stop/", negotiations.stop, name="negotiation-stop"),
    path("scenarios/", scenarios.scenarios, name="scenarios"),
    path("scenarios/<slug:slug>/", scenarios.scenario, name="scenario"),
    path("scenarios/<slug:slug>/edit/", scenarios.edit, name="scenario-edit"),
    path(
        "scenarios/<slug:slug>/versions/<int:number>/", scenarios.version, name="scenario-version"
    ),
    path("scenarios/<slug:slug>/policy/", policies.policy, name="policy"),
    path("scenarios/<slug:slug>/policy/edit/", policy_edits.edit, name="policy-edit"),
    path("scenarios/<slug:slug>/policy/try/", policy_edits.attempt, name="policy-try"),
    path(
        "scenarios/<slug:slug>/policy/versions/<int:number>/",
        policies.version,
        name="policy-version",
    ),
    path(
        "scenarios/<slug:slug>/policy/versions/<int:number>/restore/",
        policies.restore,
        name="policy-restore",
    ),
    path("policy-changes/", policy_changes.changes, name="policy-changes"),
    path("policy-changes/<int:pk>/", policy_changes.change, name="policy-change"),
    path("policy-changes/<int:pk>/try/", policy_changes.replay, name="policy-change-try"),
    path("policy-changes/<int:pk>/ratify/", policy_changes.ratify, name="policy-ratify"),
    path("policy-changes/<int:pk>/reject/", policy_changes.reject, name="policy-reject"),
    path("policy-changes/<int:pk>/withdraw/", policy_changes.withdraw, name="policy-withdraw"),
    path("executions/<int:pk>/report/", reports.report, name="execution-report"),
    path("api/executions/<slug:key>/report/", reports.receive, name="execution-report-hook"),
    path("stops/", stops.stops, name="stops"),
    path("stops/set/", stops.stop, name="stop"),
    path("stops/<int:pk>/lift/", stops.lift, name="stop-lift"),
    path("receiver/", receiver.receiver, name="receiver"),
    path("receiver/hook/", receiver.hook, name="receiver-hook"),
]
