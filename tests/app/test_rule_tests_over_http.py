"""The tests inside a rule file are run over HTTP, their gaps named, and files laid out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from connector_service.app.rules.workbench import WORKBENCH
from tests.app.conftest import Api
from tests.house import RULES

pytestmark = pytest.mark.anyio
TEXT = (RULES / "reassignment.json").read_text(encoding="utf-8")


@pytest.fixture(scope="module", autouse=True)
def workbench() -> Iterator[None]:
    yield
    WORKBENCH.close()


def _document(tests: int | None = None) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(TEXT)
    document["tests"] = document["tests"][:tests]
    return document


async def _asked(api: Api, question: str, **body: Any) -> dict[str, Any]:
    answer = await api.mine.post(f"/v1/rules/{question}", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_shipped_file_passes_and_is_covered(api: Api) -> None:
    found = await _asked(api, "test", document=_document(), coverage=True)
    assert found["passed"]
    assert found["coverage"]["percent"] == 100


async def test_what_is_not_shown_comes_with_a_test_that_shows_it(api: Api) -> None:
    document = _document(1)
    found = await _asked(api, "test", document=document, coverage=True)
    document["tests"] += [gap["test"] for gap in found["coverage"]["missing"]]
    assert (await _asked(api, "test", document=document, coverage=True))["coverage"]["percent"] == 100


async def test_a_failed_test_says_what_came_and_why(api: Api) -> None:
    document = _document(0)
    document["tests"] = [{"name": "wrong", "given": {"hours_out": 90, "open_items": 0}, "expect": {"rule": None}}]
    found = await _asked(api, "test", document=document)
    assert not found["passed"]
    assert found["tests"][0]["actual"] == {"rule": "OUT-005"}
    assert found["tests"][0]["why"]


async def test_changes_nobody_would_notice_are_named(api: Api) -> None:
    found = await _asked(api, "mutate", document=_document(1))
    assert found["percent"] < 50
    assert all(survivor["words"] for survivor in found["survivors"])


async def test_a_text_is_laid_out(api: Api) -> None:
    found = await _asked(api, "fmt", text=json.dumps(_document()))
    assert found["changed"]
    assert json.loads(found["text"]) == _document()
    assert not (await _asked(api, "fmt", text=found["text"]))["changed"]


@pytest.mark.parametrize("question", ["test", "mutate"])
async def test_a_document_with_findings_is_refused(api: Api, question: str) -> None:
    answer = await api.mine.post(f"/v1/rules/{question}", json={"document": {"id": "x"}})
    assert answer.status_code == 422


async def test_what_is_no_json_is_refused(api: Api) -> None:
    answer = await api.mine.post("/v1/rules/fmt", json={"text": '{"id": '})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "about",
    [
        {"facts": "order@1"},
        {"facts": "packing@1", "hit_policy": "worst"},
        {"from_file": "ownership", "from_rule": "OWN-020"},
    ],
)
async def test_a_new_file_is_right_and_wholly_tested(api: Api, about: dict[str, str]) -> None:
    document = (await _asked(api, "new", id="my-gate", **about))["document"]
    assert document["id"] == "my-gate"
    found = await _asked(api, "test", document=document, coverage=True)
    assert found["passed"]
    assert found["coverage"]["percent"] == 100


async def test_a_new_file_about_two_things_is_refused(api: Api) -> None:
    answer = await api.mine.post("/v1/rules/new", json={"id": "my-gate", "facts": "order@1", "from_file": "ownership"})
    assert answer.status_code == 422
    assert "from_rule" in answer.json()["detail"]
