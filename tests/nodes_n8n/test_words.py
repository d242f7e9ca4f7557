import pytest

from nodes.n8n_words import action, description, title_case, yes_or_no


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("order_id", "Order ID"),
        ("ship_to", "Ship To"),
        ("Date Of Release", "Date of Release"),
        ("receive from Shopify", "Receive From Shopify"),
        ("skus and urls", "Skus and Urls"),
        ("sku and url", "SKU and URL"),
    ],
)
def test_names_are_in_title_case(written: str, shown: str) -> None:
    assert title_case(written) == shown


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Buy a Label", "Buy a label"),
        ("check pre-pick", "Check pre pick"),
        ("Open an RMA", "Open an RMA"),
        ("Compose the customer's message", "Compose the customer message"),
    ],
)
def test_actions_are_in_sentence_case(written: str, shown: str) -> None:
    assert action(written) == shown


def test_one_sentence_ends_without_a_full_stop_and_two_end_with_one() -> None:
    assert description("the order.") == "The order"
    assert description("The order. Empty: the newest") == "The order. Empty: the newest."


def test_descriptions_carry_no_markup_and_no_line_breaks() -> None:
    assert description("as `a < b`\n  says") == "As a &lt; b says"


def test_a_switch_is_described_by_whether() -> None:
    assert yes_or_no("Whether to wait.") == "Whether to wait"
    assert yes_or_no("Wait for the carrier") == "Whether this holds: wait for the carrier"
