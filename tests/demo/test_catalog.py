from __future__ import annotations

import pytest

from connector_service.carriers.settings import CarrierSettings
from connector_service.demo import catalog
from connector_service.demo.furnish import exchange_rates
from connector_service.demo.places import MARKETS


def test_forty_products_have_their_own_sku_and_barcode() -> None:
    products = catalog.products()
    assert len({product.sku for product in products}) == len({product.barcode for product in products}) == 40
    assert any(product.lot_tracked for product in products)


@pytest.mark.parametrize("product", catalog.products(), ids=lambda product: product.sku)
def test_a_barcode_is_an_ean_13(product: catalog.Product) -> None:
    digits = [int(digit) for digit in product.barcode]
    assert len(digits) == 13
    assert (sum(digits[::2]) + 3 * sum(digits[1::2])) % 10 == 0


def test_the_check_digit_of_a_number_worked_by_hand() -> None:
    # 2 at the first place weighs 1, all else is 0: 8 is missing to ten.
    assert catalog.ean13(0) == "2000000000008"


def test_every_location_keeps_everything_but_the_short_skus() -> None:
    kept = {location.id: set[str]() for location in catalog.locations()}
    for shelf in catalog.shelves():
        kept[shelf.location_id].add(shelf.sku)
    skus = {product.sku for product in catalog.products()}
    for location, found in kept.items():
        assert skus - found == (set() if location in catalog.SHORT_AT else set(catalog.SHORT_SKUS))


def test_what_is_kept_by_lot_lies_in_every_lot_with_its_expiry() -> None:
    by_lot = {product.sku for product in catalog.products() if product.lot_tracked}
    shelves = [shelf for shelf in catalog.shelves() if shelf.sku in by_lot]
    assert {(shelf.lot, shelf.expires_on) for shelf in shelves} == set(catalog.LOTS.items())
    assert all(shelf.lot == "" for shelf in catalog.shelves() if shelf.sku not in by_lot)


def test_every_article_has_a_tariff_number_and_every_foreign_currency_a_rate_of_exchange() -> None:
    assert all(len(each.hs_code) >= 4 for each in catalog.products())
    foreign = {market.currency for market in MARKETS.values()} - {"USD"}
    assert {each["to_currency"] for each in exchange_rates()} == foreign
    settled = CarrierSettings.model_validate({"exchange_rates": exchange_rates()})
    assert settled.in_currency(1_000, "USD", "CAD") == 1_360
