"""The web examples and the guide, with real requests."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import caseload
import pytest
from conftest import begin
from fastapi.testclient import TestClient

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "examples"


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    path = tmp_path / "agency.db"
    with caseload.open(path, zone="America/Chicago") as agency:
        begin(agency.acting_as("root"))
        agency.acting_as("root").grant(staff="maria", rights=["others"])
    monkeypatch.setenv("CASELOAD_FILE", str(path))
    with TestClient(_loaded("fastapi_app").app, headers={"X-Staff": "maria"}) as client:
        yield client


def _loaded(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / name / "app.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def test_a_transfer_over_http(client: TestClient) -> None:
    assert [row["participant"] for row in client.get("/my-caseload").json()] == ["P-1023"]
    early = {"to_staff": "sam", "date": "2024-02-01"}
    reviewed = client.post("/assignments/a1/transfer/review", json=early)
    assert reviewed.status_code == 200 and not reviewed.json()["ok"]
    key = {"Idempotency-Key": "form-1"}
    refused = client.post("/assignments/a1/transfer", json=early, headers=key)
    assert refused.status_code == 409
    assert refused.json()["violations"] == reviewed.json()["violations"]
    assert refused.json()["violations"][0]["fields"] == ["date"]

    form = {"to_staff": "sam", "date": "2024-06-01"}
    with ThreadPoolExecutor(6) as threads:
        sent = list(
            threads.map(lambda _: client.post("/assignments/a1/transfer", json=form, headers=key), range(6))
        )
    assert {answer.status_code for answer in sent} == {201}
    assert len({answer.text for answer in sent}) == 1
    assert client.get("/my-caseload").json() == []
    other = client.post("/assignments/a1/transfer", json={**form, "to_staff": "maria"}, headers=key)
    assert (other.status_code, other.json()["violations"][0]["code"]) == (422, "request-reused")
    assert client.post("/assignments/a1/transfer", json={"to_staff": "sam"}, headers=key).status_code == 422


@pytest.fixture(scope="module")
def django(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Django can be set up once in a process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_FILE", str(tmp_path_factory.mktemp("django") / "host.db"))
        patch.setenv("DJANGO_SETTINGS_MODULE", "settings")
        patch.syspath_prepend(str(EXAMPLES / "django_app"))
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        cases = importlib.import_module("cases.agency")
        desk = cases.agency().acting_as("root", on=date(2024, 6, 15))
        begin(desk)
        desk.grant(staff="maria", rights=["others"])
        yield cases


def _take_on(key: str, **changed: str) -> Any:
    from django.test import Client

    form = {"participant": "P-1023", "staff": "sam", "program": "housing", "start": "2024-06-01"}
    body = json.dumps({**form, "note": "moved in", **changed})
    headers = {"Idempotency-Key": key, "X-Staff": "maria"}
    return Client().post("/take-on", body, content_type="application/json", headers=headers)


def test_a_case_note_and_an_assignment_in_django(django: Any) -> None:
    models = importlib.import_module("cases.models")
    before = django.agency().snapshot().position

    def stored() -> tuple[int, int]:
        return models.CaseNote.objects.count(), django.agency().snapshot().position - before

    # Refused by the rules, and by the host: neither is stored.
    refused = _take_on("form-1", start="2024-02-01")
    assert (refused.status_code, list(refused.json()["errors"])) == (409, ["start"])
    empty = _take_on("form-1", note=" ")
    assert (empty.status_code, list(empty.json()["errors"])) == (422, ["text"])
    assert stored() == (0, 0)
    # Sent several times at once: both are stored, once.
    with ThreadPoolExecutor(4) as threads:
        sent = list(threads.map(lambda _: _take_on("form-1"), range(4)))
    assert {answer.status_code for answer in sent} == {201}
    assert len({answer.content for answer in sent}) == 1
    assert stored() == (1, 1)
    django.agency().verify()


def test_django_s_own_decisions_are_kept(django: Any) -> None:
    from django.db import IntegrityError, transaction

    models = importlib.import_module("cases.models")
    desk = django.agency().acting_as("root", on=date(2024, 6, 15))
    position = django.agency().snapshot().position
    notes = models.CaseNote.objects.count()
    models.CaseNote.objects.create(participant="P-1023", text="hello", request="taken")

    def swallowing(connection: Any) -> None:
        with suppress(IntegrityError):
            models.CaseNote(participant="P-1023", text="again", request="taken").save()

    # Django would roll the whole transaction back without a word.
    with pytest.raises(RuntimeError, match="breaks it"):
        django.log().with_rows(desk, swallowing).register_staff(id="ada")
    # A block that could still be rolled back after the receipt.
    with pytest.raises(caseload.Backend) as caught, transaction.atomic():
        desk.register_staff(id="ada")
    assert isinstance(caught.value.__cause__, RuntimeError)
    assert django.agency().snapshot().position == position
    assert models.CaseNote.objects.count() == notes + 1
    heard: list[str] = []

    def hearing(connection: Any) -> None:
        transaction.on_commit(lambda: heard.append("committed"))

    django.log().with_rows(desk, hearing).register_staff(id="ada")
    assert heard == ["committed"]


def test_the_code_of_the_guide_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    guide = (ROOT / "docs" / "web.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```", guide, re.DOTALL | re.MULTILINE)
    assert len(blocks) >= 6
    said: dict[str, Any] = {}
    for block in blocks:
        exec(compile(block, "web.md", "exec"), said)
