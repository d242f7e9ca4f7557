"""The schemas that editors and partners fetch from the service."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from tests.app.conftest import Api
from tests.house import RULES

OWNERSHIP = (RULES / "ownership.json").read_text(encoding="utf-8")
pytestmark = pytest.mark.anyio


async def test_every_schema_that_is_listed_is_served(api: Api) -> None:
    names = (await api.nobody.get("/v1/schemas")).json()["schemas"]
    assert {"order.v1.json", "ruleset.schema.json", "order@1.ruleset.schema.json"} <= set(names)
    for name in names:
        answer = await api.nobody.get(f"/v1/schemas/{name}")
        assert answer.headers["content-type"] == "application/schema+json"
        Draft202012Validator.check_schema(answer.json())


async def test_the_schema_of_a_vocabulary_is_the_committed_one_while_the_words_are(api: Api) -> None:
    for path in sorted(RULES.glob("schemas/*.json")):
        assert (await api.nobody.get(f"/v1/schemas/{path.name}")).text == path.read_text(encoding="utf-8")


async def test_a_rule_file_fits_the_schema_that_is_served_for_its_vocabulary(api: Api) -> None:
    document = json.loads(OWNERSHIP)
    schema = (await api.nobody.get(f"/v1/schemas/{document['facts']}.ruleset.schema.json")).json()
    assert Draft202012Validator(schema).is_valid(document)
    document["rules"][0]["then"]["owner"] = "nobody"
    assert not Draft202012Validator(schema).is_valid(document)


async def test_a_schema_that_does_not_exist_is_not_found(api: Api) -> None:
    assert (await api.nobody.get("/v1/schemas/order@9.ruleset.schema.json")).status_code == 404
