"""HTTP goes to Django; websockets pass the origin check, then the routes."""

import os

from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import OriginValidator
from channels.sessions import CookieMiddleware
from django.conf import settings
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
http = get_asgi_application()

from config import frames, haste  # noqa: E402  (daphne, once the app registry is loaded)
from config.sockets import websocket_urlpatterns  # noqa: E402

frames.install()
haste.prepare()

application = ProtocolTypeRouter(
    {
        "http": http,
        # AllowedHostsOriginValidator would let other ports and schemes of the host in.
        "websocket": OriginValidator(
            CookieMiddleware(URLRouter(websocket_urlpatterns)), settings.ORIGINS
        ),
    }
)
