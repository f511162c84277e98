from django.urls import path

from negotiation.views import floor, negotiations, receiver, reports, scenarios, stops

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
    path("executions/<int:pk>/report/", reports.report, name="execution-report"),
    path("api/executions/<slug:key>/report/", reports.receive, name="execution-report-hook"),
    path("stops/", stops.stops, name="stops"),
    path("stops/set/", stops.stop, name="stop"),
    path("stops/<int:pk>/lift/", stops.lift, name="stop-lift"),
    path("receiver/", receiver.receiver, name="receiver"),
    path("receiver/hook/", receiver.hook, name="receiver-hook"),
]
