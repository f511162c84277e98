from django.urls import path, re_path

from negotiation.consumers import DoorbellConsumer, TranscriptConsumer, UnknownConsumer

websocket_urlpatterns = [
    path("ws/negotiations/<int:pk>/", TranscriptConsumer.as_asgi()),
    path("ws/doorbell/", DoorbellConsumer.as_asgi()),
    re_path("", UnknownConsumer.as_asgi()),
]
