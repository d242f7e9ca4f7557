"""Stock of one SKU wanted by several lines, and which positions units come from: demanded lots, else first expiry."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Mapping, Sequence

from connector_service.allocation.model import Model, Option
from connector_service.allocation.objective import drained_cost, unit_cost
from connector_service.allocation.problem import Take
from connector_service.allocation.ties import draw, rate, search_cost

Node = Hashable
Graph = dict[Node, dict[Node, int]]
"""What can still flow from node to node; what has flowed can flow back."""


def share_stock(
    model: Model,
    options: Sequence[Option],
    demands: tuple[int, ...],
    amounts: dict[tuple[int, int], int],
    left: list[int],
) -> int:
    """Fill demands for one SKU as far as possible at the least cost; writes `amounts` and `left`, returns the cost."""
    graph: Graph = {}
    supplies: list[tuple[int, str, int]] = []
    for option in options:
        if option.location.id not in graph:
            _add_location(model, option, demands, graph, supplies)
        for at in demands:
            if at in option.segments:
                lots = {position.lot for position in option.location.positions if position.sku == model.lines[at].sku}
                for lot in lots if model.lines[at].lot is None else lots & {model.lines[at].lot}:
                    _arc(graph, (option.location.id, lot), (at, option.index), model.needs[at])
                _arc(graph, (at, option.index), at, model.needs[at])
    for at in demands:
        _arc(graph, at, None, model.needs[at])
    cost = 0
    for each, location_id, units in sorted(supplies):
        cost += each * _push(graph, location_id, units)
    for option in options:
        for at in demands:
            carried = graph.get(at, {}).get((at, option.index), 0)
            if carried:
                amounts[at, option.index] = carried
                left[at] -= carried
    return cost


def _add_location(
    model: Model, option: Option, demands: tuple[int, ...], graph: Graph, supplies: list[tuple[int, str, int]]
) -> None:
    problem, location, line = model.problem, option.location, model.lines[demands[0]]
    total = 0
    graph[location.id] = {}
    for position in location.positions:
        if position.sku == line.sku and position.available:
            _arc(graph, location.id, (location.id, position.lot), position.available)
            total += position.available
    spare = max(0, total - location.keep.get(line.sku, 0))
    each, counts = unit_cost(problem, location, line), rate(draw(problem.order_id, location.id), problem.spread)
    supplies.append((search_cost(each, counts), location.id, spare))
    supplies.append((search_cost(each + drained_cost(problem), counts), location.id, total - spare))


def _arc(graph: Graph, start: Node, end: Node, room: int) -> None:
    ends = graph.setdefault(start, {})
    ends[end] = ends.get(end, 0) + room
    graph.setdefault(end, {}).setdefault(start, 0)


def _push(graph: Graph, start: Node, units: int) -> int:
    """Send up to so many units from `start` to the sink (None), by shortest augmenting paths; how many went."""
    sent = 0
    while sent < units:
        path = _path(graph, start)
        if not path:
            break
        step = min(units - sent, *(graph[one][two] for one, two in path))
        for one, two in path:
            graph[one][two] -= step
            graph[two][one] += step
        sent += step
    return sent


def _path(graph: Graph, start: Node) -> list[tuple[Node, Node]]:
    came: dict[Node, Node] = {start: start}
    waiting = deque([start])
    while waiting and None not in came:
        here = waiting.popleft()
        for there, room in graph[here].items():
            if room > 0 and there not in came:
                came[there] = here
                waiting.append(there)
    if None not in came:
        return []
    path: list[tuple[Node, Node]] = []
    end: Node = None
    while end != start:
        path.append((came[end], end))
        end = came[end]
    return path


def takes_of(model: Model, amounts: Mapping[tuple[int, int], int]) -> tuple[Take, ...]:
    """Which positions the units of a plan come from.

    At each location lines that demand a lot are served first, then the others, first expiry first.
    """
    takes: list[Take] = []
    stock: dict[str, list[tuple[str, str, str, int]]] = {}
    for (at, index), units in sorted(amounts.items(), key=lambda item: (model.lines[item[0][0]].lot is None, item[0])):
        line, location = model.lines[at], model.options[index].location
        if location.id not in stock:
            ranked = sorted(location.positions, key=lambda position: position.first_expiry)
            stock[location.id] = [(p.id, p.sku, p.lot, p.available) for p in ranked]
        for row, (name, sku, lot, available) in enumerate(stock[location.id]):
            if units and available and sku == line.sku and line.lot in (None, lot):
                quantity = min(units, available)
                units -= quantity
                stock[location.id][row] = (name, sku, lot, available - quantity)
                takes.append(Take(line.line_id, location.id, name, quantity))
    return tuple(sorted(takes))
