"""How each carrier fared in a round of asking for rates, and the round as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from canonical_models.shipment import RateSource
from connector_service.adapters.carrier_contract import Rate
from connector_service.adapters.http_errors import Busy, CircuitOpen, NoAnswer, UnreadableAnswer
from connector_service.errors import DocklineError, VendorError, VendorRejected, VendorUnreachable


class Trouble(StrEnum):
    """Why a carrier gave no rates. All but a refusal may pass by themselves."""

    REFUSED = "refused"
    TIMED_OUT = "timed_out"
    BREAKER_OPEN = "breaker_open"
    BUSY = "busy"
    UNREADABLE = "unreadable"
    UNREACHABLE = "unreachable"


_TROUBLE_OF: Mapping[type[DocklineError], Trouble] = {
    CircuitOpen: Trouble.BREAKER_OPEN,
    Busy: Trouble.BUSY,
    UnreadableAnswer: Trouble.UNREADABLE,
    NoAnswer: Trouble.TIMED_OUT,
    VendorUnreachable: Trouble.UNREACHABLE,
}


def trouble_of(error: DocklineError) -> Trouble:
    """What an error of an adapter means; whatever cannot pass by itself is a refusal."""
    return next((trouble for kind, trouble in _TROUBLE_OF.items() if isinstance(error, kind)), Trouble.REFUSED)


@dataclass(frozen=True, slots=True)
class CarrierAnswer:
    """One carrier's part in a round.

    `source` says where `rates` come from: asked just now, kept from an earlier answer, or agreed beforehand; None when
    there are none. `trouble` says what kept the carrier from answering, also when something stands in for its answer.
    `latency_ms` is from the beginning of the round.
    """

    carrier: str
    rates: tuple[Rate, ...]
    source: RateSource | None
    trouble: Trouble | None
    words: str
    latency_ms: float

    @property
    def outcome(self) -> str:
        """One word for people and metrics: where the rates come from, else the trouble."""
        return self.source or str(self.trouble)

    @property
    def may_pass(self) -> bool:
        """Whether asking again later can help."""
        return self.trouble not in (None, Trouble.REFUSED)


@dataclass(frozen=True, slots=True)
class Shopped:
    """A round over all carriers, in the order they were given; `elapsed_ms` is what the caller waited."""

    answers: tuple[CarrierAnswer, ...]
    elapsed_ms: float

    @property
    def rates(self) -> tuple[Rate, ...]:
        """All offers."""
        return tuple(rate for answer in self.answers for rate in answer.rates)

    @property
    def waiting_for(self) -> tuple[str, ...]:
        """The carriers that may answer when they are asked again: worth a retry when their breaker closes."""
        return tuple(answer.carrier for answer in self.answers if answer.may_pass)

    @property
    def words(self) -> str:
        """How each carrier fared, in a sentence each."""
        return " ".join(f"{answer.carrier}: {answer.words}." for answer in self.answers)

    def failure(self) -> VendorError | None:
        """None when there is an offer; else the error to raise, retryable when one of the carriers may pass."""
        if self.rates or not self.answers:
            return None
        kind = VendorUnreachable if self.waiting_for else VendorRejected
        named = self.waiting_for or (self.answers[0].carrier,)
        return kind(f"No carrier offers to take it. {self.words}", vendor=named[0])
