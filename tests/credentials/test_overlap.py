"""Two credentials at a time: the new one acts, the old one stands in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from connector_service.adapters import registry
from connector_service.adapters.carrier_contract import PROTOCOLS, FindsLabels
from connector_service.adapters.contracts import ChecksCredential
from connector_service.adapters.http_errors import CredentialRefused
from connector_service.credentials.overlap import by_any, overlapping
from connector_service.credentials.trying import try_credential
from connector_service.errors import InvalidInput, Unauthorized, VendorUnreachable

pytestmark = pytest.mark.anyio


class Vendor:
    """Takes one key, and signs with it."""

    def __init__(self, key: str, taken: str, error: Exception | None = None) -> None:
        self.key, self.taken, self.error, self.asked = key, taken, error, 0

    async def buy_label(self, reference: str) -> str:
        self.asked += 1
        if self.error is not None:
            raise self.error
        if self.key != self.taken:
            raise CredentialRefused(f"no {self.key}", vendor="ups", http_status=401)
        return f"{reference} by {self.key}"

    async def check_credential(self) -> None:
        await self.buy_label("check")

    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> str:
        if headers["signed"] != self.key:
            raise Unauthorized(f"not signed with {self.key}")
        if body == b"unreadable":
            raise InvalidInput("unreadable")
        return self.key

    def valid_tracking_number(self, number: str) -> bool:
        return number == self.key


class Both:
    """An adapter with both, and how often it told that the old one had to stand in."""

    def __init__(self, taken: str, error: Exception | None = None) -> None:
        self.new, self.old, self.told = Vendor("new", taken, error), Vendor("old", taken), 0
        self.adapter: Any = overlapping(self.new, self.old, self._tell)

    async def _tell(self) -> None:
        self.told += 1


async def test_the_new_one_acts_when_it_is_taken() -> None:
    both = Both(taken="new")
    assert await both.adapter.buy_label("shp-1") == "shp-1 by new"
    assert (both.old.asked, both.told) == (0, 0)


async def test_the_old_one_is_asked_once_when_the_new_one_is_refused_and_this_is_told_once() -> None:
    both = Both(taken="old")
    assert [await both.adapter.buy_label(f"shp-{n}") for n in (1, 2)] == ["shp-1 by old", "shp-2 by old"]
    assert (both.new.asked, both.old.asked, both.told) == (2, 2, 1)


async def test_when_both_are_refused_the_refusal_of_the_new_one_is_said() -> None:
    both = Both(taken="neither")
    with pytest.raises(CredentialRefused, match="no new"):
        await both.adapter.buy_label("shp-1")
    assert both.told == 0


async def test_a_purchase_without_an_answer_is_not_repeated_with_the_old_one() -> None:
    both = Both(taken="new", error=VendorUnreachable("silence", vendor="ups"))
    with pytest.raises(VendorUnreachable):
        await both.adapter.buy_label("shp-1")
    assert both.old.asked == 0


@pytest.mark.parametrize("signed", ["new", "old"])
async def test_a_webhook_may_be_signed_with_either(signed: str) -> None:
    assert Both(taken="new").adapter.read_webhook({"signed": signed}, b"") == signed


async def test_a_webhook_signed_with_neither_is_refused() -> None:
    with pytest.raises(Unauthorized, match="not signed with new"):
        Both(taken="new").adapter.read_webhook({"signed": "other"}, b"")


async def test_a_signed_webhook_that_cannot_be_read_is_said_to_be_so() -> None:
    with pytest.raises(InvalidInput):
        Both(taken="new").adapter.read_webhook({"signed": "old"}, b"unreadable")


async def test_a_test_is_about_the_new_one() -> None:
    both = Both(taken="old")
    assert (await try_credential("UPS", both.adapter)).verdict == "refused"
    assert both.old.asked == 0


async def test_what_asks_nobody_asks_the_new_one() -> None:
    assert Both(taken="old").adapter.valid_tracking_number("new")


@pytest.mark.parametrize("slug", registry.CARRIERS)
async def test_the_two_together_follow_the_protocols_of_each_carrier(slug: str) -> None:
    adapter = registry.CARRIERS[slug].make
    assert isinstance(adapter, type)
    bare = object.__new__(adapter)
    both = overlapping(bare, bare, lambda: None)  # type: ignore[arg-type,return-value]
    for protocol in (*PROTOCOLS.values(), ChecksCredential):
        assert isinstance(both, protocol) == isinstance(bare, protocol), protocol
    assert isinstance(both, FindsLabels) == hasattr(adapter, "find_label")


def test_the_first_settings_that_are_accepted_count() -> None:
    def check(settings: Mapping[str, Any]) -> int:
        if settings["at"] < 1:
            raise Unauthorized(f"no {settings['at']}")
        return int(settings["at"])

    assert by_any([{"at": 0}, {"at": 1}, {"at": 2}], check) == 1
    with pytest.raises(Unauthorized, match="no 0"):
        by_any([{"at": 0}, {"at": -1}], check)
