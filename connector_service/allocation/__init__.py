"""Which location ships which line: pure functions from what is known to a plan, its score and its reasons.

problem = Problem(order_id, lines, locations, promise_days=3, vetoes=..., weights=..., spread=50)
choice = decide(problem, within(BUDGET_MS, time.perf_counter))
"""

from connector_service.allocation.batch import BatchChoice, BatchOrder, Figures, Slices, decide_batch, deciding
from connector_service.allocation.decide import BUDGET_MS, Choice, after, at_once, decide, within
from connector_service.allocation.exact import Stop
from connector_service.allocation.explain import Candidate, Explanation, explain
from connector_service.allocation.ledger import Ledger
from connector_service.allocation.objective import Terms, penalty, terms_of
from connector_service.allocation.problem import Line, Location, Position, Prices, Problem, Take, Weights
from connector_service.allocation.reasons import Plan

__all__ = [
    "BUDGET_MS",
    "BatchChoice",
    "BatchOrder",
    "Candidate",
    "Choice",
    "Explanation",
    "Figures",
    "Ledger",
    "Line",
    "Location",
    "Plan",
    "Position",
    "Prices",
    "Problem",
    "Slices",
    "Stop",
    "Take",
    "Terms",
    "Weights",
    "after",
    "at_once",
    "decide",
    "decide_batch",
    "deciding",
    "explain",
    "penalty",
    "terms_of",
    "within",
]
