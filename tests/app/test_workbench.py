"""Authoring jobs run apart: one that hangs, crashes or fills the memory ends alone."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from connector_service.app.rules.workbench import Workbench
from connector_service.errors import InvalidInput, NotFound
from tests.app import workbench_jobs as jobs

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def bench() -> Iterator[Workbench]:
    made = Workbench(processes=1)
    yield made
    made.close()


async def test_a_job_runs_in_another_process_that_is_used_again(bench: Workbench) -> None:
    first = await bench.run(jobs.echo, {"value": [1, "ü"]})
    second = await bench.run(jobs.echo, {"value": None})
    assert first["value"] == [1, "ü"]
    assert first["process"] == second["process"] != os.getpid()


@pytest.mark.parametrize("job", [jobs.hang, jobs.crash, jobs.fill_memory])
async def test_a_job_that_breaks_ends_alone(bench: Workbench, job: Callable[[], Any]) -> None:
    with pytest.raises(InvalidInput, match="Split"):
        await bench.run(job, {}, seconds=0.5)
    assert (await bench.run(jobs.echo, {"value": 1}))["value"] == 1


async def test_what_a_job_raises_is_raised_here(bench: Workbench) -> None:
    with pytest.raises(NotFound, match="no such file") as raised:
        await bench.run(jobs.refuse, {})
    assert raised.value.pointer == "/file"
