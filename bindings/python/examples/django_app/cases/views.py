"""Taking a case on: an assignment and a case note, in one transaction."""

import json
from datetime import date

import caseload
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from cases.agency import agency, log
from cases.models import CaseNote


# A turn is a transaction of its own: with `ATOMIC_REQUESTS` this view must be outside of one.
@transaction.non_atomic_requests
@csrf_exempt
@require_POST
def take_on(request: HttpRequest) -> JsonResponse:
    """Stores both, or neither."""
    form, key = json.loads(request.body), request.headers["Idempotency-Key"]
    note = CaseNote(participant=form["participant"], text=form["note"], request=key)
    desk = agency().acting_as(request.headers["X-Staff"]).request(key)
    try:
        receipt = (
            log()
            .with_rows(desk, lambda connection: note.save())
            .assign(
                staff=form["staff"],
                participant=form["participant"],
                program=form["program"],
                start=date.fromisoformat(form["start"]),
            )
        )
    except caseload.Refused as refused:
        by_field: dict[str, list[str]] = {}
        for violation in refused.violations:
            for field in violation.fields or ("",):
                by_field.setdefault(field, []).append(violation.text)
        return JsonResponse({"errors": by_field}, status=409)
    except ValidationError as wrong:
        return JsonResponse({"errors": wrong.message_dict}, status=422)
    return JsonResponse({"assignment": receipt.id}, status=201)
