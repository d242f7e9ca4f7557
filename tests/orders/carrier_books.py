"""A carrier's own books, for tests that let calls get lost: which vans stand there, whoever knows of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from connector_service.adapters.carrier_contract import PickupConfirmed
from connector_service.adapters.http_errors import Busy
from connector_service.errors import VendorRejected, VendorUnreachable
from connector_service.orders.pickup_asking import Begun, Said

Fate = Literal["answered", "answer_lost", "busy", "refused", "killed_before", "killed_after"]
FATES: tuple[Fate, ...] = ("answered", "answer_lost", "busy", "refused", "killed_before", "killed_after")


@dataclass
class Books:
    """By number, the pickup that a standing van was called for, and until when it comes."""

    standing: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    _last: int = 0

    def of(self, pickup_id: str) -> list[str]:
        """The vans that stand for a pickup, the newest last."""
        return [number for number, (owner, _) in self.standing.items() if owner == pickup_id]

    def forget(self, now: datetime) -> None:
        """What was to come by now has come, or has not."""
        self.standing = {number: van for number, van in self.standing.items() if van[1] > now}

    def call(self, begun: Begun, fate: Fate) -> Said | None:
        """Do what is asked, and answer as fate will have it; None: nobody is there to hear it."""
        if fate == "killed_before":
            return None
        if begun.call.what == "change" and begun.carrier != "fedex" and not self._stands(begun):
            fate = "refused"
        if fate in ("busy", "refused"):
            no = Busy("busy", vendor=begun.carrier, pause=1) if fate == "busy" else _refusal(begun)
            return Said(begun.pickup_id, begun, no, untouched=True)
        answer = self._done(begun)
        if fate == "killed_after":
            return None
        lost = VendorUnreachable("no answer", vendor=begun.carrier)
        return Said(begun.pickup_id, begun, lost if fate == "answer_lost" else answer)

    def _stands(self, begun: Begun) -> bool:
        return begun.confirmed.confirmation in self.standing

    def _done(self, begun: Begun) -> PickupConfirmed:
        if begun.call.what == "cancel":
            self.standing.pop(begun.confirmed.confirmation, None)
            return begun.confirmed
        moved = begun.call.what == "change" and self._stands(begun)
        number = begun.confirmed.confirmation
        if not moved or begun.carrier == "fedex":
            self._last += 1
            number = f"V{self._last}"
        if moved:
            del self.standing[begun.confirmed.confirmation]
        self.standing[number] = begun.pickup_id, begun.request.close_at
        day = begun.request.ready_at.date()
        return PickupConfirmed(begun.carrier, begun.request.reference, number, day)


def _refusal(begun: Begun) -> VendorRejected:
    return VendorRejected("no", vendor=begun.carrier)
