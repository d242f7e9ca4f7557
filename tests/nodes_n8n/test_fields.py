from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field

from nodes.n8n_fields import parameter
from nodes.typescript import Code


class Level(StrEnum):
    EXPRESS = "express"
    STANDARD = "standard"


class Inner(BaseModel):
    sku: str


class Fields(BaseModel):
    text: Annotated[str, Field(min_length=1)]
    moment: datetime | None = None
    count: int | None = Field(default=None, title="line count", description="How many lines. Empty: all.")
    weight: float = 1.5
    wait: bool = Field(default=True, description="Wait for the carrier.")
    level: Level = Level.STANDARD
    gate: Literal["pre_pick", "packing"] | None = None
    inner: Inner | None = None
    lines: list[str] = []
    anything: Any = None
    limit: int = Field(default=20, description="How many")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("text", "string"),
        ("moment", "string"),
        ("count", "number"),
        ("weight", "number"),
        ("wait", "boolean"),
        ("level", "options"),
        ("gate", "options"),
        ("inner", "json"),
        ("lines", "json"),
        ("anything", "json"),
    ],
)
def test_each_type_has_its_kind_of_parameter(name: str, kind: str) -> None:
    assert parameter(name, Fields.model_fields[name])["type"] == kind


def test_titles_and_descriptions_are_shown() -> None:
    made = parameter("count", Fields.model_fields["count"])
    assert made["displayName"] == "Line Count"
    assert made["description"] == "How many lines. Empty: all."


def test_defaults_are_those_of_the_model_and_empty_where_it_has_none() -> None:
    defaults = {name: parameter(name, field)["default"] for name, field in Fields.model_fields.items()}
    assert defaults["wait"] is True
    assert (defaults["weight"], defaults["level"]) == (1.5, "standard")
    assert {defaults[name] for name in ("text", "moment", "count", "inner", "lines")} == {""}
    assert defaults["gate"] == "pre_pick"


def test_choices_are_listed_by_what_people_read() -> None:
    assert parameter("gate", Fields.model_fields["gate"])["options"] == [
        {"name": "Packing", "value": "packing"},
        {"name": "Pre Pick", "value": "pre_pick"},
    ]


def test_only_inputs_without_a_default_are_required() -> None:
    required = [name for name, field in Fields.model_fields.items() if parameter(name, field).get("required")]
    assert required == ["text"]


def test_an_input_from_the_item_defaults_to_the_item() -> None:
    assert parameter("count", Fields.model_fields["count"], from_item=True)["default"] == Code("fromItem('count')")


def test_a_limit_is_the_limit_of_all_n8n_nodes() -> None:
    made = parameter("limit", Fields.model_fields["limit"])
    assert made["default"] == 50
    assert made["typeOptions"] == {"minValue": 1}
