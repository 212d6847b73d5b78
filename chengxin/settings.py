"""Settings: each is read from the environment, has a default that is safe on one machine, and is listed in docs/operate/settings.md."""

from __future__ import annotations

import secrets
from datetime import timedelta
from pathlib import Path

from environs import Env

env = Env()

BASE_DIR = Path(__file__).resolve().parent
DATA_DIR = Path(env.str("CHENGXIN_DATA", str(Path.cwd() / "data"))).resolve()
DEMO = env.bool("CHENGXIN_DEMO", False)
DEBUG = env.bool("CHENGXIN_DEBUG", False)
CITY_DIVISION = env.str("CHENGXIN_CITY", "230400")
ALLOWED_HOSTS = env.list("CHENGXIN_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
PUBLIC_ORIGIN = env.str("CHENGXIN_ORIGIN", "http://localhost:8000")
HTTPS = PUBLIC_ORIGIN.startswith("https://")
# Addresses or networks of the TLS proxy in front, whose X-Forwarded-For and -Proto are believed; anybody else's are dropped (web.edge).
PROXIES: list[str] = env.list("CHENGXIN_PROXIES", ["127.0.0.1", "::1"] if HTTPS else [])


def kept_secret(name: str) -> str:
    """A secret from the environment, else one made once and kept in the data directory with mode 600."""
    given: str = env.str(f"CHENGXIN_{name.upper()}", "")
    if given:
        return given
    path = DATA_DIR / "keys" / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_name(f"{name}.{secrets.token_hex(4)}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48))
        try:
            path.hardlink_to(draft)  # the first of several processes wins; nobody overwrites a key
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()


SECRET_KEY = kept_secret("secret_key")


def kept_list(name: str) -> list[str]:
    """Lines of a file in the key folder, newest first: what was in force before. Written by `chengxin keys rotate`."""
    path = DATA_DIR / "keys" / name
    return [line for line in path.read_text().split() if line][::-1] if path.exists() else []


# Sessions and one-time links signed before the last rotation stay good until they expire.
SECRET_KEY_FALLBACKS = kept_list("secret_key_fallbacks")

# The order of the road, top to bottom; .importlinter holds the same order and is exhaustive.
INSTALLED_APPS = [
    "chengxin.web",
    "chengxin.keeping",
    "chengxin.persons",
    "chengxin.notices",
    "chengxin.coordination",
    "chengxin.publicity",
    "chengxin.campaigns",
    "chengxin.cases",
    "chengxin.inspection",
    "chengxin.platforms",
    "chengxin.products",
    "chengxin.exchange",
    "chengxin.lists",
    "chengxin.supervision",
    "chengxin.insiders",
    "chengxin.detection",
    "chengxin.rules",
    "chengxin.marks",
    "chengxin.commitments",
    "chengxin.compensation",
    "chengxin.delivery",
    "chengxin.consumers",
    "chengxin.consumers.triage",
    "chengxin.consumers.exchange",
    "chengxin.payments",
    "chengxin.evaluation",
    "chengxin.traceability",
    "chengxin.records",
    "chengxin.facts",
    "chengxin.subjects",
    "chengxin.evidence",
    "chengxin.documents",
    "chengxin.accounts",
    "chengxin.audit",
    "chengxin.jobs",
    "chengxin.workflow",
    "chengxin.law",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "oauth2_provider",
]

MIDDLEWARE = [
    "chengxin.web.edge.ProxyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "chengxin.web.middleware.SessionMiddleware",
    "chengxin.web.middleware.LanguageMiddleware",
    "chengxin.web.edge.AnswerMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
    "chengxin.web.middleware.ErrorPageMiddleware",
    "chengxin.accounts.middleware.IdleMiddleware",
    "chengxin.accounts.middleware.AccessMiddleware",
]

ROOT_URLCONF = "chengxin.urls"
WSGI_APPLICATION = "chengxin.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "chengxin.web.context.shell",
            ]
        },
    }
]

DATABASES = {"default": env.dj_db_url("DATABASE_URL", f"sqlite:///{DATA_DIR / 'chengxin.sqlite3'}", conn_max_age=600)}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # FULL: with NORMAL a power cut loses acknowledged rows. IMMEDIATE: a writer waits at BEGIN instead of failing half-way.
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 30,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA busy_timeout=30000;",
    }

LAKE_DIR = DATA_DIR / "lake"
FILES_DIR = DATA_DIR / "files"
EXCHANGE_DIR = Path(env.str("CHENGXIN_EXCHANGE", str(DATA_DIR / "exchange"))).resolve()  # folders shared with the upper platform
KEYS_DIR = DATA_DIR / "keys"


def path_or_none(given: str) -> Path | None:
    """An absolute path; None for an empty text."""
    return Path(given).resolve() if given else None


# Where the scheduled backup goes; nothing is scheduled while it is empty. The keys' part is opened by the passphrase in the file.
BACKUP: str = env.str("CHENGXIN_BACKUP", "")
BACKUP_KEEP = env.int("CHENGXIN_BACKUP_KEEP", 14)
BACKUP_PASSPHRASE_FILE = path_or_none(env.str("CHENGXIN_BACKUP_PASSPHRASE_FILE", ""))
BACKUP_KEYS = path_or_none(env.str("CHENGXIN_BACKUP_KEYS", ""))
# Who shows it may read /metrics; without one only this machine may.
METRICS_TOKEN: str = env.str("CHENGXIN_METRICS_TOKEN", "")
# Whether a web capture may reach private addresses: for tests, never on a server.
CAPTURE_PRIVATE = env.bool("CHENGXIN_CAPTURE_PRIVATE", False)

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "chengxin.accounts.passwords.ExpectedWords"},
    {"NAME": "chengxin.accounts.passwords.Breached"},
]
OAUTH2_PROVIDER_APPLICATION_MODEL = "oauth2_provider.Application"
OAUTH2_PROVIDER = {
    "SCOPES_BACKEND_CLASS": "chengxin.accounts.scopes.ClientScopes",
    "ACCESS_TOKEN_EXPIRE_SECONDS": 3600,
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,  # only the checksum of a token is kept
    # Only machines with their own secret get tokens here; the rest of RFC 9700 is switched on so that nobody opens it by accident.
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "COMPLIANT_BCP_RFC9700_REFRESH_TOKEN": True,
    "COMPLIANT_BCP_RFC9700_REDIRECT_URI_SCHEME": True,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
}

