"""A tenant's boxes over HTTP."""

import pytest

from tests.app.conftest import Api

pytestmark = pytest.mark.anyio
CRATE = {
    "id": "crate",
    "inner_length_mm": 900,
    "inner_width_mm": 600,
    "inner_height_mm": 500,
    "max_weight_g": 30_000,
}


async def test_boxes_are_named_listed_and_given_up_again(api: Api) -> None:
    standard = (await api.mine.get("/v1/boxes")).json()["boxes"]
    assert (await api.mine.put("/v1/boxes", json={"boxes": [CRATE]})).json() == {"boxes": 1}
    assert [box["id"] for box in (await api.mine.get("/v1/boxes")).json()["boxes"]] == ["crate"]
    assert (await api.other.get("/v1/boxes")).json()["boxes"] == standard
    await api.mine.put("/v1/boxes", json={"boxes": []})
    assert (await api.mine.get("/v1/boxes")).json()["boxes"] == standard


@pytest.mark.parametrize(
    ("boxes", "words"),
    [([CRATE, CRATE], "Box 'crate' is there twice"), ([CRATE | {"inner_width_mm": 0}], "greater than or equal to 1")],
)
async def test_boxes_that_cannot_be_are_refused(api: Api, boxes: list[object], words: str) -> None:
    answer = await api.mine.put("/v1/boxes", json={"boxes": boxes})
    assert (answer.status_code, words in answer.json()["detail"]) == (422, True)
