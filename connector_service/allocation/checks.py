"""Refuse a problem that cannot be decided, saying where it is wrong and what would be right."""

from __future__ import annotations

from collections.abc import Iterable

from connector_service.allocation.problem import Line, Location, Problem, Take
from connector_service.errors import InvalidInput

WIDEST_SPREAD = 100
_NEVER_NEGATIVE = (
    "handling_minor",
    "carriage_minor",
    "carriage_per_kg_minor",
    "dispatch_days",
    "transit_days",
    "capacity",
    "used",
)


def check(problem: Problem) -> None:
    """Look at every number and name once.

    Raises:
        InvalidInput: a negative or too large number, a name given twice, or one that nothing has.
    """
    _check_settings(problem)
    _unique((line.line_id for line in problem.lines), "/lines", "line")
    _unique((location.id for location in problem.locations), "/locations", "location")
    for at, line in enumerate(problem.lines):
        _check_line(line, f"/lines/{at}")
    _one_weight_per_sku(problem.lines)
    for at, location in enumerate(problem.locations):
        _check_location(location, at)
    _check_locked(problem.lines, problem.locked)


def _refuse(words: str, pointer: str) -> InvalidInput:
    return InvalidInput(words, pointer=pointer)


def _unique(names: Iterable[str], pointer: str, what: str) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise _refuse(f"There are two {what}s called {name!r}; each needs a name of its own.", pointer)
        seen.add(name)


def _at_least_zero(amount: int, name: str, pointer: str) -> None:
    if amount < 0:
        raise _refuse(f"{name} is {amount}; it must be 0 or more.", f"{pointer}/{name}")


def _check_settings(problem: Problem) -> None:
    if not 0 <= problem.spread <= WIDEST_SPREAD:
        raise _refuse(f"A spread of {problem.spread} per mille; 0 to {WIDEST_SPREAD} is possible.", "/spread")
    if problem.max_splits is not None:
        _at_least_zero(problem.max_splits, "max_splits", "")
    for group, values in (("weights", problem.weights), ("prices", problem.prices)):
        for name in values.__slots__:
            _at_least_zero(getattr(values, name), name, f"/{group}")


def _check_line(line: Line, pointer: str) -> None:
    _at_least_zero(line.quantity, "quantity", pointer)
    _at_least_zero(line.unit_weight_g, "unit_weight_g", pointer)


def _one_weight_per_sku(lines: tuple[Line, ...]) -> None:
    weights: dict[str, int] = {}
    for at, line in enumerate(lines):
        if weights.setdefault(line.sku, line.unit_weight_g) != line.unit_weight_g:
            known = weights[line.sku]
            words = f"{line.sku} weighs {line.unit_weight_g} g here and {known} g above; a SKU has one weight."
            raise _refuse(words, f"/lines/{at}/unit_weight_g")


def _check_location(location: Location, at: int) -> None:
    pointer = f"/locations/{at}"
    for name in _NEVER_NEGATIVE:
        amount = getattr(location, name)
        if amount is not None and amount < 0:
            _at_least_zero(amount, name, pointer)
    names = set()
    for row, position in enumerate(location.positions):
        names.add(position.id)
        if position.available < 0:
            _at_least_zero(position.available, "available", f"{pointer}/positions/{row}")
    if len(names) < len(location.positions):
        _unique((position.id for position in location.positions), f"{pointer}/positions", "position")
    for sku, units in location.keep.items():
        if units < 0:
            _at_least_zero(units, sku, f"{pointer}/keep")


def _check_locked(lines: tuple[Line, ...], locked: tuple[Take, ...]) -> None:
    open_units = {line.line_id: line.quantity for line in lines}
    for at, take in enumerate(locked):
        if take.line_id not in open_units:
            raise _refuse(f"The order has no line {take.line_id!r}.", f"/locked/{at}/line_id")
        if take.quantity <= 0:
            raise _refuse(f"quantity is {take.quantity}; a take has 1 or more.", f"/locked/{at}/quantity")
        open_units[take.line_id] -= take.quantity
        if open_units[take.line_id] < 0:
            words = f"More of line {take.line_id!r} is locked than the order wants; lock its quantity at most."
            raise _refuse(words, f"/locked/{at}/quantity")
