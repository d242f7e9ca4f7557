"""The engine in C, asked directly: no evaluation leaves anything for the next."""

from __future__ import annotations

from connector_service.rules_worker.engine import EngineHost, EngineRule


def host() -> EngineHost:
    return EngineHost([EngineRule("0.0", [{"_k": 1}, {"$gt": {"n_total": 3}}], 2)])


def test_an_evaluation_leaves_nothing_behind_for_the_next() -> None:
    asked = host()
    for _ in range(100):
        assert asked.fired({"_k": 1, "n_total": 4}) == ["0.0"]
        assert asked.fired({"_k": 1, "n_total": 3}) == []


def test_an_engine_built_anew_answers_the_same() -> None:
    asked = host()
    asked.renew()
    assert asked.fired({"_k": 1, "n_total": 4}) == ["0.0"]
    assert asked.fired({"_k": 1}) == []
