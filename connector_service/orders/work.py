"""What a step is given: one tenant's transaction, the rules, and who is acting."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from connector_service.orders.systems import Systems
from connector_service.rules_engine import TenantRules
from connector_service.store import Transaction

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_PAIRS = [high + low for high in _ALPHABET for low in _ALPHABET]
Token = Callable[[int], bytes]


class TokenPool:
    """Random bytes from the operating system, fetched many at a time: an order needs some thirty ids."""

    def __init__(self, source: Token = secrets.token_bytes, size: int = 4_000) -> None:
        self._source, self._size = source, size
        self._pool, self._at = b"", 0

    def __call__(self, count: int) -> bytes:
        """The next bytes; none is handed out twice."""
        if self._at + count > len(self._pool):
            self._pool, self._at = self._source(max(self._size, count)), 0
        self._at += count
        return self._pool[self._at - count : self._at]


def new_id(prefix: str, now: datetime, token: Token) -> str:
    """An id that sorts by time: milliseconds and 80 random bits in Crockford's base 32."""
    return f"{prefix}_{_stamp(int(now.timestamp() * 1000))}{_base32(int.from_bytes(token(10), 'big'), 80)}"


@lru_cache(maxsize=64)
def _stamp(milliseconds: int) -> str:
    """The same for all ids of a transaction."""
    return _base32(milliseconds, 50)


def _base32(number: int, bits: int) -> str:
    return "".join([_PAIRS[(number >> shift) & 1023] for shift in range(bits - 10, -1, -10)])


_POOL = TokenPool()
Answers = Callable[[str, str], bool | None]
"""Whether a tenant's other system (its slug) answers; None when nobody has asked it lately. Never a call."""


def nobody_knows(tenant_id: str, slug: str) -> bool | None:
    """For work that is far from other systems."""
    return None


@dataclass(slots=True)
class Work:
    """One item's work. `actor` says who or what acts, as the audit trail will show it."""

    tx: Transaction
    rules: TenantRules
    actor: str
    token: Token = field(default=_POOL)
    answers: Answers = nobody_knows

    @property
    def now(self) -> datetime:
        """The moment of the transaction."""
        return self.tx.now

    @property
    def tenant_id(self) -> str:
        """Whose data this is."""
        return self.tx.tenant_id

    def new_id(self, prefix: str) -> str:
        """A fresh id for an object."""
        return new_id(prefix, self.now, self.token)


@dataclass(frozen=True, slots=True)
class Outside:
    """A step with an effect in another system.

    `prepare` says in a transaction what to ask for (or returns the result when nothing is left to do), `act` asks
    outside any transaction, `record` keeps the answer in a second one. A process killed in between does all three
    again, so what `act` does must carry a stable reference. A `VendorError` that `act` raises is handed to `record`.
    """

    prepare: Callable[[Work, Any], Any]
    act: Callable[[Systems, Any], Awaitable[Any]]
    record: Callable[[Work, Any, Any, Any], Any]
