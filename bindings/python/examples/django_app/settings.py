"""The least that a Django project needs."""

import os

SECRET_KEY = "only for the example"
INSTALLED_APPS = ["cases"]
ROOT_URLCONF = "cases.urls"
ALLOWED_HOSTS = ["testserver", "localhost"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "America/Chicago"
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ["DJANGO_FILE"],
        "OPTIONS": {"timeout": 20, "init_command": "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL"},
    }
}
