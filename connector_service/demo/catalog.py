"""What the demo tenant sells and where it lies: products, locations, and stock on every shelf."""

from __future__ import annotations

from dataclasses import dataclass

from canonical_models import Location, Product

WMS = "northdock"
LOTS = {"L2611": "2028-06-30", "L2702": "2029-03-31"}
"""Lots kept at every location, with the day each expires."""

PLENTY = 5_000
SHORT_STOCK = 3
SHORT_SKUS = ("CHAIR-OAK-LTD", "LAMP-BRASS-LTD")
"""Kept in tiny numbers at `SHORT_AT`, so that an order for many of them can only ship in part."""
SHORT_AT = ("us-east", "gb-mid", "de-mid", "br-south")


@dataclass(frozen=True, slots=True)
class Article:
    """A product with its price in US cents."""

    product: Product
    price_usd_minor: int


@dataclass(frozen=True, slots=True)
class Shelf:
    """Units of a SKU in one lot at a location; `lot` is empty when the SKU is not kept by lot."""

    sku: str
    location_id: str
    lot: str
    expires_on: str | None
    on_hand: int


# SKU, title, grams, length x width x height in mm, US cents, kept by lot.
# No side is above 1,200 mm and no article higher than 120 mm, so that six lines of a few pieces fit one parcel.
_ARTICLES: tuple[tuple[str, str, int, int, int, int, int, bool], ...] = (
    ("TEA-GREEN-100", "Green tea, 100 g", 130, 140, 90, 60, 899, True),
    ("TEA-BLACK-100", "Black tea, 100 g", 130, 140, 90, 60, 849, True),
    ("TEA-MINT-50", "Peppermint tea, 50 g", 80, 120, 80, 60, 599, True),
    ("COFFEE-ESP-500", "Espresso beans, 500 g", 530, 240, 110, 75, 1690, True),
    ("COFFEE-FLT-500", "Filter coffee, 500 g", 530, 240, 110, 75, 1590, True),
    ("COCOA-250", "Cocoa powder, 250 g", 280, 180, 90, 65, 1090, True),
    ("HONEY-ACACIA-350", "Acacia honey, 350 g", 560, 100, 80, 80, 1290, True),
    ("OLIVE-OIL-500", "Olive oil, 500 ml", 900, 270, 70, 70, 1890, True),
    ("VITAMIN-C-60", "Vitamin C, 60 tablets", 95, 110, 60, 60, 1150, True),
    ("SUNCREAM-30", "Sun cream SPF 30, 200 ml", 230, 180, 70, 45, 1450, True),
    ("SOAP-OLIVE-3", "Olive soap, set of 3", 330, 160, 80, 50, 990, False),
    ("CANDLE-WAX-2", "Beeswax candles, pair", 420, 260, 60, 50, 1490, False),
    ("MUG-STONE-350", "Stoneware mug, 350 ml", 390, 120, 110, 100, 1600, False),
    ("BOWL-STONE-18", "Stoneware bowl, 18 cm", 620, 190, 190, 80, 2100, False),
    ("PLATE-STONE-26", "Stoneware plate, 26 cm", 780, 270, 270, 30, 2400, False),
    ("GLASS-TUMBLER-4", "Tumblers, set of 4", 1_250, 200, 200, 110, 2950, False),
    ("KETTLE-STEEL-1", "Steel kettle, 1 l", 980, 240, 210, 120, 4900, False),
    ("PAN-IRON-24", "Iron pan, 24 cm", 1_850, 440, 260, 60, 5900, False),
    ("KNIFE-CHEF-20", "Chef's knife, 20 cm", 310, 360, 70, 30, 7900, False),
    ("BOARD-OAK-40", "Oak cutting board, 40 cm", 1_600, 400, 260, 30, 4500, False),
    ("APRON-LINEN", "Linen apron", 290, 300, 220, 25, 3400, False),
    ("TOWEL-LINEN-2", "Linen towels, pair", 260, 300, 220, 30, 2800, False),
    ("BLANKET-WOOL", "Wool blanket", 1_450, 400, 320, 110, 8900, False),
    ("CUSHION-45", "Cushion, 45 cm", 610, 420, 420, 115, 3200, False),
    ("SOCKS-WOOL-M", "Wool socks, M", 95, 230, 110, 30, 1500, False),
    ("SOCKS-WOOL-L", "Wool socks, L", 105, 240, 110, 30, 1500, False),
    ("SCARF-WOOL", "Wool scarf", 240, 280, 200, 40, 4200, False),
    ("BEANIE-WOOL", "Wool beanie", 90, 220, 200, 40, 2600, False),
    ("BACKPACK-20", "Backpack, 20 l", 820, 460, 300, 110, 7400, False),
    ("BOTTLE-STEEL-700", "Steel bottle, 700 ml", 340, 270, 80, 80, 2900, False),
    ("LANTERN-LED", "LED lantern", 450, 180, 100, 100, 3900, False),
    ("HEADLAMP-LED", "LED headlamp", 120, 110, 80, 60, 3300, False),
    ("NOTEBOOK-A5", "Notebook A5, dotted", 280, 215, 155, 18, 1250, False),
    ("PEN-BRASS", "Brass pen", 45, 150, 40, 25, 2700, False),
    ("PENCIL-12", "Pencils, box of 12", 85, 185, 90, 15, 950, False),
    ("PUZZLE-1000", "Puzzle, 1,000 pieces", 740, 370, 270, 55, 2200, False),
    ("CARDS-CLASSIC", "Playing cards", 110, 95, 70, 22, 790, False),
    ("YOGA-MAT", "Yoga mat", 1_150, 660, 120, 120, 4600, False),
    ("CHAIR-OAK-LTD", "Oak folding stool, limited", 1_900, 520, 340, 70, 12900, False),
    ("LAMP-BRASS-LTD", "Brass table lamp, limited", 1_400, 360, 180, 110, 14900, False),
)


