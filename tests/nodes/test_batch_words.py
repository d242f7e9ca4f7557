"""What a customer may be told follows the rules and texts of notifications, and names no trouble of ours."""

from datetime import UTC, datetime

import pytest

from canonical_models import EXCEPTION_CATALOG, ExceptionCase, ExceptionCode, Order
from connector_service.orders.notifications import TEXTS
from connector_service.orders.work import Work
from nodes.batch_words import may_hear
from tests.house import TENANT, House

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 11, 9, tzinfo=UTC)


async def told(house: House, outcome: str, code: ExceptionCode | None = None, carriers: tuple[str, ...] = ()) -> str:
    order_id = await house.receive("N1")
    tx = house.store.read(TENANT)
    case = None
    if code is not None:
        case = ExceptionCase(
            tenant_id=TENANT,
            id="exc_1",
            version=1,
            created_at=NOW,
            updated_at=NOW,
            code=code,
            order_id=order_id,
            message="x",
            owner="operations",
            queue="none",
            raised_at=NOW,
            resume_order_status="received",
        )
    return may_hear(Work(tx, house.rules.of(TENANT), "tests"), tx.get(Order, order_id), outcome, case, list(carriers))


@pytest.mark.parametrize("code", [code for code, said in EXCEPTION_CATALOG.items() if said.subject != "credential"])
async def test_every_exception_has_words_that_name_no_trouble_of_ours(house: House, code: ExceptionCode) -> None:
    said = await told(house, "exception", code)
    assert "N1" in said
    assert said.endswith(".")
    assert not {"warehouse", "exception", "error", "system", "fraud", code.value} & set(said.lower().strip(".").split())


async def test_what_the_rules_tell_the_customer_is_what_they_may_hear(house: House) -> None:
    question = TEXTS["question"][1].format(number="N1")
    assert await told(house, "exception", ExceptionCode.ADDRESS_INVALID) == question
    assert await told(house, "exception", ExceptionCode.INVENTORY_SHORT) == TEXTS["backordered"][1].format(number="N1")


async def test_an_order_with_nothing_to_do_is_no_news(house: House) -> None:
    assert await told(house, "nothing") == ""


async def test_what_is_prepared_labelled_or_failed_is_said_so(house: House) -> None:
    assert await told(house, "done") == "We are preparing your order N1."
    assert "waits for swift and terra to collect it" in await told(house, "done", carriers=("swift", "terra"))
    assert await told(house, "failed") == TEXTS["later"][1].format(number="N1")
