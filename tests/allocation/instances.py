"""Random problems for tests: small enough for brute force, and as awkward as a few SKUs, lots and locations can be."""

from __future__ import annotations

from random import Random

from connector_service.allocation.problem import Line, Location, Position, Prices, Problem, Take, Weights

SKUS = ("TEE", "MUG", "SERUM")
LOTS = ("", "L1", "L2")


def small_problem(seed: int, spread: int = 0) -> Problem:
    """One to three lines, one to four locations, with every kind of limit now and then."""
    rng = Random(seed)
    weights = {sku: rng.choice((0, 90, 350, 1200)) for sku in SKUS}
    lines = tuple(_line(rng, at, weights) for at in range(rng.randint(1, 3)))
    locations = tuple(_location(rng, at) for at in range(rng.randint(1, 4 if len(lines) < 3 else 3)))
    vetoes = {location.id: ("closed",) for location in locations if rng.random() < 0.08}
    return Problem(
        order_id=f"ord_{seed}",
        lines=lines,
        locations=locations,
        promise_days=rng.choice((None, 0, 2, 3)),
        max_splits=rng.choice((None, None, 0, 1, 2)),
        vetoes=vetoes,
        locked=_locked(rng, lines, locations),
        weights=Weights(*(rng.choice((0, 500, 1000, 1700)) for _ in range(6))),
        prices=Prices(*(rng.choice((0, 50, 300)) for _ in range(5))),
        spread=spread,
    )


def _line(rng: Random, at: int, weights: dict[str, int]) -> Line:
    sku = rng.choice(SKUS)
    lot = rng.choice(("L1", "L2")) if rng.random() < 0.2 else None
    return Line(f"line-{at}", sku, rng.randint(1, 3), lot, rng.random() < 0.15, weights[sku])


def _location(rng: Random, at: int) -> Location:
    positions = tuple(
        Position(f"{at}/{sku}/{lot}", sku, rng.randint(0, 3), lot, rng.choice((None, "2027-01-01", "2027-02-01")))
        for sku in SKUS
        for lot in LOTS
        if rng.random() < 0.35
    )
    return Location(
        id=f"loc-{at}",
        positions=positions,
        handling_minor=rng.choice((0, 100, 250)),
        carriage_minor=rng.choice((0, 400, 700)),
        carriage_per_kg_minor=rng.choice((0, 100, 333)),
        dispatch_days=rng.choice((0, 0, 1)),
        transit_days=rng.randint(0, 4),
        capacity=rng.choice((None, None, 1, 2, 10)),
        used=rng.randint(0, 1),
        merit=rng.choice((1000, 400, -100)),
        keep={sku: rng.randint(0, 2) for sku in SKUS if rng.random() < 0.4},
    )


def _locked(rng: Random, lines: tuple[Line, ...], locations: tuple[Location, ...]) -> tuple[Take, ...]:
    if rng.random() > 0.2:
        return ()
    return (Take(lines[0].line_id, rng.choice(locations).id, "picked", 1),)
