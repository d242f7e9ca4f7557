"""How each carrier was asked for rates: how often a call was made, and how often one was saved. Counts only rise."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(slots=True)
class RateUse:
    """Questions of one tenant to one carrier.

    `called`: a call was made. `joined`: the answer to a call under way served this one too. `kept`: an answer of the
    last minutes did. Of those that the carrier did not answer, `stood_in` got an older answer, `negotiated` the agreed
    rates, and `unanswered` nothing.
    """

    called: int = 0
    joined: int = 0
    kept: int = 0
    stood_in: int = 0
    negotiated: int = 0
    unanswered: int = 0

    @property
    def asked(self) -> int:
        """All questions."""
        return self.called + self.joined + self.kept

    @property
    def saved(self) -> int:
        """Questions that cost no call."""
        return self.joined + self.kept

    @property
    def saved_share(self) -> float:
        """The part of the questions that cost no call, 0 without questions."""
        return self.saved / self.asked if self.asked else 0.0


@dataclass(slots=True)
class RateUses:
    """The counts of every tenant and carrier since this process began."""

    since: datetime
    _uses: dict[tuple[str, str], RateUse] = field(default_factory=dict)

    def of(self, tenant_id: str, carrier: str) -> RateUse:
        """The counts of one tenant and carrier, the same object every time."""
        return self._uses.setdefault((tenant_id, carrier), RateUse())
