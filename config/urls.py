from django.contrib import admin
from django.contrib.auth import views as auth
from django.urls import include, path

from approvals.views import delegations, overviews
from config.health import healthz
from config.metrics import metrics
from config.palette import palette
from config.styleguide import styleguide

urlpatterns = [
    path("", include("negotiation.urls")),
    path("approvals/", include("approvals.urls")),
    path("delegations/", delegations.overview, name="delegations"),
    path("delegations/give/", delegations.give, name="delegation-give"),
    path("delegations/<row:pk>/revoke/", delegations.revoke, name="delegation-revoke"),
    path("overview/", overviews.overview_page, name="overview"),
    path("overview/figures.json", overviews.as_json, name="overview-json"),
    path("overview/figures.csv", overviews.as_csv, name="overview-csv"),
    path("login/", auth.LoginView.as_view(redirect_authenticated_user=True), name="login"),
    path("logout/", auth.LogoutView.as_view(), name="logout"),
    path("notifications/", include("approvals.notification_urls")),
    path("palette/", palette, name="palette"),
    path("styleguide/", styleguide, name="styleguide"),
    path("healthz", healthz, name="healthz"),
    path("metrics", metrics, name="metrics"),
    path("admin/", admin.site.urls),
]

handler400 = "negotiation.views.errors.bad_request"
handler403 = "negotiation.views.errors.forbidden"
handler404 = "negotiation.views.errors.not_found"
handler500 = "negotiation.views.errors.broken"
