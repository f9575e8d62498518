"""The scenario files and random commands, answered through the package as the library answers them."""

from __future__ import annotations

import io
import json
import os
import re
import sys
from pathlib import Path

import caseload
import pytest
from caseload import replay
from caseload.conformance import Auditor, CoreReplay, Generator, differences
from caseload.replay import Replay
from words import SCENARIOS

#: Ids that were made differ from run to run.
_MADE = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
_FILES = sorted(SCENARIOS.glob("*.jsonl"))


@pytest.mark.parametrize("path", _FILES, ids=lambda path: path.stem)
def test_scenarios_are_answered_byte_for_byte_as_by_the_library(path: Path) -> None:
    ours, core = Replay(caseload.open(":memory:")), CoreReplay()
    answered = 0
    for text in path.read_text(encoding="utf-8").splitlines():
        if text.startswith('{"reset"'):
            lines = len(ours._positions)
            ours, core = Replay(caseload.open(":memory:")), CoreReplay()
            for _ in range(lines):
                assert (ours.line(""), core.line("")) == (None, None)
            continue
        line = "" if text.startswith(('{"expect"', '{"comment"')) else text
        answer, expected = ours.line(line), core.line(line)
        assert _MADE.sub("ID", answer or "") == _MADE.sub("ID", expected or ""), text
        answered += answer is not None
    assert answered > 0


def test_there_are_scenarios_for_every_code() -> None:
    assert len(_FILES) >= 28


@pytest.mark.parametrize("seed", range(int(os.environ.get("CASELOAD_SEEDS", "20"))))
def test_random_commands_are_answered_as_by_the_naive_auditor(seed: int) -> None:
    generator, auditor = Generator(seed), Auditor()
    with caseload.open(":memory:") as agency:
        ours = Replay(agency)
        for _ in range(300):
            text = generator.next_line()
            assert differences(ours.line(text), auditor.line(text)) is None, text


def test_everything_unreadable_in_a_question_is_told_at_once() -> None:
    lines = (
        '{"ask":"state","actor":""}',
        '{"ask":"caseload","staff":"","actor":"","known_at":"x"}',
        '{"ask":"caseload","staff":"","extra":1,"as_of":"2024-13-01"}',
        '{"ask":"visible","actor":"","participants":["",5,"P-1",6]}',
        '{"ask":"visible","actor":"s1","participants":{},"as_of":"2024-06-15"}',
        '{"ask":"events","known_at":"x"}',
        '{"ask":"events","actor":"","after":0,"as_of":"2024-2-1"}',
    )
    for line in lines:
        answer, core = Replay(caseload.open(":memory:")).line(line), CoreReplay().line(line)
        assert differences(answer, Auditor().line(line)) is None, line
        told = [
            sorted(
                (wrong["code"], *wrong["fields"], wrong["text"])
                for wrong in json.loads(said or "{}")["violations"]
            )
            for said in (answer, core)
        ]
        assert told[0] == told[1]


def test_a_difference_is_seen() -> None:
    text = '{"op":"register_staff","id":"s1","actor":"root","on":"2024-06-15"}'
    answer = Replay(caseload.open(":memory:")).line(text)
    assert answer is not None
    auditor = Auditor()
    assert differences(answer, auditor.line(text)) is None
    broken = json.loads(answer) | {"ok": False}
    assert differences(json.dumps(broken), Auditor().line(text)) is not None


def test_the_command_answers_lines_over_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = b'{"op":"register_staff","id":"s1","actor":"root","on":"2024-06-15"}\n\n{"ask":"state"}\n\xff\n'
    store = f"sqlite:{tmp_path / 'agency.db'}"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines)))
    assert replay.main(["--store", store]) == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [answer["line"] for answer in answers] == [1, 3, 4]
    assert answers[1]["answer"] == {"enrollments": [], "assignments": []}
    assert answers[2]["violations"][0]["code"] == "input-command"
    with pytest.raises(SystemExit):
        replay.main(["--store", "nowhere"])
