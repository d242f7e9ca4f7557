"""Random orders and locations for measuring the warehouse choice: what a network of that size could look like.

Every location stocks a line with a chance of 60%, one unit to twelve; the order wants one to five of each line. So few
locations have it all, and most orders of ten lines must be split. Carriage and days follow the shipping zone.
"""

from __future__ import annotations

from random import Random

from connector_service.allocation import BatchOrder, Line, Location, Position, Problem

STOCKED = 0.6


def order(locations: int, lines: int, seed: int, spread: int = 50) -> Problem:
    """One order; the same for the same arguments."""
    rng = Random(f"{locations}x{lines}/{seed}")
    wanted = tuple(
        Line(f"line-{at:02}", f"SKU-{at:02}", rng.randint(1, 5), unit_weight_g=rng.randint(50, 3000))
        for at in range(lines)
    )
    return Problem(
        order_id=f"ord_{seed:06}",
        lines=wanted,
        locations=tuple(_location(rng, f"loc-{at:03}", wanted) for at in range(locations)),
        promise_days=3,
        max_splits=rng.choice((None, 5)),
        spread=spread,
    )


def _location(rng: Random, name: str, wanted: tuple[Line, ...]) -> Location:
    zone = rng.randint(1, 8)
    stocked = [line.sku for line in wanted if rng.random() < STOCKED]
    return Location(
        id=name,
        positions=tuple(Position(f"{name}/{sku}", sku, rng.randint(1, 12)) for sku in stocked),
        handling_minor=rng.randint(120, 350),
        carriage_minor=380 + 70 * zone,
        carriage_per_kg_minor=25 + 12 * zone,
        dispatch_days=int(rng.random() < 0.25),
        transit_days=1 + zone // 2,
        capacity=500,
        used=rng.randint(0, 499),
        keep={sku: rng.randint(0, 3) for sku in stocked},
    )


def batch(orders: int, seed: int) -> list[BatchOrder]:
    """A sale: orders of one to three of six SKUs, a fifth of them express, for about half of the units they want."""
    rng = Random(f"batch/{orders}/{seed}")
    skus = [f"SKU-{at}" for at in range(6)]
    stock = {
        f"loc-{at}": tuple(
            Position(f"loc-{at}/{sku}", sku, rng.randint(0, orders // 10)) for sku in skus if rng.random() < STOCKED
        )
        for at in range(5)
    }
    return [BatchOrder(_sold(rng, f"ord_{at:04}", skus, stock), rng.random() < 0.2, at) for at in range(orders)]


def _sold(rng: Random, name: str, skus: list[str], stock: dict[str, tuple[Position, ...]]) -> Problem:
    lines = tuple(
        Line(f"line-{sku}", sku, rng.randint(1, 2), unit_weight_g=300) for sku in rng.sample(skus, rng.randint(1, 3))
    )
    locations = []
    for where, positions in stock.items():
        zone = rng.randint(1, 8)
        locations.append(
            Location(
                where,
                positions,
                handling_minor=200,
                carriage_minor=380 + 70 * zone,
                carriage_per_kg_minor=25 + 12 * zone,
                transit_days=1 + zone // 2,
            )
        )
    return Problem(name, lines, tuple(locations), promise_days=3)
