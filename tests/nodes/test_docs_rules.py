"""The page of rule files and facts says what `rules/` holds."""

from __future__ import annotations

from nodes.docs_rules import RULES, rules_page
from nodes.docs_tables import FOLDER, pages


def test_the_page_is_among_the_generated_ones_and_fresh() -> None:
    assert (FOLDER / "rule-files.md").read_text(encoding="utf-8") == pages()["rule-files.md"]


def test_every_file_and_every_vocabulary_is_on_the_page() -> None:
    page = rules_page(lambda head, rows: "\n".join(" | ".join(row) for row in (head, *rows)))
    for path in RULES.glob("*-*.json"):
        assert f"`{path.stem}`" in page
    for path in (RULES / "vocabularies").glob("*.json"):
        assert f"### `{path.stem}`" in page


def test_a_fact_is_shown_with_its_values_or_its_unit_and_a_line_with_its_fields() -> None:
    page = rules_page(lambda head, rows: "\n".join(" | ".join(row) for row in rows))
    assert "`hold` | one of `legal`, `fraud`, `customer`, `inventory` | Why the order is held" in page
    assert "`weight_g` | whole number (grams) | The parcel on the scale. | `1250`" in page
    assert "`lines[].packed` | whole number (SKU units) | How many were packed. | `2`" in page
