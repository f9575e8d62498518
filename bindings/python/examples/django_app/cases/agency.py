"""The agency in Django's own database, opened once for each process."""

from functools import cache

import caseload
from caseload import dbapi
from django.conf import settings


@cache
def log() -> dbapi.Log:
    """The log, whose turns are transactions of Django's."""
    return dbapi.Log.django("default")


@cache
def agency() -> caseload.Agency:
    """The agency: opened at the first request, which is after the server forked its workers."""
    return caseload.open(log(), zone=settings.TIME_ZONE)
