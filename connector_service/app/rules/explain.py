"""Why a rule file answers as it does, for facts tried now and for decisions of the past."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue
from starlette.concurrency import run_in_threadpool

from canonical_models import Order
from connector_service.app.problems import StrictRoute
from connector_service.app.services import KnownCaller, UsedServices
from connector_service.rules_engine.explain.clock import ClockState, split_times
from connector_service.rules_engine.explain.explain import explain
from connector_service.rules_engine.explain.text import as_text
from connector_service.rules_publishing.past_decisions import explain_decision
from connector_service.store import decisions

router = APIRouter(tags=["rules"], route_class=StrictRoute)


class ExplainBody(BaseModel):
    """Facts to explain a file's answer to. Times that clocks run from stand among the facts, as in a file's tests."""

    model_config = ConfigDict(extra="forbid")

    facts: dict[str, JsonValue] = Field(description="facts of the file's vocabulary")
    now: AwareDatetime | None = Field(default=None, description="the moment to explain; now when left out")
    pauses: list[tuple[AwareDatetime, AwareDatetime | None]] = Field(
        default_factory=list, max_length=100, description="when the clock stood still; null while it still does"
    )


@router.post("/v1/rules/{file_id}/explain", summary="Explain a rule file's answer")
async def explain_rules(file_id: str, body: ExplainBody, caller: KnownCaller, services: UsedServices) -> dict[str, Any]:
    """Which rule wins for these facts and why, and why not the others; as data and as text. Decides nothing."""
    rules = services.rules.of(caller.tenant_id)
    compiled = rules.compiled(file_id)
    facts, times = split_times(compiled.file, body.facts)
    now = body.now or rules.clock.now()
    state = ClockState(now, times, tuple(body.pauses))
    explanation = await run_in_threadpool(explain, compiled, facts, now.date(), state)
    return {"explanation": explanation.as_json(), "text": as_text(explanation)}


@router.get("/v1/decisions/{decision_id}/explain", summary="Explain a decision")
async def explain_past(decision_id: str, caller: KnownCaller, services: UsedServices) -> dict[str, Any]:
    """Why something was decided, by the version that decided; from what was stored when that version is not kept."""
    connection = services.store.reader
    decision = decisions.decision(connection, caller.tenant_id, decision_id)
    return explain_decision(connection, services.rules.of(caller.tenant_id), decision).as_json()


@router.get("/v1/orders/{order_id}/decisions", summary="List the decisions about an order")
async def list_decisions(order_id: str, caller: KnownCaller, services: UsedServices) -> dict[str, Any]:
    """Every decision about an order, its shipments and its exceptions, oldest first."""
    services.store.read(caller.tenant_id).get(Order, order_id)
    found = decisions.of_order(services.store.reader, caller.tenant_id, order_id)
    return {"decisions": [decision.model_dump(mode="json") for decision in found]}
