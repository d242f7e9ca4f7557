"""Begin a rule file, run the tests inside it, say what they miss, and lay it out: before anything is published."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from connector_service.app.problems import StrictRoute
from connector_service.app.rules.workbench import WORKBENCH
from connector_service.app.services import KnownCaller, Services, UsedServices
from connector_service.rules_authoring import testing
from connector_service.rules_engine.model import HitPolicy

router = APIRouter(tags=["rules"], route_class=StrictRoute)
TEST_SECONDS = 10.0
MUTATE_SECONDS = 60.0


class MutateBody(BaseModel):
    """A rule file or a tenant's layer, with its tests inside."""

    model_config = ConfigDict(extra="forbid")

    document: dict[str, JsonValue] = Field(description="the file as JSON")


class TestBody(MutateBody):
    """A rule file or a tenant's layer, and whether to say what its tests miss."""

    coverage: bool = Field(default=False, description="also say what no test shows, with a test for each")


class NewBody(BaseModel):
    """What a new rule file is to be about: a vocabulary, or a rule of a file in force."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(pattern="^[a-z][a-z0-9-]{0,59}$", description="the id of the new file, such as packing-gate")
    facts: str = Field(default="", description="the vocabulary, such as order@1")
    hit_policy: HitPolicy = "first"
    from_file: str = Field(default="", description="a file in force, such as ownership")
    from_rule: str = Field(default="", description="the rule of that file to begin with, such as OWN-020")

    @model_validator(mode="after")
    def _one_of_both(self) -> NewBody:
        if bool(self.facts) == bool(self.from_file) or bool(self.from_file) != bool(self.from_rule):
            raise ValueError('Send either "facts", or "from_file" and "from_rule"')
        return self


class LayoutBody(BaseModel):
    """A rule file as its author wrote it."""

    model_config = ConfigDict(extra="forbid")

    text: str


@router.post("/v1/rules/new", summary="Begin a rule file")
async def begin_rules(body: NewBody, caller: KnownCaller, services: UsedServices) -> dict[str, Any]:
    """A small draft that passes its checks, with tests that cover all of it; nothing is kept."""
    rules = services.rules.of(caller.tenant_id)
    arguments = {
        "file_id": body.id,
        "facts": body.facts,
        "hit_policy": body.hit_policy,
        "rule": body.from_rule,
        "source": rules.compiled(body.from_file).file.document if body.from_file else None,
        "folder": _words(services)["folder"],
    }
    found: dict[str, Any] = await WORKBENCH.run(testing.begin, arguments, TEST_SECONDS)
    return found


@router.post("/v1/rules/test", summary="Run the tests inside a rule file")
async def run_rule_tests(body: TestBody, caller: KnownCaller, services: UsedServices) -> dict[str, Any]:
    """The outcome of each test on engine and reference evaluator, and of one that fails what was expected, what came
    and why; with `coverage` also what no test shows. Changes nothing."""
    arguments = {"document": body.document, "coverage": body.coverage, **_words(services)}
    found: dict[str, Any] = await WORKBENCH.run(testing.run, arguments, TEST_SECONDS)
    return found


@router.post("/v1/rules/mutate", summary="Find changes that no test would notice")
async def mutate_rules(body: MutateBody, caller: KnownCaller, services: UsedServices) -> dict[str, Any]:
    """Makes every small change to the file and runs its tests on each: how many are noticed, and of the others what
    they are in words, with a test that would notice. Changes nothing."""
    arguments = {"document": body.document, **_words(services)}
    found: dict[str, Any] = await WORKBENCH.run(testing.mutate, arguments, MUTATE_SECONDS)
    return found


@router.post("/v1/rules/fmt", summary="Lay a rule file out")
async def lay_rules_out(body: LayoutBody, caller: KnownCaller) -> dict[str, Any]:
    """The text in the one layout; no value changes, so its hash stays."""
    found: dict[str, Any] = await WORKBENCH.run(testing.lay_out, {"text": body.text})
    return found


def _words(services: Services) -> dict[str, Any]:
    """What documents may use: the files that a layer may extend, and the folder with vocabularies and organisation."""
    base = services.rules
    bases = {info.id: base.compiled(info.id).file.document for info in base.files()}
    return {"bases": bases, "folder": str(services.settings.rules.resolve())}
