"""Exception nodes: raise, wait for the owner, claim, resolve, requeue."""

from __future__ import annotations

from pydantic import Field, JsonValue, RootModel

from canonical_models import EXCEPTION_CATALOG, CanonicalModel, ExceptionCase, ExceptionCode, Order
from canonical_models.base import Identifier
from connector_service.errors import InvalidInput
from connector_service.orders import exceptions, resolving
from connector_service.orders.views import ExceptionView, OrderView
from connector_service.orders.work import Work
from nodes.contract import Exceptional, ExceptionInput, Node, NodeInput, OrderInput, Result

FROM_ITEM = ("exception_id", "version")


class RaiseInput(OrderInput):
    """An order and what is wrong with it."""

    code: ExceptionCode = Field(title="Code", description="One of the catalog's codes")
    message: str = Field(min_length=1, max_length=500, title="Message", description="What is wrong, in words")


class AwaitInput(ExceptionInput):
    """An exception and where the waiting flow wants to hear of its resolution."""

    resume_url: str = Field(
        pattern=r"^https?://",
        max_length=2_000,
        title="Resume URL",
        description="Where to post the resolution: {{ $execution.resumeUrl }}",
    )


class ClaimInput(ExceptionInput):
    """An exception and who takes it."""

    person: Identifier = Field(title="Person", description="Who works on it")


class ResolveInput(ClaimInput):
    """An exception and all that its code requires."""

    fields: dict[str, JsonValue] = Field(default_factory=dict, title="Fields", description="The required fields")
    audit_steps: list[str] = Field(
        default_factory=list, title="Audit Steps", description="The audit steps that are done"
    )
    words: str = Field(default="", max_length=1_000, title="Words", description="What was done")


class Requeued(RootModel[OrderView | ExceptionView]):
    """The order, back on its way; of an exception about none, the exception, which closed by itself."""


class SearchInput(NodeInput):
    """Which exceptions to find."""

    state: str = Field(default="open", title="State", description="open, claimed, resolved, requeued or cancelled")
    owner: str = Field(default="", title="Owner", description="Only exceptions of this owner")
    limit: int = Field(default=50, ge=1, le=500, title="Limit", description="At most this many")


class Exceptions(CanonicalModel):
    """Exceptions found, oldest first."""

    exceptions: list[ExceptionView]


def _case(work: Work, item: ExceptionInput) -> ExceptionCase:
    return work.tx.get(ExceptionCase, item.exception_id)


def _raise(work: Work, item: RaiseInput) -> Result:
    if EXCEPTION_CATALOG[item.code].subject == "credential":
        raise InvalidInput(f"{item.code} is about a credential, not an order; the clock raises it.", pointer="/code")
    order = work.tx.get(Order, item.order_id)
    case = exceptions.raise_exception(work, order, item.code, item.message)
    return Exceptional(case, OrderView.of(work.tx.get(Order, item.order_id)))


def _await(work: Work, item: AwaitInput) -> Result:
    case = _case(work, item)
    if case.resume_url != item.resume_url:
        resolving.await_resolution(work, case, item.resume_url)
    return ExceptionView.of(case)


def _claim(work: Work, item: ClaimInput) -> Result:
    case = _case(work, item)
    resolving.claim(work, case, item.person)
    return ExceptionView.of(case)


def _resolve(work: Work, item: ResolveInput) -> Result:
    case = _case(work, item)
    resolving.resolve(work, case, item.person, item.fields, item.audit_steps, item.words)
    return ExceptionView.of(_case(work, item))


def _requeue(work: Work, item: ExceptionInput) -> Result:
    case = _case(work, item)
    if case.order_id is None and case.state == "requeued":
        return ExceptionView.of(case)
    return OrderView.of(resolving.requeue(work, case))


def _search(work: Work, item: SearchInput) -> Result:
    narrow = {"state": item.state, **({"owner": item.owner} if item.owner else {})}
    found = work.tx.find_by(ExceptionCase, limit=item.limit, **narrow)
    return Exceptions(exceptions=[ExceptionView.of(case) for case in found])


NODES = (
    Node(
        name="exception.raise",
        title="Raise",
        action="Raise an exception",
        description="Take an order off the ordinary path, with an owner, a deadline and what is required.",
        input=RaiseInput,
        output=OrderView,
        run=_raise,
        raises=tuple(ExceptionCode),
        fields_from_item=("order_id", "version"),
        subject="order_id",
    ),
    Node(
        name="exception.await_resolution",
        title="Await Resolution",
        action="Register a flow that waits for the resolution",
        description="Tell Dockline where a waiting flow wants to hear of the resolution; put a Wait node after it.",
        input=AwaitInput,
        output=ExceptionView,
        run=_await,
        fields_from_item=FROM_ITEM,
    ),
    Node(
        name="exception.claim",
        title="Claim",
        action="Claim an exception",
        description="A person takes the exception.",
        input=ClaimInput,
        output=ExceptionView,
        run=_claim,
        fields_from_item=FROM_ITEM,
        subject="exception_id",
    ),
    Node(
        name="exception.resolve",
        title="Resolve",
        action="Resolve an exception",
        description="Fill in the required fields and audit steps; they are checked and applied to the order.",
        input=ResolveInput,
        output=ExceptionView,
        run=_resolve,
        fields_from_item=FROM_ITEM,
        subject="exception_id",
    ),
    Node(
        name="exception.requeue",
        title="Requeue",
        action="Requeue a resolved exception",
        description="Put the order back onto the ordinary path.",
        input=ExceptionInput,
        output=Requeued,
        run=_requeue,
        fields_from_item=FROM_ITEM,
        subject="exception_id",
    ),
    Node(
        name="exception.get",
        title="Get",
        action="Get an exception",
        description="The exception with its owner, deadline and what is required.",
        input=ExceptionInput,
        output=ExceptionView,
        run=lambda work, item: ExceptionView.of(_case(work, item)),
        fields_from_item=FROM_ITEM,
        read_only=True,
    ),
    Node(
        name="exception.search",
        title="Search",
        action="Search exceptions",
        description="Find exceptions by state and owner.",
        input=SearchInput,
        output=Exceptions,
        run=_search,
        read_only=True,
    ),
)
