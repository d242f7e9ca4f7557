from __future__ import annotations

from connector_service.adapters.breaker import ENOUGH, REST, WINDOW, Breaker


class Seconds:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def failing(breaker: Breaker, times: int) -> None:
    for _ in range(times):
        ticket = breaker.admit()
        assert ticket is not None
        breaker.failed(ticket)


def opened(seconds: Seconds) -> Breaker:
    breaker = Breaker(seconds)
    failing(breaker, ENOUGH)
    assert breaker.admit() is None
    return breaker


def test_a_few_failures_leave_it_closed() -> None:
    breaker = Breaker(Seconds())
    failing(breaker, ENOUGH - 1)
    assert breaker.admit() is not None


def test_enough_failures_open_it() -> None:
    opened(Seconds())


def test_one_order_that_always_fails_does_not_cut_off_its_neighbours() -> None:
    breaker = Breaker(Seconds())
    for _ in range(10 * WINDOW):
        for outcome in (breaker.failed, breaker.succeeded, breaker.succeeded):
            ticket = breaker.admit()
            assert ticket is not None
            outcome(ticket)


def test_after_a_rest_one_probe_is_let_through_and_no_more() -> None:
    seconds = Seconds()
    breaker = opened(seconds)
    seconds.now += REST
    assert breaker.admit() is not None
    assert breaker.admit() is None


def test_a_good_probe_closes_it() -> None:
    seconds = Seconds()
    breaker = opened(seconds)
    seconds.now += REST
    probe = breaker.admit()
    assert probe is not None
    breaker.succeeded(probe)
    failing(breaker, ENOUGH - 2)
    assert breaker.admit() is not None


def test_a_bad_probe_opens_it_for_another_rest() -> None:
    seconds = Seconds()
    breaker = opened(seconds)
    seconds.now += REST
    probe = breaker.admit()
    assert probe is not None
    breaker.failed(probe)
    seconds.now += REST / 2
    assert breaker.admit() is None
    seconds.now += REST / 2
    assert breaker.admit() is not None


def test_a_probe_that_was_given_up_lets_another_one_through() -> None:
    seconds = Seconds()
    breaker = opened(seconds)
    seconds.now += REST
    probe = breaker.admit()
    assert probe is not None
    breaker.abandoned(probe)
    assert breaker.admit() is not None


def test_the_late_answer_of_an_old_call_says_nothing_about_the_probe() -> None:
    seconds = Seconds()
    breaker = Breaker(seconds)
    old = breaker.admit()
    assert old is not None
    failing(breaker, ENOUGH)
    seconds.now += REST
    probe = breaker.admit()
    breaker.succeeded(old)
    breaker.abandoned(old)
    assert probe is not None
    assert breaker.admit() is None