# People: signing up is by invitation only, e-mail addresses are encrypted in our own column, so allauth keeps none.
ACCOUNT_ADAPTER = "chengxin.accounts.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "chengxin.accounts.forms.LoginForm",
    "change_password": "chengxin.accounts.forms.ChangePasswordForm",
    "reauthenticate": "chengxin.accounts.forms.ReauthenticateForm",
}
MFA_FORMS = {
    "authenticate": "chengxin.accounts.forms.CodeForm",
    "reauthenticate": "chengxin.accounts.forms.CodeAgainForm",
    "activate_totp": "chengxin.accounts.forms.EnrolForm",
}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
MFA_ADAPTER = "chengxin.accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Chengxin"
# Officials and administrators enrol a second factor before they see a page; a demo waives it and says so on every page it greets with.
SECOND_FACTOR = env.bool("CHENGXIN_SECOND_FACTOR", not DEMO)
# Rate class of a platform's client → (requests a second, requests at once). A request may carry 250,000 rows.
CLIENT_RATES = {"small": (2, 20), "normal": (20, 200), "large": (200, 2_000)}
# Forms that nobody signed in may send: route → (forms a second, forms at once) of one address; "" is every other route.
VISITOR_RATES = {"": (1 / 15, 20), "web:language": (1, 60), "delivery:track": (1 / 3, 60), "api:check_mark": (2, 60)}
VISITOR_REFUSAL = "chengxin.web.errors.too_many"
SESSION_IDLE_SECONDS = env.int("CHENGXIN_IDLE_SECONDS", 1800)
SESSION_LONGEST_SECONDS = 12 * 3600  # a session in use ends too; one long working day
USERSESSIONS_TRACK_ACTIVITY = False  # a write at each request for nothing: our own middleware knows when a session was used
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "login"
AXES_USERNAME_CALLABLE = "chengxin.accounts.sign_ins.attempted_name"
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True  # the Merkle log keeps sign-ins
AXES_LOCKOUT_TEMPLATE = "account/locked.html"
AXES_SENSITIVE_PARAMETERS = ["login", "username", "ip_address"]
AXES_VERBOSE = False
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/home/"

# Mail is off until a server is named. Nothing but notices goes out by it.
EMAIL_HOST = env.str("CHENGXIN_MAIL_HOST", "")
EMAIL_PORT = env.int("CHENGXIN_MAIL_PORT", 587)
EMAIL_HOST_USER = env.str("CHENGXIN_MAIL_USER", "")
EMAIL_HOST_PASSWORD = env.str("CHENGXIN_MAIL_PASSWORD", "")
EMAIL_USE_TLS = env.bool("CHENGXIN_MAIL_TLS", True)
EMAIL_TIMEOUT = 30
DEFAULT_FROM_EMAIL = env.str("CHENGXIN_MAIL_FROM", "chengxin@localhost")

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "web" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
WHITENOISE_USE_FINDERS = True

# One page where every event meets its handlers; named here because the rooms that emit may not import it.
CHENGXIN_ROAD = "chengxin.road.ROAD"
CHENGXIN_QUICK = "chengxin.road.QUICK"
CHENGXIN_ACCESS = "chengxin.accounts.access"  # the door that pages of the rooms below accounts ask

# The Merkle log: its name in every signed head, the hash of new leaves (sha-256 or sm3), public keys (hex) that signed earlier heads.
LOG_ORIGIN = env.str("CHENGXIN_LOG_ORIGIN", f"chengxin/{CITY_DIVISION}")
LOG_HASH = env.str("CHENGXIN_LOG_HASH", "sha-256")
LOG_OLD_KEYS: list[str] = env.list("CHENGXIN_LOG_OLD_KEYS", [])
# What signs new trusted marks: EdDSA (Ed25519), or SM2 where national cryptography is required.
MARK_ALGORITHM = env.str("CHENGXIN_MARK_ALGORITHM", "EdDSA")

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS
# Machines that speak in clear are refused, not led on (web.edge); the others are asked on the inner side of the proxy.
SECURE_REDIRECT_EXEMPT = [r"^api/", r"^oauth/", r"^health/$", r"^metrics$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SECURE, LANGUAGE_COOKIE_SAMESITE = HTTPS, "Lax"
# A browser takes a cookie of this prefix only over TLS, for this very host, for all paths: no neighbour can plant one.
COOKIE_PREFIX = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid", f"{COOKIE_PREFIX}csrftoken"
LANGUAGE_COOKIE_NAME = f"{COOKIE_PREFIX}django_language"
MESSAGE_STORAGE = "chengxin.web.notices.Notices"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 8 * 3600
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "chengxin.web.errors.form_expired"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024 * 1024

# One JSON object a line to stderr, for whatever collects it: docs/operate/security.md says what is in it.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "chengxin.web.logs.JsonLine"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "chengxin.access": {"level": "INFO"},
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
    },
}
