"""The page of carriers says what the registry and the metrics hold."""

from __future__ import annotations

from connector_service.adapters import registry
from connector_service.carriers.exposition import Exposition
from nodes.docs_tables import FOLDER, pages

PAGE = (FOLDER / "carrier-reference.md").read_text(encoding="utf-8")


def test_the_page_is_among_the_generated_ones_and_fresh() -> None:
    assert pages()["carrier-reference.md"] == PAGE


def test_every_capability_of_every_carrier_is_in_the_table() -> None:
    head, _, *rows = [line for line in PAGE.split("## ")[0].splitlines() if line.startswith("|")]
    slugs = [cell.strip(" `") for cell in head.split("|")[2:-1]]
    said = {slug: set[str]() for slug in slugs}
    for row in rows:
        name, *cells = [cell.strip() for cell in row.split("|")[1:-1]]
        for slug, cell in zip(slugs, cells, strict=True):
            said[slug] |= {name.replace(" ", "_")} if cell == "yes" else set()
    assert said == {slug: {each.value for each in entry.capabilities} for slug, entry in registry.CARRIERS.items()}


def test_settings_metrics_and_what_a_credential_is_are_on_the_page() -> None:
    assert "| `usps` | `price_type` | `COMMERCIAL` |" in PAGE
    assert "| `ups` | UPS | `api_key` is `<client id>:<client secret>`" in PAGE
    assert all(f"`{each.name}`" in PAGE for each in Exposition().metrics)


def test_no_default_of_a_secret_is_printed() -> None:
    assert "SecretStr" not in PAGE
    assert "***" not in PAGE
