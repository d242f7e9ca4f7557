"""Orders of one priority that compete for the same stock, decided together: who has most to lose first, then swaps."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from connector_service.allocation.decide import decide
from connector_service.allocation.exact import Stop
from connector_service.allocation.ledger import Ledger
from connector_service.allocation.problem import Problem, Take

STEPS = 100
"""Steps of the exact search per decision: the same answer on every machine."""
_PARTNERS = 4
"""With how many of those that hold what it wants an order tries to swap."""

Rank = tuple[int, int]
"""Unfilled units, then score."""
Plan = tuple[Take, ...]
Plans = dict[str, Plan]
"""By order id."""


def decide_left(problem: Problem, stop: Stop) -> tuple[Plan, Rank]:
    """One order on what is left, and how good its plan is."""
    steps = iter(range(STEPS))
    choice = decide(problem, lambda: next(steps, None) is None or stop())
    return choice.takes, (choice.unfilled, choice.score)


def together_of(problems: Sequence[Problem], stop: Stop, most_swaps: int) -> Generator[None, None, Peers | None]:
    """The best plans found for orders on the same stock; None when the time was out before each order had one."""
    wishes: dict[str, tuple[Plan, Rank]] = {}
    for problem in problems:
        if stop():
            return None
        wishes[problem.order_id] = decide_left(problem, stop)
        yield
    starts = [(yield from _in_turn(problems, wishes, stop))]
    turn = yield from _most_to_lose(problems, wishes, stop)
    starts.append((yield from _in_turn(turn, wishes, stop)))
    best = min((peers for peers in starts if peers is not None), key=lambda peers: peers.total, default=None)
    if best is not None:
        yield from best.swap(most_swaps)
    return best


def _in_turn(
    turn: Sequence[Problem], wishes: dict[str, tuple[Plan, Rank]], stop: Stop
) -> Generator[None, None, Peers | None]:
    """Each takes the best of what those before it left; None when the time was out before the last one's turn."""
    peers = Peers({problem.order_id: problem for problem in turn}, wishes, stop)
    for problem in turn:
        if stop():
            return None
        peers.take_best(problem)
        yield
    return peers


def _most_to_lose(
    problems: Sequence[Problem], wishes: dict[str, tuple[Plan, Rank]], stop: Stop
) -> Generator[None, None, list[Problem]]:
    """Orders by how much worse off they would be without their main location; the worst first."""
    loss: dict[str, Rank] = {}
    for problem in problems:
        takes, rank = wishes[problem.order_id]
        second = rank
        if takes and not stop():
            main = max(takes, key=lambda take: (take.quantity, take.location_id)).location_id
            second = decide_left(problem.without(main, "not asked"), stop)[1]
            yield
        loss[problem.order_id] = (second[0] - rank[0], second[1] - rank[1])
    return sorted(problems, key=lambda problem: loss[problem.order_id], reverse=True)


@dataclass(slots=True)
class Peers:
    """The plans so far, and who holds what."""

    problems: dict[str, Problem]
    wishes: dict[str, tuple[Plan, Rank]]
    """What each order would take if it were the only one."""
    stop: Stop
    ledger: Ledger = field(default_factory=Ledger)
    plans: Plans = field(default_factory=dict)
    ranks: dict[str, Rank] = field(default_factory=dict)
    holders: dict[tuple[str, str], dict[str, None]] = field(default_factory=dict)
    """By position, the orders that take from it (a dict keeps their order)."""
    tried: int = 0

    @property
    def total(self) -> Rank:
        """Unfilled units and scores of all plans."""
        return sum(rank[0] for rank in self.ranks.values()), sum(rank[1] for rank in self.ranks.values())

    def take_best(self, problem: Problem) -> None:
        """Decide an order on what is left; its wish, if that is still there."""
        self.keep(problem, *decide_left(self.ledger.left_for(problem), self.stop))

    def keep(self, problem: Problem, takes: Plan, rank: Rank) -> None:
        """Count a plan in."""
        self.plans[problem.order_id], self.ranks[problem.order_id] = takes, rank
        self.ledger.add(problem, takes)
        for take in takes:
            self.holders.setdefault((take.location_id, take.position_id), {})[problem.order_id] = None

    def give_back(self, problem: Problem) -> tuple[Plan, Rank]:
        """Count a plan out."""
        takes, rank = self.plans.pop(problem.order_id), self.ranks.pop(problem.order_id)
        self.ledger.add(problem, takes, -1)
        for take in takes:
            self.holders[take.location_id, take.position_id].pop(problem.order_id, None)
        return takes, rank

    def swap(self, most: int) -> Generator[None, None, None]:
        """Let orders that did not get their wish try to swap, until nobody gains or it was tried often enough."""
        gained = True
        while gained:
            gained = False
            for order_id, problem in self.problems.items():
                for other in self.in_its_way(order_id):
                    if self.tried >= most or self.stop():
                        return
                    self.tried += 1
                    if self.swap_two(problem, self.problems[other]):
                        gained = True
                        break
                    yield

    def in_its_way(self, order_id: str) -> list[str]:
        """Some of the orders that hold what an order wishes for, when it is worse off without."""
        takes, rank = self.wishes[order_id]
        if self.ranks[order_id] <= rank:
            return []
        found: dict[str, None] = {}
        for take in takes:
            found |= self.holders.get((take.location_id, take.position_id), {})
        lines = self.problems[order_id].lines
        # an order that wants the same at the same cost cannot gain what this one would
        unlike = (o for o in found if self.wishes[o][1] != rank or self.problems[o].lines != lines)
        return list(islice(unlike, _PARTNERS))

    def swap_two(self, one: Problem, other: Problem) -> bool:
        """Decide two orders anew, the first one first; undone unless both together are better off."""
        before = [(problem, *self.give_back(problem)) for problem in (one, other)]
        for problem in (one, other):
            self.take_best(problem)
        old = [sum(rank[at] for _, _, rank in before) for at in (0, 1)]
        new = [self.ranks[one.order_id][at] + self.ranks[other.order_id][at] for at in (0, 1)]
        if new < old:
            return True
        for problem in (one, other):
            self.give_back(problem)
        for problem, takes, rank in before:
            self.keep(problem, takes, rank)
        return False
