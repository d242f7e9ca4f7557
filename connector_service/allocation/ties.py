"""Share the load between locations that are as good as each other: rendezvous hashing of order and location.

Every location draws a number for every order. The search multiplies what a location costs by 1 + spread x draw and
adds the draw itself far below the last digit that counts. From this follows, for every answer proven to be the best:
- the same order always gets the same answer; equal locations get equal shares of the orders;
- the answer costs at most `spread` more than the cheapest one (draws are below 1, and the cheapest is dearer by less
  than the spread too);
- what a location costs does not depend on the others, so adding one moves only the orders that it wins, and taking
  one away moves only the orders that it had.
Method: Thaler and Ravishankar, "Using name-based mappings to increase hit rates", 1998.
"""

from __future__ import annotations

from hashlib import blake2b

DRAW_BITS = 24
SCALE_BITS = 32
"""One thousandth of a minor unit in search cost: room for the draws of 256 shipments below the last digit."""


def draw(order_id: str, location_id: str) -> int:
    """The location's number for this order, from 0 to 2^24 - 1; the lower, the better."""
    digest = blake2b(f"{order_id}\0{location_id}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) >> (64 - DRAW_BITS)


def rate(drawn: int, spread: int) -> int:
    """What a location with this draw counts in the search, in thousandths of `1 << SCALE_BITS`."""
    return (1000 << SCALE_BITS) + (drawn * spread << (SCALE_BITS - DRAW_BITS))


def search_cost(score: int, at_rate: int) -> int:
    """A score (thousandths of a minor unit) as the search sees it at a location with this rate."""
    return score * at_rate // 1000


def least_score(bound: int, spread: int) -> int:
    """The lowest score that any plan can have when no plan has a search cost below `bound`."""
    above_draws = bound - (1 << SCALE_BITS) + 1
    return max(0, -(-above_draws * 1000 // ((1000 + spread) << SCALE_BITS)))
