from django.urls import path

from approvals.views import notifications

urlpatterns = [
    path("", notifications.inbox, name="notifications"),
    path("bell/", notifications.bell, name="notification-bell"),
    path("seen/", notifications.mark_seen, name="notifications-seen"),
    path("settings/", notifications.choices, name="notification-settings"),
]
