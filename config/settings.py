"""One settings file, read from the environment: it starts with DEBUG=1 alone, and refuses to start unsafely."""

from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEBUG = env.bool("DEBUG", default=False)
# For a site served over plain HTTP on an office network: cookies and redirects do not ask for TLS.
INSECURE_HTTP = env.bool("INSECURE_HTTP", default=DEBUG)
SECRET_KEY = env("SECRET_KEY", default="")
if not SECRET_KEY:
    if not DEBUG:
        raise ImproperlyConfigured("Set SECRET_KEY: it is required when DEBUG is off.")
    SECRET_KEY = "development-only"  # noqa: S105  (unreachable unless DEBUG)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "campaigns",
    "records",
    "config.admin.RegisterAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_tasks",
    "django_tasks_db",
    "simple_history",
]
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
MIDDLEWARE = [
    *(["config.middleware.ProxyMiddleware"] if BEHIND_PROXY else []),
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.middleware.HeadersMiddleware",
    "config.middleware.PreferenceMiddleware",
    # Outside whatever may set a cookie, so that it sees every cookie.
    "config.pages.PublicPagesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "config.middleware.SignInMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "config.middleware.SessionLimitMiddleware",
    "config.middleware.SecondFactorMiddleware",
    "config.middleware.SendOnlyMiddleware",
    "config.middleware.HistoryMiddleware",
    "config.middleware.PatienceMiddleware",
]
ROOT_URLCONF = "config.urls"
# Form widgets may have templates of ours.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.site",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.l10n",
                "django.templatetags.static",
                "records.templatetags.marks",
                "records.templatetags.staff_parts",
            ],
        },
    }
]

DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'db.sqlite3'}")}
# A streaming replica, for public pages and long exports while it is as new as they need.
if REPLICA_URL := env("DATABASE_REPLICA_URL", default=""):
    DATABASES["replica"] = env.db_url_config(REPLICA_URL) | {"TEST": {"MIRROR": "default"}}
    DATABASE_ROUTERS = ["records.replica.Router"]
    if not all(database["ENGINE"].endswith("postgresql") for database in DATABASES.values()):
        raise ImproperlyConfigured("DATABASE_REPLICA_URL is for PostgreSQL: its server and DATABASE_URL's.")
# By itself PostgreSQL takes disks to have an arm, and reads all members rather than look up 2,000 of 100,000.
POSTGRESQL_OPTIONS = "-c random_page_cost=1.1"
# For the processes that answer pages; a worker's statements take what they take.
if most := env.int("STATEMENT_TIMEOUT_MS", default=0):
    POSTGRESQL_OPTIONS += f" -c statement_timeout={most}"
# Less than that: who waits for a record that somebody has in hand is told so, not that the question was too large.
if most := env.int("LOCK_TIMEOUT_MS", default=0):
    POSTGRESQL_OPTIONS += f" -c lock_timeout={most}"
for database in DATABASES.values():
    database["CONN_MAX_AGE"] = 600
    if database["ENGINE"].endswith("postgresql"):
        # After a fail-over a kept connection leads nowhere: it is tried before it is used.
        database["CONN_HEALTH_CHECKS"] = True
        # A machine that is gone says nothing: seconds to wait for it, and of silence before it is asked whether it is
        # there; milliseconds for what was sent to it.
        patience = {"connect_timeout": 3, "keepalives_idle": 5, "keepalives_interval": 2, "tcp_user_timeout": 5000}
        database["OPTIONS"] = patience | {"options": POSTGRESQL_OPTIONS} | database.get("OPTIONS", {})
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # IMMEDIATE: a writer waits its turn at BEGIN; a deferred one fails as "locked" when it turns to write.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536;",
    }
# SQLite leaves the numbers out of an index that PostgreSQL has with them; both answer the same.
SILENCED_SYSTEM_CHECKS = ["models.W040"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Long work waits in a table until `manage.py db_worker` takes it up.
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}
# Sign-in limits count in the cache, so every process must share it.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        # At the default of 300 a guesser who invents user names would push real lock-outs out of the table.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# Finished public pages that each process keeps in memory; none while templates are being written.
KEEP_PAGES_MB = env.int("KEEP_PAGES_MB", default=0 if DEBUG else 32)

