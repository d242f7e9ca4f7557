from __future__ import annotations

from collections import Counter
from functools import lru_cache

import pytest

from canonical_models import EXCEPTION_CATALOG, NewOrder
from connector_service.adapters.commerce.shopify import order_from_webhook
from connector_service.demo import catalog
from connector_service.demo.orders import PlannedOrder, generate
from connector_service.demo.places import PLACES
from connector_service.errors import InvalidInput
from connector_service.orders.address import standardise
from connector_service.store.kinds import order_fingerprint

# What this generator cannot bring about: it needs days to pass, a flow that does not run, or a process killed.
ON_THE_WAY = {"no_scan", "delivery_delayed", "delivery_failed", "address_correction", "parcel_damaged", "parcel_lost"}
IN_THE_HOUSE = {"flow_stalled", "no_box_fits", "no_location_free", "label_unknown", "label_not_voided"}
BEYOND_THE_PILOT = {*ON_THE_WAY, *IN_THE_HOUSE, "return_to_sender", "credential_overdue"}


@lru_cache(maxsize=1)
def planned() -> list[PlannedOrder]:
    return generate()


def mapped() -> list[tuple[PlannedOrder, NewOrder]]:
    sound = [order for order in planned() if order.expected.outcome != "refused"]
    return [(order, order_from_webhook(order.payload)) for order in sound]


def test_the_same_seed_gives_the_same_orders_and_another_seed_others() -> None:
    assert generate() == planned()
    assert generate(seed=7) != planned()


@pytest.mark.parametrize("count", [1, 7, 100, 500])
def test_as_many_orders_come_as_were_asked_for_each_with_its_own_number(count: int) -> None:
    orders = generate(count)
    assert len({order.number for order in orders}) == len({order.webhook_id for order in orders}) == count


def test_every_exception_code_is_expected_at_least_twice() -> None:
    codes = Counter(order.expected.code for order in planned())
    expected = {code.value for code in EXCEPTION_CATALOG} - BEYOND_THE_PILOT
    assert {code: n for code in expected if (n := codes[code]) < 2} == {}


def test_about_one_in_ten_goes_wrong() -> None:
    outcomes = Counter(order.expected.outcome for order in planned())
    assert 40 <= outcomes["exception"] + outcomes["quarantined"] + outcomes["refused"] <= 60
    assert outcomes["replayed"] >= 2
    assert all(order.sends == (2 if order.expected.outcome == "replayed" else 1) for order in planned())


def test_an_expected_status_is_the_one_its_code_diverts_to() -> None:
    for order in planned():
        if order.expected.code not in (None, "inventory_short"):
            entry = next(e for code, e in EXCEPTION_CATALOG.items() if code.value == order.expected.code)
            assert order.expected.order_status == entry.diverts_to


def test_every_webhook_but_the_malformed_is_an_order_of_that_number() -> None:
    assert all(new.number == order.number for order, new in mapped())


def test_each_malformed_webhook_is_refused_at_another_place() -> None:
    places = []
    for order in planned():
        if order.expected.outcome == "refused":
            with pytest.raises(InvalidInput) as caught:
                order_from_webhook(order.payload)
            places.append(caught.value.pointer)
    assert sorted(places) == ["/currency", "/line_items/0/price", "/line_items/0/quantity", "/shipping_address"]


def test_only_the_invalid_addresses_fail_the_address_check_and_the_fixable_ones_change() -> None:
    for order, new in mapped():
        checked = standardise(new.ship_to)
        assert bool(checked.problems) == (order.expected.code == "address_invalid"), (new.ship_to, checked.problems)
        if order.expected.outcome == "shipped":
            assert bool(checked.changes) == ("standardised" in order.expected.note), checked.changes


def test_only_the_unknown_skus_are_missing_from_the_catalog() -> None:
    skus = {product.sku for product in catalog.products()}
    for order, new in mapped():
        assert ({line.sku for line in new.lines} <= skus) == (order.expected.code != "sku_unknown")


def test_totals_add_up_in_every_currency() -> None:
    for _, new in mapped():
        totals = new.totals
        assert totals.total_minor == (
            totals.subtotal_minor - totals.discount_minor + totals.shipping_minor + totals.tax_minor
        )
    assert {new.currency for _, new in mapped()} == {"USD", "CAD", "GBP", "EUR", "BRL"}


def test_only_duplicates_have_the_fingerprint_of_an_earlier_order() -> None:
    seen: set[str] = set()
    for order, new in mapped():
        fingerprint = order_fingerprint(new.model_dump(mode="json"))
        assert (fingerprint in seen) == (order.expected.code == "duplicate_order")
        seen.add(fingerprint)


def test_a_duplicate_comes_well_after_an_original_that_ships() -> None:
    places = {order.payload["email"]: place for place, order in reversed(list(enumerate(planned())))}
    for place, order in enumerate(planned()):
        if order.expected.code == "duplicate_order":
            original = places[order.payload["email"]]
            assert planned()[original].expected.outcome == "shipped"
            assert place - original >= 100


def test_a_short_order_wants_more_than_exists_and_has_other_lines_that_ship() -> None:
    for order, new in mapped():
        if order.expected.code == "inventory_short":
            scarce = [line for line in new.lines if line.sku in catalog.SHORT_SKUS]
            held = catalog.SHORT_STOCK * len(catalog.SHORT_AT)
            assert scarce[0].quantity_ordered > held
            assert len(new.lines) > len(scarce)


def test_a_wrong_lot_can_happen_because_the_first_line_demands_one() -> None:
    for order, new in mapped():
        if order.scenario == "wrong_lot":
            assert new.lines[0].lot in catalog.LOTS


def test_an_order_that_is_picked_elsewhere_goes_where_two_locations_serve() -> None:
    for order, new in mapped():
        if order.scenario == "pick_short_once":
            serving = [w for w in catalog.locations() if new.ship_to.country in w.serves]
            assert len(serving) >= 2


def test_orders_have_one_to_six_lines_and_about_a_quarter_are_express() -> None:
    assert {len(order.payload["line_items"]) for order in planned()} == {1, 2, 3, 4, 5, 6}
    express = sum(order.priority == "express" for order in planned())
    assert 90 <= express <= 160
    assert all(new.priority == order.priority for order, new in mapped())


def test_every_country_has_at_least_twelve_cities_and_gets_orders() -> None:
    assert all(len({place.city for place in cities}) >= 12 for cities in PLACES.values())
    assert {new.ship_to.country for _, new in mapped()} == set(PLACES) == {"US", "CA", "GB", "DE", "BR"}


def test_every_ordinary_parcel_is_small_and_light_enough_for_a_carrier() -> None:
    products = {product.sku: product for product in catalog.products()}
    for order, new in mapped():
        if order.expected.outcome == "shipped":
            parts = [(products[line.sku], line.quantity_ordered) for line in new.lines]
            assert sum(product.weight_g * quantity for product, quantity in parts) < 30_000
            assert sum(product.height_mm * quantity for product, quantity in parts) < 2_700