_TARIFF_HEADINGS = {
    **{"TEA": "0902", "COFFEE": "0901", "COCOA": "1805", "HONEY": "0409", "OLIVE": "1509", "VITAMIN": "2106"},
    **{"SUNCREAM": "3304", "SOAP": "3401", "CANDLE": "3406", "MUG": "6912", "BOWL": "6912", "PLATE": "6912"},
    **{"GLASS": "7013", "KETTLE": "7323", "PAN": "7323", "KNIFE": "8211", "BOARD": "4419", "APRON": "6211"},
    **{"TOWEL": "6302", "BLANKET": "6301", "CUSHION": "9404", "SOCKS": "6115", "SCARF": "6117", "BEANIE": "6505"},
    **{"BACKPACK": "4202", "BOTTLE": "7323", "LANTERN": "8513", "HEADLAMP": "8513", "NOTEBOOK": "4820"},
    **{"PEN": "9608", "PENCIL": "9609", "PUZZLE": "9503", "CARDS": "9504", "YOGA": "9506", "CHAIR": "9401"},
    "LAMP": "9405",
}
"""By the first word of a SKU, its heading of the Harmonized System, which customs asks for."""


def ean13(serial: int) -> str:
    """An EAN-13 of the range GS1 leaves for use inside a company (prefix 20), its check digit worked out."""
    digits = f"20{serial:010d}"
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-weighted % 10}"


def articles() -> tuple[Article, ...]:
    """Everything the demo tenant sells, the short ones last."""
    return tuple(
        Article(
            Product(
                sku=sku,
                title=title,
                barcode=ean13(serial),
                weight_g=grams,
                length_mm=length,
                width_mm=width,
                height_mm=height,
                lot_tracked=by_lot,
                hs_code=_TARIFF_HEADINGS[sku.partition("-")[0]],
            ),
            price,
        )
        for serial, (sku, title, grams, length, width, height, price, by_lot) in enumerate(_ARTICLES, start=1)
    )


def products() -> list[Product]:
    """The articles without their prices."""
    return [article.product for article in articles()]


def locations() -> list[Location]:
    """Six warehouses; each serves its own country, and `us-east` Canada too."""
    rows = (
        ("us-east", "Newark", "US", "NJ", "07102", "America/New_York", ["US", "CA"], 180),
        ("us-west", "Reno", "US", "NV", "89502", "America/Los_Angeles", ["US"], 180),
        ("ca-east", "Mississauga", "CA", "ON", "L5B 3C1", "America/Toronto", ["CA"], 210),
        ("gb-mid", "Coventry", "GB", "", "CV1 5RR", "Europe/London", ["GB"], 160),
        ("de-mid", "Kassel", "DE", "", "34117", "Europe/Berlin", ["DE"], 150),
        ("br-south", "Cajamar", "BR", "SP", "07750-000", "America/Sao_Paulo", ["BR"], 900),
    )
    return [
        Location(
            id=location_id,
            name=f"{city} warehouse",
            country=country,
            region=region,
            postal_code=postal_code,
            city=city,
            timezone=timezone,
            wms=WMS,
            serves=serves,
            handling_minor=handling,
        )
        for location_id, city, country, region, postal_code, timezone, serves, handling in rows
    ]


def shelves() -> list[Shelf]:
    """The stock: plenty of everything everywhere, except of `SHORT_SKUS`."""
    return [shelf for location in locations() for product in products() for shelf in _shelves(product, location.id)]


def _shelves(product: Product, location_id: str) -> list[Shelf]:
    if product.sku in SHORT_SKUS:
        return [Shelf(product.sku, location_id, "", None, SHORT_STOCK)] if location_id in SHORT_AT else []
    if product.lot_tracked:
        return [Shelf(product.sku, location_id, lot, expires, PLENTY) for lot, expires in LOTS.items()]
    return [Shelf(product.sku, location_id, "", None, PLENTY)]
