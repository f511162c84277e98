"""One settings file. Everything that differs between machines comes from the environment.

Without `DATABASE_URL` and `REDIS_URL` Parley runs embedded: SQLite and a private Redis in
`PARLEY_VAR`. With them it runs distributed. No other setting selects a mode.
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import quote

import dj_database_url
import django_stubs_ext

from config.environment import (
    env_bool,
    env_int,
    env_list,
    env_mail,
    env_path,
    env_targets,
    private_redis_socket,
    secret_key,
)

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("PARLEY_VAR") or BASE_DIR / "var").resolve()

DEBUG = env_bool("DEBUG", default=False)
SECRET_KEY = secret_key(VAR_DIR)
PORT = env_int("PORT", default=8000)
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
PUBLIC_URL = os.environ.get("PUBLIC_URL", f"http://localhost:{PORT}").rstrip("/")
# Browsers may open sockets and post forms from these exact origins only.
ORIGINS = env_list(
    "ORIGINS", default=[PUBLIC_URL, f"http://localhost:{PORT}", f"http://127.0.0.1:{PORT}"]
)
CSRF_TRUSTED_ORIGINS = ORIGINS
DEMO = env_bool("PARLEY_DEMO", default=False)

INSTALLED_APPS = [
    "daphne",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "csp",
    "django_htmx",
    "heroicons",
    "config",
    "negotiation",
    "approvals",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.middleware.refuse_odd_charsets",
    "config.middleware.keep_nothing_personal",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.middleware.LoginRequired",
    "config.middleware.TheirTimeZone",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "config.middleware.explain_refused_methods",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context_processors.shell",
            ],
            "builtins": ["config.icons"],
        },
    },
]

SQLITE_OPTIONS = {
    # IMMEDIATE takes the write lock at BEGIN: readers never upgrade, so nobody meets "locked".
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
}

DATABASES: dict[str, Any] = {
    "default": dj_database_url.config(
        default=f"sqlite:///{quote(str(VAR_DIR / 'parley.sqlite3'))}",
        # Under ASGI a request's thread ends with it: a kept connection would never be used again.
        conn_max_age=0,
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = SQLITE_OPTIONS

REDIS_URL = os.environ.get("REDIS_URL") or f"unix://{private_redis_socket(VAR_DIR)}"
# Redis pub/sub knows no database numbers: the prefix keeps two installations apart.
CHANNEL_PREFIX = os.environ.get("PARLEY_PREFIX", "parley")

CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_DEFAULT_QUEUE = "upkeep"
CELERY_TASK_ROUTES = {
    "negotiation.tasks.run_negotiation": {"queue": "negotiations"},
    "negotiation.tasks.execute_decision": {"queue": "executions"},
    # Waits for mail servers and other people's webhooks; nothing else may wait for these.
    "approvals.tasks.deliver": {"queue": "notifications"},
}
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Whatever takes this long will not end: its worker is replaced, and the row counts a stall.
CELERY_TASK_TIME_LIMIT = 120
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 2.0
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "global_keyprefix": f"{CHANNEL_PREFIX}.",
    "socket_connect_timeout": 2,
    # Longer than a worker's blocking read of a second; a Redis that hangs must not hang a page.
    "socket_timeout": 5,
}
CELERY_BEAT_SCHEDULE = {
    # A message that nobody picked up in time is dropped: the next sweep sends a fresh one.
    "sweep": {"task": "negotiation.tasks.sweep", "schedule": 2.0, "options": {"expires": 4}},
    "fire-timers": {
        "task": "approvals.tasks.fire_timers",
        "schedule": 5.0,
        "options": {"expires": 10},
    },
    "notify": {"task": "approvals.tasks.notify", "schedule": 2.0, "options": {"expires": 4}},
    "thin-notifications": {
        "task": "approvals.tasks.thin_notifications",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "audit-open-items": {
        "task": "approvals.tasks.audit_open_items",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "sweep-questions": {
        "task": "approvals.tasks.sweep_questions",
        "schedule": 10.0,
        "options": {"expires": 20},
    },
    "check-audit": {
        "task": "negotiation.tasks.check_audit",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "anchor-audit": {
        "task": "negotiation.tasks.anchor_audit",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat")

# Where the end of the audit trail is noted every hour: a place that nobody who can write to the
# database can write to (docs/operations.md, "Audit").
AUDIT_ANCHOR_FILE = env_path("AUDIT_ANCHOR_FILE")

# Where agreements may be sent. A scenario names a target; only the environment knows its
# address and its secret (docs/operations.md, "Webhook targets").
WEBHOOK_TARGETS = env_targets(VAR_DIR, demo_url=f"http://127.0.0.1:{PORT}/receiver/hook/")

# Notifications: mail, and webhooks that people enter themselves, to these hosts only.
mail_server = env_mail()
EMAIL_BACKEND = mail_server["backend"]
EMAIL_HOST, EMAIL_PORT = mail_server["host"], mail_server["port"]
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = mail_server["user"], mail_server["password"]
EMAIL_USE_TLS, EMAIL_USE_SSL = mail_server["starttls"], mail_server["tls"]
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = os.environ.get("MAIL_FROM") or "Parley <parley@localhost>"
NOTIFY_WEBHOOK_HOSTS = env_list("NOTIFY_WEBHOOK_HOSTS", default=[])
NOTIFY_WEBHOOK_PRIVATE = env_bool("NOTIFY_WEBHOOK_PRIVATE", default=False)
# Who sends this may read /metrics without being an admin.
METRICS_TOKEN = os.environ.get("METRICS_TOKEN", "")

AUTHENTICATION_BACKENDS = ["config.backends.Accounts"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "floor"
# The pages of another app that negotiation links to without knowing whose they are.
DECISION_PAGE = "approval"
DECISIONS_PAGE = "approvals"
CHOICE_PAGE = "approval-choose"
LOGOUT_REDIRECT_URL = "login"
CSRF_FAILURE_VIEW = "negotiation.views.errors.csrf_failure"

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

HTTPS = PUBLIC_URL.startswith("https://")
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
# A proxy or load balancer asks for health over plain HTTP.
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

WEBSOCKET_ORIGINS = [origin.replace("http", "ws", 1) for origin in ORIGINS]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'", *WEBSOCKET_ORIGINS],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_100_000

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "filters": {"briefly": {"()": "config.logs.Briefly"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line"},
        "refusals": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["briefly"],
        },
    },
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "WARNING")},
    "loggers": {
        "parley": {"level": os.environ.get("LOG_LEVEL", "INFO")},
        "django.request": {"level": "ERROR"},
        # An unknown host, too many fields: anybody may send that, as often as they like.
        "django.security": {"handlers": ["refusals"], "propagate": False},
    },
}