AUTH_USER_MODEL = "records.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "records.passwords.OwnWordsValidator"},
]
# A link to choose a password is made by a manager and carried by hand: it holds until the next working day.
PASSWORD_RESET_TIMEOUT = 24 * 60 * 60
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "campaigns:staff_home"
ACCOUNT_ADAPTER = "records.sign_in.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "campaigns:home"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_SESSION_REMEMBER = False
# Wrong passwords or codes: ten a minute from one address, five for one account in as many minutes as its lock lasts.
LOCK_MINUTES = 15
ACCOUNT_RATE_LIMITS = {
    "login_failed": f"10/m/ip,5/{LOCK_MINUTES}m/key",
    # Through a unit's link; a whole branch may sit behind one address.
    "self_registration": "60/10m/ip,300/h/key",
}
MFA_ADAPTER = "records.sign_in.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "records.sign_in.CodeForm",
    "reauthenticate": "records.sign_in.CodeAgainForm",
    "activate_totp": "records.sign_in.FirstCodeForm",
}
MFA_RECOVERY_CODES_SHOW_ONCE = True
# Accounts are given by hand, so an address that nobody confirmed says nothing against their owner.
MFA_ALLOW_UNVERIFIED_EMAIL = True
# A session ends after so long without a request, and in any case twelve hours after signing in.
IDLE_SECONDS = env.int("IDLE_SECONDS", default=30 * 60)
SESSION_COOKIE_AGE = 12 * 60 * 60
# An office network may have no mail: nothing is sent until EMAIL_URL says how, and pages do not promise it.
EMAIL_URL = env("EMAIL_URL", default="dummymail://")
vars().update(env.email_url_config(EMAIL_URL))

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
# Ours, and what Django and the libraries leave untranslated.
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale" / "libraries"]
# Whether what one person takes in from a spreadsheet is written only when a second one approves.
IMPORTS_NEED_APPROVAL = env.bool("IMPORTS_NEED_APPROVAL", default=False)
# Where the kinds of list that the register takes in and gives out are declared.
SHEET_KINDS = ["records.sheet_kinds", "campaigns.sheet_kinds"]
EXPORT_LISTS = ["records.export_lists", "campaigns.export_lists"]
FORMAT_MODULE_PATH = ["config.formats"]
USE_THOUSAND_SEPARATOR = True
TIME_ZONE = "Asia/Ho_Chi_Minh"

STATIC_URL = "/static/"
STATIC_ROOT = env.path("STATIC_ROOT", default=BASE_DIR / "staticfiles")
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = env.path("MEDIA_ROOT", default=BASE_DIR / "media")
MEDIA_URL = "/media/"
# A decision's page sends nineteen fields for each of up to a hundred awards.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 6000
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
CSRF_COOKIE_HTTPONLY = True
if not INSECURE_HTTP:
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 2 * 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    if BEHIND_PROXY:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# The body whose register this is, as printed at the head and foot of every page.
SITE = {
    "name": "Vinh Danh",
    "owner_parent": env("SITE_OWNER_PARENT", default="Tỉnh ủy Bà Rịa – Vũng Tàu"),
    "owner": env("SITE_OWNER", default="Ban Tổ chức"),
    "address": env("SITE_ADDRESS", default=""),
    "phone": env("SITE_PHONE", default=""),
    "sample": env.bool("SITE_SAMPLE", default=False),
    "mail": EMAIL_URL != "dummymail://",
    "idle_seconds": IDLE_SECONDS,
}
# Approvers, managers and superusers sign in with a second factor. The sample is for trying the site without a phone.
REQUIRE_SECOND_FACTOR = env.bool("REQUIRE_SECOND_FACTOR", default=not SITE["sample"])

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s", "datefmt": "%Y-%m-%dT%H:%M:%S%z"}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
}
