"""What an answer to a trial means."""

from __future__ import annotations

import pytest

from connector_service.adapters import registry
from connector_service.adapters.contracts import ChecksCredential, looked_up
from connector_service.adapters.http_errors import CredentialRefused, Refused, status_error
from connector_service.adapters.oauth import no_token
from connector_service.credentials.secret_fields import known_systems, name_of, same_secrets, secret_fields
from connector_service.credentials.trying import try_credential
from connector_service.errors import NotFound, VendorRejected, VendorUnreachable

pytestmark = pytest.mark.anyio


class Answering:
    """A vendor whose answer to everything is this."""

    def __init__(self, answer: Exception | None) -> None:
        self.answer = answer

    async def ask(self) -> None:
        if self.answer is not None:
            raise self.answer

    async def check_credential(self) -> None:
        await looked_up(self.ask())


def status(code: int) -> Exception:
    return status_error(code, {}, "said so", "ups")


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (None, "works"),
        (NotFound("no such parcel"), "works"),
        (status(404), "works"),
        (status(422), "works"),
        (status(401), "refused"),
        (status(403), "refused"),
        (status(302), "untested"),
        (status(429), "untested"),
        (status(500), "untested"),
        (VendorUnreachable("silence", vendor="ups"), "untested"),
        (VendorRejected("ups: the address of its API is not usable", vendor="ups"), "untested"),
    ],
    ids=str,
)
async def test_only_a_vendor_that_looked_has_taken_the_credential(answer: Exception | None, verdict: str) -> None:
    trial = await try_credential("UPS", Answering(answer))
    assert trial.verdict == verdict
    assert trial.words.startswith("UPS ")


@pytest.mark.parametrize(("code", "credential"), [(400, True), (401, True), (403, True), (404, False), (302, False)])
def test_a_token_endpoint_refuses_the_client_with_400_too(code: int, credential: bool) -> None:
    refusal = status(code)
    assert isinstance(refusal, Refused)
    assert isinstance(no_token("ups", refusal), CredentialRefused) == credential


@pytest.mark.parametrize("slug", [*registry.CARRIERS, *registry.WAREHOUSES])
def test_every_vendor_with_an_api_can_be_asked(slug: str) -> None:
    make = (registry.CARRIERS.get(slug) or registry.WAREHOUSES[slug]).make
    assert isinstance(make, type)
    assert isinstance(object.__new__(make), ChecksCredential) == (slug not in registry.WITHOUT_API)


@pytest.mark.parametrize("slug", known_systems())
def test_every_system_has_a_name_and_says_which_of_its_settings_are_secret(slug: str) -> None:
    assert name_of(slug) != slug
    assert "webhook_secret" in secret_fields(slug)


def test_what_must_be_given_is_asked_for_first() -> None:
    assert secret_fields("ups")[0] == "api_key"
    assert secret_fields("regional") == ["webhook_secret", "api_key"]


def test_another_address_is_no_other_secret() -> None:
    one = {"api_key": "a", "webhook_secret": "b", "base_url": "http://one.example"}
    assert same_secrets("ups", one, {**one, "base_url": "http://two.example"})
    assert not same_secrets("ups", one, {**one, "webhook_secret": "c"})
