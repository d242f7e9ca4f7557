"""The same rules in the words of other engines: a decision table for zen-engine, one `if` for json-logic.

Both answer only which rule is the first that matches; Dockline says besides which others match, and why.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import zen
from json_logic import jsonLogic

Ask = Callable[[dict[str, Any]], str | None]
"""The id of the first rule that matches, None when none does."""

_SIGNS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


def zen_engine(document: dict[str, Any]) -> Ask:
    """A decision table of hit policy `first`, one column per fact."""
    fields = sorted({name for rule in document["rules"] for name in rule["when"]})
    table = {
        "hitPolicy": "first",
        "inputs": [{"id": name, "name": name, "field": name} for name in fields],
        "outputs": [{"id": "rule", "name": "rule", "field": "rule"}],
        "rules": [
            {
                "_id": rule["id"],
                **{name: _cell(rule["when"].get(name)) for name in fields},
                "rule": json.dumps(rule["id"]),
            }
            for rule in document["rules"]
        ],
    }
    nodes = [
        {"id": "in", "type": "inputNode", "name": "in", "content": {}},
        {"id": "table", "type": "decisionTableNode", "name": "table", "content": table},
        {"id": "out", "type": "outputNode", "name": "out", "content": {}},
    ]
    edges = [
        {"id": "1", "sourceId": "in", "targetId": "table", "type": "edge"},
        {"id": "2", "sourceId": "table", "targetId": "out", "type": "edge"},
    ]
    decision = zen.ZenEngine().create_decision(json.dumps({"nodes": nodes, "edges": edges}))

    def ask(facts: dict[str, Any]) -> str | None:
        result = decision.evaluate(facts)["result"]
        return result.get("rule") if result else None

    return ask


def _cell(test: Any) -> str:
    """One cell of the decision table in zen's expression language; empty takes everything."""
    if test is None:
        return ""
    if not isinstance(test, dict):
        return json.dumps(test)
    ((operator, value),) = test.items()
    if operator == "in":
        return ", ".join(json.dumps(each) for each in value)
    if operator == "between":
        return f"[{value[0]}..{value[1]}]"
    return f"{_SIGNS[operator]} {value}"


def json_logic(document: dict[str, Any]) -> Ask:
    """One `if` with a branch per rule."""
    branches: list[Any] = []
    for rule in document["rules"]:
        tests = [_test(name, test) for name, test in rule["when"].items()]
        branches += [{"and": tests}, rule["id"]]
    logic = {"if": [*branches, None]}

    def ask(facts: dict[str, Any]) -> str | None:
        answer: str | None = jsonLogic(logic, facts)
        return answer

    return ask


def _test(name: str, test: Any) -> dict[str, Any]:
    fact = {"var": name}
    if not isinstance(test, dict):
        return {"===": [fact, test]}
    ((operator, value),) = test.items()
    if operator == "in":
        return {"in": [fact, value]}
    if operator == "between":
        return {"<=": [value[0], fact, value[1]]}
    return {_SIGNS[operator]: [fact, value]}
