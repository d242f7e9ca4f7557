"""Exceptions before stock is touched: payment, SKUs, address, duplicates; and how they are resolved."""

from datetime import timedelta
from typing import Any

import pytest

from tests.house import House, check_house, new_order

pytestmark = pytest.mark.anyio
Json = dict[str, Any]
ADDRESS = new_order()["ship_to"]


async def stopped(house: House, code: str, status: str, *lines: tuple[str, int], **changes: Any) -> str:
    """Receive and validate an order that must end in an exception."""
    house.clock.advance(timedelta(seconds=1))
    order_id = await house.receive("N2", *lines, **changes)
    answer = await house.one("order.validate", order_id=order_id)
    assert answer["status"] == "exception"
    assert answer["exception"]["code"] == code
    assert answer["exception"]["owner"] == house.order(order_id).owner
    assert answer["exception"]["deadline_at"]
    assert house.order(order_id).status == status
    check_house(house.store)
    return order_id


async def goes_on(house: House, order_id: str) -> None:
    """After resolving, the order only moves once it is requeued, and then it does."""
    before = house.order(order_id).status
    assert (await house.one("order.validate", order_id=order_id))["status"] == "exception"
    assert house.order(order_id).status == before
    assert (await house.requeue(order_id))["status"] == "received"
    assert (await house.one("order.validate", order_id=order_id))["output"]["status"] == "validated"
    check_house(house.store)


async def test_an_unpaid_order_waits_on_hold_until_finance_names_the_capture(house: House) -> None:
    order_id = await stopped(house, "payment_not_captured", "on_hold", payment_state="authorized")
    assert house.order(order_id).owner == "finance"
    await house.resolve(order_id, {"payment_reference": "ch_1"})
    await goes_on(house, order_id)


async def test_an_unknown_sku_is_quarantined_until_the_seller_names_another(house: House) -> None:
    order_id = await stopped(house, "sku_unknown", "quarantined", ("NOPE", 1))
    await house.resolve(order_id, {"replacements": {"1": "TEE"}}, "seller_confirmed_sku")
    await goes_on(house, order_id)
    assert [line.sku for line in house.order(order_id).lines] == ["TEE"]


async def test_an_address_that_fits_no_country_rule_is_quarantined_until_it_is_corrected(house: House) -> None:
    order_id = await stopped(house, "address_invalid", "quarantined", ship_to=ADDRESS | {"postal_code": "9"})
    await house.resolve(order_id, {"address": ADDRESS}, "customer_confirmed_address")
    await goes_on(house, order_id)
    assert house.order(order_id).ship_to.postal_code == "10118"


async def duplicate(house: House) -> str:
    await house.receive("N1", ship_to=ADDRESS)
    return await stopped(house, "duplicate_order", "quarantined", ship_to=ADDRESS)


async def test_the_same_lines_for_the_same_customer_a_day_later_are_no_duplicate(house: House) -> None:
    await house.receive("N1", ship_to=ADDRESS)
    house.clock.advance(timedelta(hours=24, seconds=1))
    order_id = await house.receive("N2", ship_to=ADDRESS)
    assert (await house.one("order.validate", order_id=order_id))["status"] == "done"


async def test_a_duplicate_that_the_customer_wants_goes_on(house: House) -> None:
    order_id = await duplicate(house)
    assert house.case(order_id).evidence["duplicate_number"] == "N1"
    await house.resolve(order_id, {"keep_order": True}, "customer_asked")
    await goes_on(house, order_id)


async def test_a_duplicate_that_nobody_wants_is_cancelled_and_the_trail_says_who_decided(house: House) -> None:
    order_id = await duplicate(house)
    await house.resolve(order_id, {"keep_order": False}, "customer_asked")
    assert house.order(order_id).status == "cancelled"
    (case,) = house.cases(order_id)
    assert (case.state, case.resolved_by, case.fields) == ("cancelled", "ada", {"keep_order": False})
    assert case.audit_done == {"customer_asked": "ada"}
    check_house(house.store)


async def test_a_duplicate_is_seen_although_the_first_address_was_standardised_meanwhile(house: House) -> None:
    sloppy = ADDRESS | {"line1": "  350 5th  ave ", "city": "new york", "region": "New York"}
    first = await house.receive("N1", ship_to=sloppy)
    await house.one("order.validate", order_id=first)
    assert house.order(first).ship_to.line1 != sloppy["line1"]
    await stopped(house, "duplicate_order", "quarantined", ship_to=sloppy)


async def test_an_order_like_a_cancelled_one_is_no_duplicate(house: House) -> None:
    first = await house.receive("N1", ship_to=ADDRESS)
    await house.one("order.cancel", order_id=first, because="wrong size")
    second = await house.receive("N2", ship_to=ADDRESS)
    assert (await house.one("order.validate", order_id=second))["status"] == "done"


