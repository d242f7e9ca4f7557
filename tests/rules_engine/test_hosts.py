"""Compiled rules are shared, and answers remembered; neither changes any answer."""

from __future__ import annotations

import gc
import random
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from connector_service.rules_engine.compiled import CompiledFile
from connector_service.rules_engine.engine.asking import EngineHere
from connector_service.rules_engine.engine.columns import Cell
from connector_service.rules_engine.engine.hosts import Hosts
from connector_service.rules_worker.engine import EngineFault
from connector_service.rules_worker.rulesets import Rulesets
from tests.rules_engine.rules_workbench import compiled, rule, rule_file

TODAY = date(2026, 11, 9)


class CountingEngine(EngineHere):
    """The engine in this process, which counts what it is asked; `names`, when set, is what it answers instead."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[int] = []
        self.dropped = 0
        self.names: list[list[str]] | None = None

    def fired(self, key: str, program: bytes, cells: Sequence[Cell]) -> list[list[str]]:
        self.asked.append(len(cells))
        return super().fired(key, program, cells) if self.names is None else self.names

    def drop(self, key: str) -> None:
        self.dropped += 1
        super().drop(key)


@pytest.fixture
def engine() -> CountingEngine:
    return CountingEngine()


def on(hosts: Hosts, folder: Path, *rules: dict[str, Any], **more: Any) -> CompiledFile:
    file = compiled(folder, rule_file(*rules, **more))
    return CompiledFile.of(file.file, file.organisation, hosts)


def over(amount: int) -> dict[str, Any]:
    return rule(when={"total_minor": {"gt": amount}})


def test_the_engine_is_asked_once_for_facts_that_no_rule_tells_apart(tmp_path: Path, engine: CountingEngine) -> None:
    file = on(Hosts(engine), tmp_path, over(100))
    assert [file.evaluate({"total_minor": n}, TODAY).rule for n in (101, 102, 10**9)] == ["TST-010"] * 3
    assert engine.asked == [1]
    assert [file.evaluate({"total_minor": n}, TODAY).rule for n in (100, 99, None)] == [None] * 3
    assert engine.asked == [1] * 4


def test_an_answer_forgotten_for_lack_of_room_is_asked_again_and_is_the_same(
    tmp_path: Path, engine: CountingEngine
) -> None:
    hosts = Hosts(engine, max_cells=2)
    file = on(hosts, tmp_path, over(100))
    chance = random.Random(5)
    for _ in range(200):
        amount = chance.choice([99, 100, 101, None])
        assert file.evaluate({"total_minor": amount}, TODAY).fired == (("TST-010",) if amount == 101 else ())
        assert len(hosts.memo) <= 2
    assert len(engine.asked) > 20


def test_the_least_used_answer_is_forgotten_first(tmp_path: Path, engine: CountingEngine) -> None:
    file = on(Hosts(engine, max_cells=2), tmp_path, over(100))
    for amount in (99, 101, 99, 100, 99):
        file.evaluate({"total_minor": amount}, TODAY)
    assert len(engine.asked) == 3


def test_many_facts_asked_ahead_are_one_question(tmp_path: Path, engine: CountingEngine) -> None:
    file = on(Hosts(engine), tmp_path, over(100))
    file.ask_ahead(
        [{"total_minor": 1}, {"total_minor": 2}, {"total_minor": "wrong"}, {"total_minor": 101}, {"since": "x"}]
    )
    assert engine.asked == [3]
    assert [file.evaluate({"total_minor": n}, TODAY).rule for n in (50, 500, None)] == [None, "TST-010", None]
    assert engine.asked == [3]


def test_files_that_compile_to_the_same_share_one_host(tmp_path: Path, engine: CountingEngine) -> None:
    hosts = Hosts(engine)
    first = on(hosts, tmp_path, over(100))
    other = on(hosts, tmp_path, rule("OTH-1", {"total_minor": {"gt": 7}}, {"queue": "review"}), version="2.0.0")
    assert first.host is other.host
    assert (first.evaluate({"total_minor": 8}, TODAY).rule, other.evaluate({"total_minor": 8}, TODAY).rule) == (
        None,
        "OTH-1",
    )
    assert on(hosts, tmp_path, rule(when={"total_minor": {"gte": 100}})).host is not first.host


def test_alternatives_of_one_rule_and_two_rules_do_not_share_a_host(tmp_path: Path, engine: CountingEngine) -> None:
    hosts = Hosts(engine)
    together = on(hosts, tmp_path, rule(when={"any": [{"paid": True}, {"country": "BR"}]}))
    apart = on(hosts, tmp_path, rule("TST-1", {"paid": True}), rule("TST-2", {"country": "BR"}))
    assert together.host is not apart.host
    assert apart.evaluate({"paid": True, "country": "BR"}, TODAY).fired == ("TST-1", "TST-2")
    assert together.evaluate({"paid": True, "country": "BR"}, TODAY).fired == ("TST-010",)


def test_a_host_that_no_file_uses_any_more_is_let_go(tmp_path: Path, engine: CountingEngine) -> None:
    hosts = Hosts(engine)
    file = on(hosts, tmp_path, over(100))
    assert len(hosts) == 1
    del file
    gc.collect()
    assert len(hosts) == 0


def test_a_wrong_answer_is_neither_given_nor_remembered(
    tmp_path: Path, engine: CountingEngine, caplog: pytest.LogCaptureFixture
) -> None:
    file = on(Hosts(engine), tmp_path, over(100))
    engine.names = [[]]
    wrong = file.evaluate({"total_minor": 101}, TODAY)
    assert (wrong.failed, wrong.outcome, engine.dropped) == (True, {"owner": "operations"}, 1)
    assert "engine and oracle disagree: () against ('TST-010',)" in caplog.text
    engine.names = None
    assert file.evaluate({"total_minor": 101}, TODAY).rule == "TST-010"


def test_an_engine_that_names_a_rule_that_does_not_exist_fails_closed(tmp_path: Path, engine: CountingEngine) -> None:
    file = on(Hosts(engine), tmp_path, over(100))
    engine.names = [["7.0"]]
    assert "does not exist" in file.evaluate({"total_minor": 101}, TODAY).reasons[0]


def test_programs_deleted_for_lack_of_room_are_built_again_and_answer_the_same() -> None:
    rulesets = Rulesets(max_live=2)
    programs = {
        str(limit): {"columns": ["n_x"], "rules": [["0.0", [{"_k": 1}, {"$gt": {"n_x": limit}}], 2]]}
        for limit in range(5)
    }
    for _ in range(3):
        for key, program in programs.items():
            assert rulesets.fired(key, program, [(int(key),), (int(key) + 1,), (-1,)]) == [[], ["0.0"], []]
            assert rulesets.live <= 2


def test_an_engine_that_breaks_off_is_not_remembered(tmp_path: Path) -> None:
    class Broken(CountingEngine):
        def fired(self, key: str, program: bytes, cells: Sequence[Cell]) -> list[list[str]]:
            if not self.asked:
                self.asked.append(0)
                raise EngineFault("broken")
            return super().fired(key, program, cells)

    file = on(Hosts(Broken()), tmp_path, over(100))
    assert file.evaluate({}, TODAY).failed
    assert not file.evaluate({}, TODAY).failed
