"""Caseloads over HTTP: run it with `fastapi dev app.py`, or `uvicorn app:app --workers 2`.

Its endpoints are plain functions, which FastAPI runs in threads: a command waits for the disk.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from typing import Annotated

import caseload
from fastapi import Depends, FastAPI, Header, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel


@asynccontextmanager
async def opened(app: FastAPI) -> AsyncIterator[None]:
    """Opens the agency once for each worker process, after it was forked."""
    with caseload.open(os.environ["CASELOAD_FILE"], zone="America/Chicago") as agency:
        app.state.agency = agency
        yield


app = FastAPI(title="Caseloads", lifespan=opened)


def desk(request: Request, x_staff: Annotated[str, Header()]) -> caseload.Desk:
    """The desk of who asks. A product takes them from its own session, not from a header."""
    agency: caseload.Agency = request.app.state.agency
    return agency.acting_as(x_staff)


Desk = Annotated[caseload.Desk, Depends(desk)]


class Transfer(BaseModel):
    """A hand-over, as the form gives it."""

    to_staff: str
    date: date
    reason: str | None = None


@app.get("/my-caseload")
def my_caseload(desk: Desk) -> list[dict[str, str]]:
    """Who is on the caseload of who asks, today."""
    agency = desk.agency
    today = agency.today()
    return agency.caseload(desk.actor, as_of=today, actor=desk.actor).to_dicts()


@app.post("/assignments/{id}/transfer/review")
def review_transfer(id: str, form: Transfer, desk: Desk) -> dict[str, object]:
    """What the rules say of a form that is being filled in; nothing is stored."""
    verdict = desk.review.transfer(id=id, **form.model_dump())
    return {"ok": verdict.ok, "violations": [shown(violation) for violation in verdict.violations]}


@app.post("/assignments/{id}/transfer", status_code=201)
def transfer(
    id: str, form: Transfer, desk: Desk, idempotency_key: Annotated[str, Header()]
) -> dict[str, object]:
    """Hands a participant over; the same key again gets the same answer."""
    receipt = desk.request(idempotency_key).transfer(id=id, **form.model_dump())
    return {"assignment": receipt.id, "position": receipt.position}


@app.exception_handler(caseload.Refused)
@app.exception_handler(caseload.InputError)
def refused(request: Request, error: caseload.Refused | caseload.InputError) -> JSONResponse:
    """409 where the rules refused it, 422 where it could not be read."""
    status = 409 if isinstance(error, caseload.Refused) else 422
    return JSONResponse({"violations": [shown(violation) for violation in error.violations]}, status)


@app.exception_handler(caseload.StoreError)
def not_now(request: Request, error: caseload.StoreError) -> JSONResponse:
    """503 where trying again helps, with the same key; 500 otherwise."""
    passes = isinstance(error, (caseload.Locked, caseload.Unavailable, caseload.UnknownOutcome))
    return JSONResponse({"code": error.code}, 503 if passes else 500)


def shown(violation: caseload.Violation) -> dict[str, object]:
    """A violation for the form: which fields to mark, what to say, and what would pass."""
    nearest = violation.nearest
    return {
        "code": violation.code,
        "fields": violation.fields,
        "text": violation.text,
        "nearest": nearest and {"field": nearest.field, "day": nearest.day.isoformat()},
    }
