"""Django settings: the composition root. What can differ between installations comes from `config.from_env`."""

import os
import sys
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from controltower import embedded
from controltower.config import ConfigError, from_env
from controltower.db import broker_url, database_settings
from controltower.web.csp import CONTENT_SECURITY_POLICY  # noqa: F401  # a setting of django-csp

ROOT = Path(__file__).resolve().parent.parent

try:
    CONFIG = from_env(os.environ, root=ROOT)
except ConfigError as error:
    raise ImproperlyConfigured(str(error)) from None

HOME = CONFIG.home
_packaged = embedded.addresses(HOME)

SECRET_KEY = CONFIG.secrets.secret_key
FIELD_KEYS = CONFIG.secrets.field_keys
AUDIT_KEY = CONFIG.secrets.audit_key
DEBUG = False
PRODUCTION = CONFIG.production
BASE_URL = CONFIG.base_url
ALLOWED_HOSTS = list(CONFIG.allowed_hosts) or ["127.0.0.1", "localhost", "[::1]", "testserver"]
CSRF_TRUSTED_ORIGINS = [BASE_URL] if PRODUCTION else []

# --- apps: strings only; the order is that of the layers, bottom first -------------------------------------------

PLATFORM_APPS = [
    "controltower.web",
    "controltower.audit",
    "controltower.tenancy",
    "controltower.jobs",
    "controltower.ops",
]
DOMAIN_APPS = [
    "documents",
    "exceptions.parties",
    "exceptions.shipments",
    "exceptions.sla",
    "exceptions.cases",
    "exceptions.contracts",
    "exceptions.notices",
    "exceptions.intake",
    "exceptions.reconciliation",
    "exceptions.demo",
]
AGENT_APPS = ["agents.gateway", "agents.policy", "agents.proposals", "agents.skills"] if CONFIG.agents else []

INSTALLED_APPS = [
    *PLATFORM_APPS,
    *DOMAIN_APPS,
    *AGENT_APPS,
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "guardian",
    "rest_framework",
    "drf_spectacular",
    "django_htmx",
    "csp",
]

MIDDLEWARE = [
    "controltower.ops.middleware.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "controltower.web.middleware.WebMiddleware",
    "controltower.tenancy.middleware.TenantMiddleware",  # last: it calls the view
]

ROOT_URLCONF = "controltower.urls"
WSGI_APPLICATION = "controltower.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "controltower.web.context.interface",
            ],
        },
    }
]
FORM_RENDERER = "controltower.web.widgets.FormRenderer"

# --- PostgreSQL: web and workers are the runtime role; migrations log in as the owner ------------------------------

DATABASE_URL = CONFIG.database_url or _packaged.database_url
DATABASE_OWNER_URL = CONFIG.owner_url or _packaged.owner_url
REDIS_URL = CONFIG.redis_url or _packaged.redis_url
try:
    DATABASES = {"default": {**database_settings(DATABASE_URL), "CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}}
    database_settings(DATABASE_OWNER_URL)
except ValueError as error:
    raise ImproperlyConfigured(f"DATABASE_URL or DATABASE_OWNER_URL is not usable: {error}.") from None
DATABASE_RUNTIME_ROLE = DATABASES["default"]["USER"]
DATABASE_AUDIT_ROLE = "tower_audit"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Redis: doorbells, sessions' fast copy, counters. Everything goes on without it, more slowly -------------------

CACHES = {
    "default": {
        "BACKEND": "controltower.web.cache.ForgivingRedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "tower",
        "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 1.0},
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_NAME = "tower_session" if PRODUCTION else f"tower_session_{CONFIG.port}"
CSRF_COOKIE_NAME = "tower_csrf" if PRODUCTION else f"tower_csrf_{CONFIG.port}"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "controltower.web.views.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

CELERY_BROKER_URL = broker_url(REDIS_URL)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    "socket_connect_timeout": 0.5,
    "socket_timeout": 5.0,
    "global_keyprefix": "tower:",
}
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = CELERY_RESULT_SERIALIZER = CELERY_EVENT_SERIALIZER = "json"
CELERY_TASK_ACKS_LATE = CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 10.0
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_SOFT_TIME_LIMIT, CELERY_TASK_TIME_LIMIT = 120, 150
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

# --- identity ------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "tenancy.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    "guardian.backends.ObjectPermissionBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
ANONYMOUS_USER_NAME = None  # guardian: nobody is granted anything without login
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "controltower.tenancy.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # members are added by an administrator
ACCOUNT_MAX_EMAIL_ADDRESSES = 1  # nobody gives themselves the address of a person whom another organisation will add
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Control Tower"
ADMIN_PREFIX = "/admin/"

# --- the API ---------------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["controltower.tenancy.authentication.ViewerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "controltower.web.problems.exception_handler",
}
SPECTACULAR_SETTINGS = {"TITLE": "Control Tower", "VERSION": "1", "SERVE_INCLUDE_SCHEMA": False}

# --- files, mail, model -----------------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
if "pytest" in sys.modules:  # tests serve the sources; the manifest belongs to an installation
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True
DOCUMENT_ROOT = HOME / "documents"
CHECKPOINT_DIR = HOME / "checkpoints"
MAILBOX_DIR = HOME / "mailbox" if CONFIG.mailbox else None
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST, EMAIL_PORT = CONFIG.mail.host or "127.0.0.1", CONFIG.mail.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD, EMAIL_USE_TLS = CONFIG.mail.user, CONFIG.mail.password, CONFIG.mail.use_tls
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = CONFIG.mail.sender or "Control Tower <tower@localhost>"

OPENAI_BASE_URL, OPENAI_API_KEY, TOWER_MODEL = CONFIG.model.base_url, CONFIG.model.api_key, CONFIG.model.name
TOWER_MODEL_OPTIONS = dict(CONFIG.model.options)

# --- the browser ------------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
if PRODUCTION:
    SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]  # asked by machines inside, without TLS
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True

METRICS_TOKEN = CONFIG.metrics_token
LOGGING_CONFIG = "controltower.ops.logs.configure"
LOGGING = {
    "level": os.environ.get("TOWER_LOG_LEVEL", "INFO"),
    "file": os.environ.get("TOWER_LOG_FILE", ""),
    "json": PRODUCTION,
}
