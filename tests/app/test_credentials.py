"""Credentials over HTTP, tested against look-alikes of the vendors in a process of their own."""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
from typing import Any

import pytest

from canonical_models import Credential
from connector_service.adapters.http_errors import CredentialRefused
from connector_service.credentials.lifecycle import credential_id
from connector_service.errors import NotFound
from connector_service.store.keys import FILE_NAME
from tests.app.conftest import Api, Json
from tests.contracts.sandbox_process import Sandbox

pytestmark = pytest.mark.anyio
KEYED = {"northdock": "sandbox-key", "swiftparcel": "sandbox-key"}
PAIRED = ("canadapost", "dhl_express", "fedex", "terrapost", "ups", "usps")
NATIVE = ("canadapost", "dhl_express", "fedex", "ups", "usps")
VENDORS = (*KEYED, *PAIRED)
WEBHOOK_SECRET = "hush-3f1e-webhook"
WRONG = {slug: "wrong-7c1d" if slug in KEYED else "wrong-7c1d:wrong-9a2b" for slug in VENDORS}


@pytest.fixture
def sandbox(vendors: Sandbox) -> Sandbox:
    """The vendors, in a good mood."""
    vendors.fresh()
    return vendors


def settings(slug: str, url: str, **changes: Any) -> Json:
    fields: Json = {
        "base_url": f"{url}/{slug}",
        "api_key": KEYED.get(slug, "sandbox-id:sandbox-secret"),
        "webhook_secret": WEBHOOK_SECRET,
        **({"account_number": "123456789"} if slug in NATIVE else {}),
    }
    return fields | changes


async def connect(api: Api, slug: str, url: str, query: str = "", **changes: Any) -> Any:
    body = {"settings": settings(slug, url, **changes)}
    return await api.other.put(f"/v1/connections/{slug}{query}", json=body)


async def listed(api: Api, slug: str) -> Json | None:
    said = (await api.other.get("/v1/credentials")).json()["credentials"]
    return next((each for each in said if each["slug"] == slug), None)


@pytest.mark.parametrize("slug", VENDORS)
async def test_a_wrong_credential_is_refused_in_words_and_not_stored(api: Api, sandbox: Sandbox, slug: str) -> None:
    answer = await connect(api, slug, sandbox.url, api_key=WRONG[slug])
    assert (answer.status_code, answer.json()["pointer"]) == (409, "/settings")
    assert "does not take the credential" in answer.json()["detail"]
    assert "It was not stored" in answer.json()["detail"]
    assert not any(part in answer.text for part in WRONG[slug].split(":"))
    assert await listed(api, slug) is None


@pytest.mark.parametrize("slug", VENDORS)
async def test_a_right_credential_works_and_says_so(api: Api, sandbox: Sandbox, slug: str) -> None:
    said = (await connect(api, slug, sandbox.url)).json()
    assert (said["verdict"], said["stage"], said["rotation_days"]) == ("works", "fresh", 90)
    assert said["words"].endswith("took the credential.")
    assert said["tested_at"] is not None
    assert said["webhook_path"].startswith(f"/v1/webhooks/{slug}/")


@pytest.mark.parametrize("slug", VENDORS)
async def test_a_vendor_that_is_down_leaves_it_untested_with_a_warning(api: Api, slug: str) -> None:
    said = (await connect(api, slug, "http://127.0.0.1:9")).json()
    assert (said["verdict"], said["tested_at"]) == ("untested", None)
    assert "could not be asked" in said["words"]
    assert "Test it later" in said["words"]


async def test_a_vendor_without_an_api_has_nothing_to_ask(api: Api) -> None:
    said = (await api.other.put("/v1/connections/regional", json={"settings": {"webhook_secret": "hush"}})).json()
    assert said["words"] == "Regional carrier has nothing to ask: the first message it signs will show."


async def test_a_test_can_be_left_out(api: Api, sandbox: Sandbox) -> None:
    said = (await connect(api, "ups", sandbox.url, "?test=false", api_key=WRONG["ups"])).json()
    assert (said["verdict"], said["words"]) == ("untested", "It was stored without a test, as asked.")


async def test_a_stored_credential_is_tested_again_when_asked(api: Api, sandbox: Sandbox) -> None:
    await connect(api, "ups", sandbox.url, "?test=false", api_key=WRONG["ups"])
    assert (await api.other.post("/v1/credentials/ups/test")).json()["verdict"] == "refused"
    await connect(api, "ups", sandbox.url)
    assert (await api.other.post("/v1/credentials/ups/test")).json()["verdict"] == "works"


async def test_what_is_not_connected_cannot_be_tested(api: Api) -> None:
    answer = await api.mine.post("/v1/credentials/fedex/test")
    assert (answer.status_code, "no connection 'fedex'" in answer.json()["detail"]) == (404, True)


async def test_nobody_sees_the_credentials_of_others(api: Api, sandbox: Sandbox) -> None:
    await connect(api, "ups", sandbox.url)
    mine = (await api.mine.get("/v1/credentials")).json()["credentials"]
    assert "ups" not in [each["slug"] for each in mine]
    assert (await api.nobody.get("/v1/credentials")).status_code == 401


async def rotate(api: Api, slug: str, query: str = "", hours: int = 72, **changes: str) -> Any:
    body = {"settings": changes, "overlap_hours": hours}
    return await api.other.post(f"/v1/credentials/{slug}/rotate{query}", json=body)


async def test_a_refused_new_credential_does_not_take_over(api: Api, sandbox: Sandbox) -> None:
    await connect(api, "usps", sandbox.url)
    assert (await rotate(api, "usps", api_key=WRONG["usps"])).status_code == 409
    said = await listed(api, "usps")
    assert said is not None
    assert (said["verdict"], said["old_until"]) == ("works", None)


