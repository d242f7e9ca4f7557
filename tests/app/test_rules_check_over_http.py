"""Rule files are checked over HTTP; hostile ones are refused, and the service answers on."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from connector_service.app.rules.workbench import WORKBENCH
from tests.app.conftest import Api
from tests.house import RULES

pytestmark = pytest.mark.anyio
OWNERSHIP = (RULES / "ownership.json").read_text(encoding="utf-8")


@pytest.fixture(scope="module", autouse=True)
def workbench() -> Iterator[None]:
    yield
    WORKBENCH.close()


async def checked(api: Api, **body: Any) -> dict[str, Any]:
    answer = await api.mine.post("/v1/rules/check", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_shipped_file_is_right_as_text_and_as_document(api: Api) -> None:
    as_text = await checked(api, text=OWNERSHIP)
    as_document = await checked(api, document=json.loads(OWNERSHIP))
    assert as_text["right"]
    assert as_text["tests"] == as_document["tests"] > 0
    assert as_document["findings"] == []


async def test_a_finding_names_rule_pointer_line_and_fix(api: Api) -> None:
    text = OWNERSHIP.replace('"when": {"hold": "legal"}', '"when": {"hold": "legall"}', 1)
    found = await checked(api, text=text)
    line = text[: text.index('"legall"')].count("\n") + 1
    (finding,) = found["findings"]
    assert (finding["severity"], finding["rule"], finding["line"]) == ("error", "OWN-010", line)
    assert (finding["pointer"], finding["fix"]) == ("/rules/2/when/hold", 'Did you mean "legal"?')


async def test_the_exact_checks_run(api: Api) -> None:
    document = json.loads(OWNERSHIP)
    document["rules"].append({**document["rules"][0], "id": "OWN-999"})
    found = await checked(api, document=document)
    assert [(each["severity"], each["rule"]) for each in found["findings"]] == [("error", "OWN-999")]


async def test_notes_come_on_demand(api: Api) -> None:
    found = await checked(api, text=OWNERSHIP, notes=True)
    assert found["right"]
    assert {each["severity"] for each in found["findings"]} == {"note"}


def _rules(number: int) -> str:
    document = json.loads(OWNERSHIP)
    rule = {"when": {"hold": "legal"}, "then": {"owner": "risk"}, "because": "Why not."}
    document["rules"] = [{"id": f"OWN-{index}", **rule} for index in range(number)]
    return json.dumps(document)


HOSTILE = {
    "truncated": (OWNERSHIP[: len(OWNERSHIP) // 2], "not JSON"),
    "empty": ("", "not JSON"),
    "NaN": (OWNERSHIP.replace('"rules": [', '"x": NaN, "rules": [', 1), "NaN"),
    "a key twice": (OWNERSHIP.replace('"status": "live"', '"status": "live", "status": "live"', 1), "twice"),
    "deep": ("[" * 100_000, "nested too deeply"),
    "10,000 rules": (_rules(10_000), "values; at most"),
    "over 2 MB": (" " * 3_000_000, "over 2 MB"),
    "a layer over itself": ('{"extends": "acme@1.0", "id": "acme", "tenant": "acme"}', ""),
    "another schema": (OWNERSHIP.replace("ruleset.schema.json", "ruleset-9.schema.json", 1), ""),
    "half a character": (OWNERSHIP.replace("Legal hold", "Legal \\ud800 hold", 1), "surrogate"),
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_files_are_refused_with_words(api: Api, name: str) -> None:
    text, words = HOSTILE[name]
    began = time.perf_counter()
    found = await checked(api, text=text)
    assert time.perf_counter() - began < 5  # a hang would take the whole time limit and end with a problem instead
    assert not found["right"]
    assert any(words in finding["what"] for finding in found["findings"]), found["findings"]


async def test_a_body_of_50_mb_is_refused(api: Api) -> None:
    answer = await api.mine.post("/v1/rules/check", content=b'{"text": "' + b" " * 50_000_000 + b'"}')
    assert answer.status_code == 413


@pytest.mark.parametrize("body", [{}, {"text": "{}", "document": {}}, {"text": "{}", "folder": "/etc"}])
async def test_a_body_that_is_neither_or_both_is_refused(api: Api, body: dict[str, Any]) -> None:
    assert (await api.mine.post("/v1/rules/check", json=body)).status_code == 422


async def test_nobody_checks_without_a_key(api: Api) -> None:
    assert (await api.nobody.post("/v1/rules/check", json={"text": "{}"})).status_code == 401
