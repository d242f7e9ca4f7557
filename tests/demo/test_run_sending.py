from __future__ import annotations

from collections import Counter
from dataclasses import replace

import hypothesis.strategies as st
from hypothesis import given

from connector_service.demo.facts import Glance
from connector_service.demo.mishaps import Expected
from connector_service.demo.orders import PlannedOrder, generate
from connector_service.demo.run import settled_orders
from connector_service.demo.sending import Answer, sendings

SHIPPED = Expected("shipped", None, "shipped", "")
TWICE = Expected("replayed", None, "shipped", "")
HELD = Expected("exception", "pick_failed", "on_hold", "")
REFUSED = Expected("refused", None, None, "")
NOTHING: frozenset[str] = frozenset()
PATTERN = generate(1)[0]


def planned(number: str, expected: Expected) -> PlannedOrder:
    return replace(PATTERN, number=number, expected=expected)


@given(st.lists(st.sampled_from([SHIPPED, TWICE, REFUSED]), max_size=40))
def test_every_webhook_is_sent_as_often_as_planned_and_first_ones_in_order(expected: list[Expected]) -> None:
    orders = [planned(str(index), each) for index, each in enumerate(expected)]
    sent = [order.number for order in sendings(orders)]
    assert Counter(sent) == {order.number: order.sends for order in orders}
    assert list(dict.fromkeys(sent)) == [order.number for order in orders]


def test_half_of_the_webhooks_sent_twice_come_again_at_once_the_others_at_the_end() -> None:
    orders = [planned(number, TWICE) for number in "abcd"]
    assert "".join(order.number for order in sendings(orders)) == "aabccdbd"


def seen(**ends: tuple[str, frozenset[str]]) -> Glance:
    return Glance(Counter(), Counter(), dict(ends), 0)


def test_an_order_that_went_on_to_the_door_has_settled_too() -> None:
    orders = [planned("a", SHIPPED), planned("b", SHIPPED), planned("c", SHIPPED)]
    now = seen(a=("shipped", NOTHING), b=("delivered", NOTHING), c=("packed", NOTHING))
    assert settled_orders(orders, now, []) == 2


def test_an_exception_counts_only_with_its_own_code() -> None:
    orders = [planned("a", HELD), planned("b", HELD), planned("c", SHIPPED)]
    other = frozenset({"wms_rejected"})
    now = seen(a=("on_hold", frozenset({"pick_failed"})), b=("on_hold", other), c=("shipped", other))
    assert settled_orders(orders, now, []) == 1


def test_a_refused_message_has_settled_when_it_was_refused() -> None:
    orders = [planned("a", REFUSED), planned("b", REFUSED)]
    answers = [Answer("a", 422, False, "rej_1"), Answer("b", 201, False, None)]
    assert settled_orders(orders, seen(), answers) == 1