async def test_when_the_new_credential_is_refused_the_old_one_stands_in_and_this_is_said(
    api: Api, sandbox: Sandbox
) -> None:
    await connect(api, "terrapost", sandbox.url)
    said = (await rotate(api, "terrapost", "?test=false", api_key=WRONG["terrapost"])).json()
    assert said["old_until"] is not None
    with pytest.raises(NotFound, match="does not know the tracking number"):
        await api.services.systems.of("other").carrier("terrapost").track("TE123456785TP")
    noted = await listed(api, "terrapost")
    assert noted is not None
    assert (noted["verdict"], noted["fell_back_at"]) == ("refused", "2026-11-09T15:00:00Z")
    assert "took the old one" in noted["words"]


async def test_once_the_old_credential_is_ended_nothing_stands_in(api: Api, sandbox: Sandbox) -> None:
    await connect(api, "swiftparcel", sandbox.url)
    await rotate(api, "swiftparcel", "?test=false", api_key=WRONG["swiftparcel"])
    with pytest.raises(NotFound):
        await api.services.systems.of("other").carrier("swiftparcel").track("SW00000000000")
    await api.other.delete("/v1/credentials/swiftparcel/old")
    with pytest.raises(CredentialRefused):
        await api.services.systems.of("other").carrier("swiftparcel").track("SW00000000000")


async def test_webhooks_are_taken_with_either_secret_until_the_old_one_is_ended(api: Api) -> None:
    shop = "credentials.example"
    old, new = "hush-old", "hush-new"
    await api.other.put("/v1/connections/shopify", json={"settings": {"shop": shop, "webhook_secret": old}})
    await rotate(api, "shopify", webhook_secret=new)

    async def sent(secret: str) -> int:
        body = b"{}"
        signature = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
        headers = {"x-shopify-shop-domain": shop, "x-shopify-hmac-sha256": signature}
        return (await api.nobody.post("/v1/webhooks/shopify", content=body, headers=headers)).status_code

    # Signed well, and no order: refused for what it says.
    assert [await sent(secret) for secret in (old, new, "hush-none")] == [422, 422, 401]
    assert (await api.other.delete("/v1/credentials/shopify/old")).status_code == 200
    assert [await sent(secret) for secret in (old, new)] == [401, 422]
    assert (await api.other.delete("/v1/credentials/shopify/old")).status_code == 404


async def test_a_vendors_webhooks_are_taken_with_either_secret(api: Api) -> None:
    path = (await connect(api, "northdock", "http://127.0.0.1:9", "?test=false")).json()["webhook_path"]
    await rotate(api, "northdock", "?test=false", webhook_secret="hush-new")

    async def sent(secret: str) -> int:
        seconds = str(int(api.services.store.clock.now().timestamp()))
        digest = hmac.new(secret.encode(), f"{seconds}.{{}}".encode(), hashlib.sha256).hexdigest()
        headers = {"x-northdock-signature": f"t={seconds},v1={digest}"}
        return (await api.nobody.post(path, content=b"{}", headers=headers)).status_code

    assert [await sent(secret) for secret in (WEBHOOK_SECRET, "hush-new", "hush-none")] == [422, 422, 401]


async def test_its_history_says_who_did_what_and_why(api: Api, sandbox: Sandbox) -> None:
    await api.mine.put("/v1/connections/canadapost", json={"settings": settings("canadapost", sandbox.url)})
    await api.mine.post("/v1/credentials/canadapost/test")
    told = (await api.mine.get("/v1/credentials/canadapost/history")).json()["events"]
    assert [each["type"] for each in told] == ["dockline.credential.entered.v1", "dockline.credential.tested.v1"]
    assert (told[0]["actor"], told[0]["because"].endswith("took the credential.")) == ("flows", True)
    assert (await api.other.get("/v1/credentials/nobody/history")).status_code == 404


async def test_the_same_secret_again_is_no_rotation(api: Api, sandbox: Sandbox) -> None:
    await connect(api, "fedex", sandbox.url)
    answer = await rotate(api, "fedex", webhook_secret=WEBHOOK_SECRET)
    assert (answer.status_code, answer.json()["pointer"]) == (422, "/settings")


async def test_no_secret_reaches_answers_logs_events_or_the_file(
    api: Api, sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    secret, later = "sandbox-8d1f0c2b:sandbox-77aa01fe", "sandbox-later:sandbox-55bb02ac"
    hidden = ("8d1f0c2b", "77aa01fe", "55bb02ac", WEBHOOK_SECRET)
    with caplog.at_level(logging.DEBUG):
        answers = [
            await connect(api, "dhl_express", sandbox.url, api_key=secret),
            await rotate(api, "dhl_express", api_key=later),
            await connect(api, "dhl_express", sandbox.url, api_key="no colon 8d1f0c2b"),
            await api.other.get("/v1/credentials"),
            await api.other.post("/v1/credentials/dhl_express/test"),
        ]
    said = "".join(answer.text for answer in answers) + caplog.text
    stream = api.services.store.read("other").stream(credential_id("dhl_express"))
    said += "".join(event.model_dump_json() for event in stream)
    found = api.services.store.read("other").get(Credential, credential_id("dhl_express"))
    said += f"{found!r} {api.services.systems.of('other')!r} {api.services.settings!r}"
    assert not [each for each in hidden if each in said]
    folder = api.services.store.path.parent
    kept = b"".join(each.read_bytes() for each in folder.iterdir() if each.name != FILE_NAME)
    assert not [each for each in hidden if each.encode() in kept]