WRONG: list[tuple[str, Json, list[str], str]] = [
    ("payment_not_captured", {}, [], "/fields/payment_reference"),
    ("payment_not_captured", {"payment_reference": "  "}, [], "/fields/payment_reference"),
    ("payment_not_captured", {"payment_reference": "x", "more": 1}, [], "/fields/more"),
    ("payment_not_captured", {"payment_reference": "x"}, ["coffee"], "/audit_steps/coffee"),
    ("sku_unknown", {"replacements": {"1": "TEE"}}, [], "/audit_steps/seller_confirmed_sku"),
    ("sku_unknown", {"replacements": ["TEE"]}, ["seller_confirmed_sku"], "/fields/replacements"),
    ("sku_unknown", {"replacements": {"9": "TEE"}}, ["seller_confirmed_sku"], "/fields/replacements"),
    ("sku_unknown", {"replacements": {"1": "STILL-NOT"}}, ["seller_confirmed_sku"], "/fields/replacements"),
    ("sku_unknown", {"replacements": {"1": "x" * 999}}, ["seller_confirmed_sku"], "/fields/replacements"),
    ("sku_unknown", {"replacements": {}}, ["seller_confirmed_sku"], "/fields/replacements"),
    ("address_invalid", {"address": 5}, ["customer_confirmed_address"], "/fields/address"),
    (
        "address_invalid",
        {"address": ADDRESS | {"country": "usa"}},
        ["customer_confirmed_address"],
        "/fields/address/country",
    ),
    (
        "address_invalid",
        {"address": ADDRESS | {"postal_code": "9"}},
        ["customer_confirmed_address"],
        "/fields/address/postal_code",
    ),
    ("duplicate_order", {"keep_order": "yes"}, ["customer_asked"], "/fields/keep_order"),
]
CAUSES: dict[str, Json] = {
    "payment_not_captured": {"payment_state": "pending"},
    "sku_unknown": {"lines": [{"line_id": "1", "sku": "NOPE", "quantity_ordered": 1}]},
    "address_invalid": {"ship_to": ADDRESS | {"postal_code": "9"}},
    "duplicate_order": {"ship_to": ADDRESS},
}


@pytest.mark.parametrize(("code", "fields", "steps", "pointer"), WRONG)
async def test_a_wrong_or_missing_answer_is_refused_with_its_place_and_nothing_moves(
    house: House, code: str, fields: Json, steps: list[str], pointer: str
) -> None:
    await house.receive("N1", ship_to=ADDRESS)
    order_id = await stopped(house, code, house_status(code), **CAUSES[code])
    case = house.case(order_id)
    answer = {"exception_id": case.id, "person": "ada", "fields": fields, "audit_steps": steps}
    error = await house.refused("exception.resolve", **answer)
    assert (error["status"], error["pointer"], error["retryable"]) == (422, pointer, False)
    assert house.case(order_id) == case
    assert (await house.refused("exception.requeue", exception_id=case.id))["status"] == 409


def house_status(code: str) -> str:
    return "on_hold" if code == "payment_not_captured" else "quarantined"


@pytest.mark.parametrize("node", ["order.validate", "order.allocate", "order.check_pre_pick", "order.release"])
async def test_a_quarantined_order_does_not_move_by_any_step(house: House, node: str) -> None:
    order_id = await stopped(house, "sku_unknown", "quarantined", ("NOPE", 1))
    before = house.order(order_id)
    answer = await house.one(node, order_id=order_id)
    assert (answer["status"], answer["exception"]["code"]) == ("exception", "sku_unknown")
    assert house.order(order_id) == before


async def test_what_is_filled_in_bit_by_bit_is_refused_until_it_is_complete(house: House) -> None:
    order_id = await stopped(house, "sku_unknown", "quarantined", ("NOPE", 1))
    case = house.case(order_id)
    with_fields = {"exception_id": case.id, "person": "ada", "fields": {"replacements": {"1": "TEE"}}}
    assert "seller_confirmed_sku" in (await house.refused("exception.resolve", **with_fields))["detail"]
    await house.one("exception.resolve", **with_fields, audit_steps=["seller_confirmed_sku"])
    assert house.case(order_id).audit_done == {"seller_confirmed_sku": "ada"}


async def test_an_exception_that_one_person_claimed_is_not_another_persons(house: House) -> None:
    order_id = await stopped(house, "sku_unknown", "quarantined", ("NOPE", 1))
    exception_id = house.case(order_id).id
    for _ in range(2):
        answer = await house.one("exception.claim", exception_id=exception_id, person="ada")
        assert (answer["output"]["state"], answer["output"]["claimed_by"]) == ("claimed", "ada")
    assert "ada" in (await house.refused("exception.claim", exception_id=exception_id, person="bob"))["detail"]


async def test_a_requeued_exception_is_closed_for_good_and_requeueing_again_changes_nothing(house: House) -> None:
    order_id = await stopped(house, "payment_not_captured", "on_hold", payment_state="pending")
    exception_id = house.case(order_id).id
    await house.resolve(order_id, {"payment_reference": "ch_1"})
    await house.requeue(order_id)
    order = house.order(order_id)
    await house.one("exception.requeue", exception_id=exception_id)
    assert house.order(order_id) == order
    for node in ("exception.claim", "exception.resolve"):
        assert (await house.refused(node, exception_id=exception_id, person="ada"))["status"] == 409
