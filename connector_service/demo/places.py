"""Where the demo's customers live: real cities, each with a postal code of its own and its region's code."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A city; `region` is the ISO 3166-2 code without its country, empty where addresses carry none."""

    country: str
    city: str
    region: str
    postal_code: str


@dataclass(frozen=True, slots=True)
class Market:
    """What selling into a country takes: `rate_percent` turns US prices into its currency.

    `tax_percent` is inside prices when `tax_included`. In `street`, `{n}` is the house number.
    """

    country: str
    country_name: str
    currency: str
    rate_percent: int
    tax_percent: int
    tax_included: bool
    streets: tuple[str, ...]
    first_names: tuple[str, ...]
    last_names: tuple[str, ...]
    phone: str


MARKETS = {
    market.country: market
    for market in (
        Market(
            "US", "United States", "USD", 100, 8, False,
            ("{n} Main St", "{n} Oak Ave", "{n} Maple Dr", "{n} Lake Rd", "{n} Park Blvd"),
            ("Ava", "Noah", "Mia", "Liam", "Zoe", "Owen", "Ruth", "Jack"),
            ("Miller", "Garcia", "Johnson", "Nguyen", "Davis", "Walker", "Reed"),
            "+1 555 01",
        ),
        Market(
            "CA", "Canada", "CAD", 136, 13, False,
            ("{n} King St", "{n} Queen St", "{n} Elm St", "{n} Victoria Ave"),
            ("Chloé", "Ethan", "Léa", "Logan", "Grace", "Émile"),
            ("Tremblay", "Smith", "Roy", "Singh", "MacDonald", "Gagnon"),
            "+1 555 01",
        ),
        Market(
            "GB", "United Kingdom", "GBP", 79, 20, True,
            ("{n} High Street", "{n} Station Road", "{n} Church Lane", "{n} Mill Lane"),
            ("Olivia", "Harry", "Isla", "George", "Freya", "Arthur"),
            ("Taylor", "Jones", "Patel", "Evans", "Wright", "O'Brien"),
            "+44 1632 9600",
        ),
        Market(
            "DE", "Germany", "EUR", 92, 19, True,
            ("Hauptstraße {n}", "Bahnhofstraße {n}", "Gartenweg {n}", "Lindenallee {n}"),
            ("Jonas", "Emma", "Björn", "Käthe", "Felix", "Lena"),
            ("Müller", "Schmidt", "Weiß", "Yılmaz", "Köhler", "Braun"),
            "+49 30 231250",
        ),
        Market(
            "BR", "Brazil", "BRL", 540, 0, True,
            ("Rua das Flores {n}", "Avenida Brasil {n}", "Rua São João {n}", "Rua Sete de Setembro {n}"),
            ("João", "Ana", "Luís", "Beatriz", "Antônio", "Júlia"),
            ("Silva", "Souza", "Araújo", "Gonçalves", "Lima", "Conceição"),
            "+55 11 5550",
        ),
    )
}  # fmt: skip

_CITIES = {
    "US": (
        "New York/NY/10001, Los Angeles/CA/90012, Chicago/IL/60601, Houston/TX/77002, Phoenix/AZ/85004,"
        "Philadelphia/PA/19103, San Diego/CA/92101, Dallas/TX/75201, Austin/TX/78701, Seattle/WA/98101,"
        "Denver/CO/80202, Boston/MA/02108, Nashville/TN/37203, Portland/OR/97204, Miami/FL/33130, Atlanta/GA/30303"
    ),
    "CA": (
        "Toronto/ON/M5H 2N2, Ottawa/ON/K1P 1J1, Montréal/QC/H2Y 1C6, Québec/QC/G1R 4S9, Vancouver/BC/V5Y 1V4,"
        "Victoria/BC/V8W 1P6, Calgary/AB/T2P 2M5, Edmonton/AB/T5J 2R7, Winnipeg/MB/R3B 1B9, Regina/SK/S4P 3C8,"
        "Saskatoon/SK/S7K 0J5, Halifax/NS/B3J 3A5, St. John's/NL/A1C 5M2"
    ),
    "GB": (
        "London//SW1A 2AA, Manchester//M2 5DB, Birmingham//B1 1BB, Leeds//LS1 1UR, Glasgow//G2 1DU,"
        "Edinburgh//EH1 1YJ, Liverpool//L1 8JQ, Bristol//BS1 5TR, Sheffield//S1 2HH, Cardiff//CF10 4UW,"
        "Belfast//BT1 5GS, Newcastle upon Tyne//NE1 8QH, Cambridge//CB2 3QJ, Oxford//OX1 1BX"
    ),
    "DE": (
        "Berlin//10117, Hamburg//20095, München//80331, Köln//50667, Frankfurt am Main//60311, Stuttgart//70173,"
        "Düsseldorf//40213, Leipzig//04109, Dortmund//44137, Bremen//28195, Dresden//01067, Hannover//30159,"
        "Nürnberg//90403"
    ),
    "BR": (
        "São Paulo/SP/01310-100, Rio de Janeiro/RJ/20040-002, Salvador/BA/40020-000, Belo Horizonte/MG/30130-010,"
        "Manaus/AM/69005-010, Curitiba/PR/80010-010, Recife/PE/50030-230, Porto Alegre/RS/90010-150,"
        "Goiânia/GO/74003-010, Campinas/SP/13010-001, Florianópolis/SC/88010-400, Natal/RN/59025-000,"
        "Brasília/DF/70040-010"
    ),
}

PLACES = {
    country: tuple(Place(country, *(part.strip() for part in city.split("/"))) for city in cities.split(","))
    for country, cities in _CITIES.items()
}
"""The cities of each country."""
