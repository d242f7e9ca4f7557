"""Random rule files, right and broken, and random facts, decent and hostile: a short run of `make fuzz-rules`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest

from benchmarks import rules_fuzz
from benchmarks.fuzz.documents import document
from benchmarks.fuzz.reading import holds
from connector_service.rules_engine.engine.asking import EngineProcess
from connector_service.rules_engine.engine.columns import Cell


def test_every_file_answers_rightly_or_is_refused_with_findings(tmp_path: Path) -> None:
    seen = rules_fuzz.run(200, 2026, tmp_path)
    assert seen["answers"] > 300
    for kind in ("right files accepted", "broken files accepted", "broken files refused", "facts refused"):
        assert seen[kind] > 10
    assert seen["right files accepted"] > 10 * seen["right files refused"]


def test_a_wrong_answer_of_the_engine_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(self: EngineProcess, key: str, program: bytes, cells: Sequence[Cell]) -> list[list[str]]:
        return [[]] * len(cells)

    monkeypatch.setattr(EngineProcess, "fired", wrong)
    with pytest.raises(rules_fuzz.Breach, match="engine and oracle disagree"):
        rules_fuzz.run(100, 1, tmp_path)


def test_the_same_seed_makes_the_same_files() -> None:
    assert document(Random(7)) == document(Random(7)) != document(Random(8))


def test_the_plain_reading_knows_lists_and_nesting() -> None:
    when = {"any": [{"paid": True}, {"all": [{"country": {"in": "@risky"}}, {"total": {"between": [1, 2]}}]}]}
    assert holds(when, {"paid": True}, {"risky": []})
    assert holds(when, {"country": "BR", "total": 2}, {"risky": ["BR"]})
    assert not holds(when, {"country": "BR", "total": 3}, {"risky": ["BR"]})
