"""SIGKILL in the middle of sixty orders: everything ends where it must, once, and nothing is lost."""

from collections.abc import Iterator

import pytest

from tests.end_to_end.installation import Installation, installed
from tests.end_to_end.traffic import Traffic

pytestmark = pytest.mark.end_to_end

ORDERS = 60
LEASE_SECONDS = 5.0
"""What n8n took along into its death is delivered again after this long."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installed(tmp_path_factory.mktemp("installation"), LEASE_SECONDS) as made:
        yield made


@pytest.fixture(scope="module")
def traffic(site: Installation) -> Traffic:
    return Traffic(site)


def test_n8n_is_killed_among_its_runs_and_started_again(site: Installation, traffic: Traffic) -> None:
    before = traffic.status_count("shipped")
    sending = traffic.send(ORDERS)
    traffic.await_count(before + 3, "shipped")
    site.kill("n8n")
    sending.join()
    site.up()
    traffic.settle()
    assert traffic.violations() == []


def test_the_connector_is_killed_under_load_and_started_again(site: Installation, traffic: Traffic) -> None:
    before = traffic.status_count("shipped")
    sending = traffic.send(ORDERS)
    traffic.await_count(before + 3, "shipped")
    site.kill("connector")
    site.up()
    sending.join()
    traffic.settle()
    assert traffic.violations() == []


def test_both_are_killed_at_once(site: Installation, traffic: Traffic) -> None:
    before = traffic.status_count("shipped")
    sending = traffic.send(ORDERS)
    traffic.await_count(before + 3, "shipped")
    site.kill("n8n")
    site.kill("connector")
    site.up()
    sending.join()
    traffic.settle()
    assert traffic.violations() == []
