"""Rules of one's own over HTTP: publish, approve, try, withdraw, roll back; and what other tenants see of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from connector_service.clock import FakeClock
from connector_service.store import tenants
from tests.app.conftest import Api, serving
from tests.rules_engine.rules_workbench import write_folder
from tests.rules_publishing.press import answering, layer

pytestmark = pytest.mark.anyio
Json = dict[str, Any]
WHY = {"because": "The contract of May says so."}


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Api]:
    folder = write_folder(tmp_path / "rules", answering("intake", "1.0.0"))
    async with serving(tmp_path, FakeClock(), folder) as running:
        yield running


async def sent(client: httpx.AsyncClient, path: str, body: Json, status: int = 200) -> Json:
    answer = await client.post(f"/v1/rules/{path}", json={**WHY, **body})
    assert answer.status_code == status, answer.text
    found: Json = answer.json()
    return found


async def queue(client: httpx.AsyncClient) -> str:
    item = {"file": "file", "facts": {"paid": True}}
    answer = await client.post("/v1/nodes/rule.evaluate", json={"items": [item]})
    return str(answer.json()["results"][0]["output"]["outcome"]["queue"])


async def listed(client: httpx.AsyncClient) -> Json:
    (file,) = (await client.get("/v1/rules")).json()["files"]
    found: Json = file
    return found


async def test_a_layer_is_in_force_before_its_publication_is_answered(shop: Api) -> None:
    done = await sent(shop.mine, "publish", {"document": layer("acme", "review"), "person": "ada"})
    assert done["state"] == "in_force"
    said = done["publication"]
    assert (said["tenant"], said["person"], said["via"]) == ("acme", "ada", "key flows")
    assert (await queue(shop.mine), await queue(shop.other)) == ("review", "intake")
    mine, others = await listed(shop.mine), await listed(shop.other)
    assert (mine["version"], mine["own"], mine["hash"]) == ("1.0.0+acme.1.0.0", True, said["running_hash"])
    assert (others["version"], others["own"], others["trial"]) == ("1.0.0", False, None)


async def test_what_all_tenants_share_is_not_published_over_http(shop: Api) -> None:
    refused = await sent(shop.mine, "publish", {"document": answering("review")}, 422)
    assert "a tenant changes it by a layer" in refused["detail"]
    assert await queue(shop.mine) == "intake"


async def test_a_finding_is_answered_with_its_place_and_changes_nothing(shop: Api) -> None:
    refused = await sent(shop.mine, "publish", {"document": layer("acme", "reveiw")}, 422)
    assert "TST-010" in refused["detail"]
    assert 'Did you mean "review"' in refused["detail"]
    assert (await shop.mine.get("/v1/rules/file/history")).json() == {"history": []}


@pytest.mark.parametrize("text", ['"version": "1.0.0", "version": "1.0.1"', '"version": 1.5', '"version": NaN'])
async def test_what_a_lenient_reader_would_swallow_is_refused(shop: Api, text: str) -> None:
    body = '{"because": "x", "document": {"extends": "file@1.0", "tenant": "acme", ' + text + "}}"
    answer = await shop.mine.post("/v1/rules/publish", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 422


async def test_a_second_key_must_approve_where_two_persons_are_demanded(shop: Api) -> None:
    store = shop.services.store
    tenants.set_rules_need_approval(store.reader, "acme", True)
    key = tenants.add_api_key(store.reader, "acme", "audit", store.clock.now())
    proposed = await sent(shop.mine, "publish", {"document": layer("acme", "review"), "person": "ada"})
    assert proposed["state"] == "proposed"
    proposal = proposed["publication"]["id"]
    assert [each["id"] for each in (await shop.mine.get("/v1/rules/proposals")).json()["proposals"]] == [proposal]
    assert (await shop.other.get("/v1/rules/proposals")).json() == {"proposals": []}
    refused = await sent(shop.mine, f"proposals/{proposal}/approve", {"person": "bob"}, 409)
    assert "another person must approve" in refused["detail"]
    assert await queue(shop.mine) == "intake"
    audit = {"authorization": f"Bearer {key}"}
    approved = await shop.mine.post(f"/v1/rules/proposals/{proposal}/approve", json=WHY, headers=audit)
    assert approved.json()["state"] == "in_force"
    assert await queue(shop.mine) == "review"


@pytest.mark.parametrize("act", ["approve", "reject"])
async def test_another_tenants_proposal_is_answered_like_one_that_does_not_exist(shop: Api, act: str) -> None:
    tenants.set_rules_need_approval(shop.services.store.reader, "acme", True)
    proposed = await sent(shop.mine, "publish", {"document": layer("acme", "review")})
    proposal = proposed["publication"]["id"]
    theirs = await sent(shop.other, f"proposals/{proposal}/{act}", {}, 404)
    nobodys = await sent(shop.other, f"proposals/pub_none/{act}", {}, 404)
    assert theirs["detail"].replace(proposal, "pub_none") == nobodys["detail"]
    assert (await sent(shop.mine, f"proposals/{proposal}/reject", {}))["state"] == "rejected"


async def test_a_trial_is_shown_reported_and_withdrawn(shop: Api) -> None:
    await sent(shop.mine, "publish", {"document": layer("acme", "review"), "mode": "shadow"})
    file = await listed(shop.mine)
    assert (file["version"], file["trial"]["mode"]) == ("1.0.0", "shadow")
    report = (await shop.mine.get("/v1/rules/file/shadow")).json()
    assert (report["answers"], report["differing"], report["live_version"]) == (0, 0, "1.0.0")
    assert (await shop.other.get("/v1/rules/file/shadow")).status_code == 404
    await sent(shop.mine, "publish", {"document": layer("acme", "review"), "mode": "canary", "percent": 20})
    assert (await listed(shop.mine))["trial"]["percent"] == 20
    assert (await sent(shop.mine, "file/withdraw", {}))["state"] == "withdrawn"
    assert (await listed(shop.mine))["trial"] is None
    await sent(shop.mine, "file/withdraw", {}, 404)


async def test_a_rollback_is_in_force_at_once_and_the_history_says_who_and_why(shop: Api) -> None:
    await sent(shop.mine, "publish", {"document": layer("acme", "review"), "person": "ada"})
    back = await sent(shop.mine, "file/rollback", {"person": "bob", "because": "Too many wait."})
    assert (back["state"], await queue(shop.mine)) == ("in_force", "intake")
    history = (await shop.mine.get("/v1/rules/file/history")).json()["history"]
    assert [(each["action"], each["person"], each["state"]) for each in history] == [
        ("publish", "ada", "superseded"),
        ("roll_back", "bob", "in_force"),
    ]
    assert history[1]["because"] == "Too many wait."
    assert (await shop.other.get("/v1/rules/file/history")).json() == {"history": []}
    await sent(shop.mine, "file/rollback", {}, 409)


async def test_the_history_of_nothing_names_the_likely_file(shop: Api) -> None:
    answer = await shop.mine.get("/v1/rules/fil/history")
    assert answer.status_code == 404
    assert 'Did you mean "file"' in answer.json()["detail"]


async def test_health_says_which_layer_no_longer_fits_its_base(shop: Api) -> None:
    await sent(shop.mine, "publish", {"document": layer("acme", "review")})
    assert (await shop.nobody.get("/health")).json()["status"] == "ok"
    write_folder(shop.services.settings.rules, answering("intake", "2.0.0"))
    assert (await shop.mine.post("/v1/rules/reload")).status_code == 200
    assert "file 1.0.0 of the tenant acme no longer fits" in (await shop.nobody.get("/health")).json()["status"]
    assert (await queue(shop.mine), (await listed(shop.other))["version"]) == ("review", "2.0.0")


async def test_a_request_without_a_reason_is_refused(shop: Api) -> None:
    answer = await shop.mine.post("/v1/rules/publish", json={"document": layer("acme", "review")})
    assert answer.status_code == 422
    assert answer.json()["pointer"] == "/because"
