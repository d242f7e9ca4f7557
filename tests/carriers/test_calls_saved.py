"""What the cache and coalescing save on the benchmark's orders."""

from __future__ import annotations

import pytest

from benchmarks.carriers_workload import CARRIERS, calls_saved, orders
from connector_service.carriers.billing import Billing
from connector_service.carriers.profile import profile_of
from tests.carriers.test_profile import TODAY

pytestmark = pytest.mark.anyio


async def test_no_more_calls_are_made_than_there_are_different_questions() -> None:
    asked, coarse = orders(2_000, 7), Billing(weight_step_ug=10**9, postal_characters={"US": 2})
    keys = {profile_of("bench", "ups", "main", request, coarse, TODAY).key() for request in asked}
    assert len(keys) < len(asked)
    saved = await calls_saved(asked, 139, coarse)
    assert saved == pytest.approx(1 - len(keys) / len(asked))


async def test_questions_that_all_differ_save_nothing_and_one_question_saves_all_but_a_call_each() -> None:
    (request,) = orders(1, 7)
    assert await calls_saved([request], 139) == 0
    assert await calls_saved([request] * 500, 139) == pytest.approx(1 - 1 / 500)
    assert len(CARRIERS) == 4
