from django.urls import path

from negotiation.consumers import DoorbellConsumer, TranscriptConsumer

websocket_urlpatterns = [
    path("ws/negotiations/<int:pk>/", TranscriptConsumer.as_asgi()),
    path("ws/doorbell/", DoorbellConsumer.as_asgi()),
]
