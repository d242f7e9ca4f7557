"""What a new version would change, over HTTP: against what is in force, and over recorded decisions."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from tests.app.conftest import Api
from tests.house import RULES, new_order

pytestmark = pytest.mark.anyio
OWNERSHIP: dict[str, Any] = json.loads((RULES / "ownership.json").read_text())


def changed() -> dict[str, Any]:
    """Ownership in which intake belongs to operations."""
    document = copy.deepcopy(OWNERSHIP)
    intake = next(each for each in document["rules"] if each["id"] == "OWN-080")
    intake["then"]["owner"] = "operations"
    return {**document, "version": "9.0.0"}


async def test_a_new_version_is_compared_with_the_one_in_force(api: Api) -> None:
    answer = await api.mine.post("/v1/rules/diff", json={"document": changed()})
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["answers_change"]
    (change,) = found["changes"]
    assert change["what"] == "owner from client-success to operations"
    assert change["count"] == found["changed"]
    assert "kinds of order change owner from client-success to operations" in found["text"]


async def test_two_documents_are_compared(api: Api) -> None:
    body = {"document": OWNERSHIP, "against": OWNERSHIP}
    found = (await api.mine.post("/v1/rules/diff", json=body)).json()
    assert (found["answers_change"], found["structure"]) == (False, [])


async def test_a_new_version_is_asked_about_recorded_decisions(api: Api) -> None:
    orders = []
    for number in range(3):
        (order,) = await api.node("order.receive", {"order": new_order(f"REPLAY-{number}")})
        orders.append(order["output"]["order_id"])
    found = (await api.mine.post("/v1/rules/replay", json={"document": changed(), "last": 2})).json()
    assert (found["asked"], found["changed"]) == (2, 2)
    assert [case["subject"] for case in found["changes"][0]["cases"]] == orders[1:]
    same = (await api.mine.post("/v1/rules/replay", json={"document": OWNERSHIP})).json()
    assert same["asked"] >= 3
    assert same["changed"] == 0


async def test_another_tenants_decisions_are_not_asked_about(api: Api) -> None:
    await api.node("order.receive", {"order": new_order("REPLAY-MINE")})
    found = (await api.other.post("/v1/rules/replay", json={"document": OWNERSHIP})).json()
    assert found["asked"] == 0


@pytest.mark.parametrize(
    ("path", "body", "status", "said"),
    [
        ("diff", {"document": {}}, 422, "A rule file has an id"),
        ("diff", {"document": {**OWNERSHIP, "id": "nothing"}}, 404, "There is no rule file 'nothing'"),
        ("diff", {"document": OWNERSHIP, "version": "7.7.7"}, 404, "There is no published version 7.7.7"),
        ("diff", {"document": OWNERSHIP, "version": "1.0.0", "against": OWNERSHIP}, 422, "Compare with one thing"),
        ("diff", {"document": {**OWNERSHIP, "facts": "ordr@1"}}, 422, 'Did you mean "order@1"?'),
        ("replay", {"document": {**OWNERSHIP, "rules": 1}}, 422, "/rules"),
        ("replay", {"document": OWNERSHIP, "last": 0}, 422, "greater than or equal to 1"),
    ],
)
async def test_what_cannot_be_compared_is_refused(api: Api, path: str, body: Any, status: int, said: str) -> None:
    answer = await api.mine.post(f"/v1/rules/{path}", json=body)
    assert answer.status_code == status
    assert said in answer.json()["detail"]


@pytest.mark.parametrize("path", ["diff", "replay"])
async def test_without_a_key_nothing_is_compared(api: Api, path: str) -> None:
    assert (await api.nobody.post(f"/v1/rules/{path}", json={"document": OWNERSHIP})).status_code == 401
