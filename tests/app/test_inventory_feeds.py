"""Feeds over HTTP: one, many, files; each bad one named, none of the good ones lost."""

from __future__ import annotations

import tracemalloc
from collections.abc import AsyncIterator, Iterator
from typing import Any

import orjson
import pytest

from tests.app.conftest import Api

pytestmark = pytest.mark.anyio
Json = dict[str, Any]
AT = "2026-11-09T15:00:00Z"
CSV = "/v1/inventory/csv"


def one(on_hand: object = 7, **said: Any) -> Json:
    return {"source": "wms", "sku": "TEE", "location_id": "west", "as_of": AT, "on_hand": on_hand} | said


async def on_hand(api: Api, sku: str = "TEE", location_id: str = "west") -> int:
    positions = (await api.mine.get("/v1/inventory")).json()["positions"]
    return next(p["on_hand"] for p in positions if (p["sku"], p["location_id"]) == (sku, location_id))


async def test_one_position_is_set_replayed_and_not_set_back(api: Api) -> None:
    answers = [
        (await api.mine.put("/v1/inventory/position", json=one(33, source="one", sequence=number))).json()
        for number in (5, 5, 4)
    ]
    assert [answer["outcome"] for answer in answers] == ["changed", "replayed", "stale"]
    assert {answer["position"]["on_hand"] for answer in answers} == {33}


async def test_one_bad_position_is_a_problem_that_points_at_the_field(api: Api) -> None:
    answer = await api.mine.put("/v1/inventory/position", json=one(-1))
    assert (answer.status_code, answer.json()["pointer"]) == (422, "/on_hand")
    answer = await api.mine.put("/v1/inventory/position", json=one(location_id="mars"))
    assert (answer.status_code, answer.json()["pointer"]) == (422, "/location_id")
    assert (await api.nobody.put("/v1/inventory/position", json=one())).status_code == 401


async def test_of_many_the_bad_ones_are_named_and_the_good_ones_kept(api: Api) -> None:
    updates: list[Any] = [one(41, sku="MUG"), one(-1), one(sku="NONE"), 7, one(lot="L"), one(42, location_id="east")]
    answer = await api.mine.post("/v1/inventory/updates", json={"source": "many", "updates": updates})
    said = answer.json()
    assert (answer.status_code, said["accepted"], said["changed"], said["refused"]) == (200, 2, 2, 4)
    assert [refusal["pointer"] for refusal in said["refusals"]] == [
        "/updates/1/on_hand",
        "/updates/2/sku",
        "/updates/3",
        "/updates/4/lot",
    ]
    assert (await on_hand(api, "MUG"), await on_hand(api, location_id="east")) == (41, 42)


async def test_all_or_nothing_keeps_nothing_when_one_is_bad(api: Api) -> None:
    before = await on_hand(api, "MUG", "east")
    body = {
        "source": "whole",
        "as_of": AT,
        "location_id": "east",
        "all_or_nothing": True,
        "updates": [{"sku": "MUG", "on_hand": 77}, {"sku": "NONE", "on_hand": 1}],
    }
    answer = await api.mine.post("/v1/inventory/updates", json=body)
    assert (answer.status_code, answer.json()["accepted"], answer.json()["refused"]) == (422, 0, 1)
    assert await on_hand(api, "MUG", "east") == before
    body["updates"] = [{"sku": "MUG", "on_hand": 77}]
    assert (await api.mine.post("/v1/inventory/updates", json=body)).json()["changed"] == 1
    assert await on_hand(api, "MUG", "east") == 77


@pytest.mark.parametrize(
    "body", [b'{"updates": [{"on_hand": NaN}]}', b'{"updates": 7}', b"[]", b'{"updates": [], "x": 1}']
)
async def test_a_body_that_is_no_message_is_a_problem(api: Api, body: bytes) -> None:
    answer = await api.mine.post("/v1/inventory/updates", content=body)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")


async def test_a_file_is_taken_line_by_line_and_bad_lines_are_named(api: Api) -> None:
    text = (
        "Item No;Warehouse;Colour;Qty;As of\r\n"
        "TEE;west;red;51;2026-11-09T15:01:00Z\r\n"
        "TEE;mars;red;5;2026-11-09T15:01:00Z\r\n"
        "\r\n"
        'MUG;west;"red;ish";52;2026-11-09T15:01:00Z\r\n'
        "MUG;east;red;1,5;2026-11-09T15:01:00Z\r\n"
        "MUG;east;red\r\n"
        "MUG;east;red;9;2026-11-10T15:01:00Z\r\n"
    )
    answer = await api.mine.post(CSV, content=b"\xef\xbb\xbf" + text.encode(), params={"source": "erp"})
    said = answer.json()
    assert (answer.status_code, said["accepted"], said["refused"], said["lines"]) == (200, 2, 4, 8)
    assert said["ignored_columns"] == ["Colour"]
    assert [(refusal["line"], refusal["column"]) for refusal in said["refusals"]] == [
        (3, {"number": 2, "name": "Warehouse"}),
        (6, {"number": 4, "name": "Qty"}),
        (7, None),
        (8, {"number": 5, "name": "As of"}),
    ]
    assert "whole number of units" in said["refusals"][1]["detail"]
    assert (await on_hand(api), await on_hand(api, "MUG")) == (51, 52)


async def test_a_file_in_another_encoding_says_so_in_its_content_type(api: Api) -> None:
    text = "sku,location,qty,lot\nTEE,west,61,\nTEE,west,61,é\n"
    headers = {"content-type": "text/csv; charset=windows-1252"}
    params = {"as_of": "2026-11-09T15:02:00Z", "source": "erp"}
    said = (await api.mine.post(CSV, content=text.encode("cp1252"), headers=headers, params=params)).json()
    assert (said["accepted"], said["refusals"][0]["column"]["name"]) == (1, "lot")
    assert "not kept by lot" in said["refusals"][0]["detail"]


async def test_a_file_may_be_taken_whole_or_not_at_all(api: Api) -> None:
    before = await on_hand(api)
    params = {"as_of": "2026-11-09T15:03:00Z", "all_or_nothing": "true", "sequence": "7", "source": "whole-file"}
    text = "sep=|\nsku|location|qty\nTEE|west|71\nTEE|mars|2\n"
    answer = await api.mine.post(CSV, content=text, params=params)
    assert (answer.status_code, answer.json()["refusals"][0]["line"]) == (422, 4)
    assert await on_hand(api) == before
    assert (await api.mine.post(CSV, content=text[:-11], params=params)).json()["changed"] == 1
    assert await on_hand(api) == 71


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "empty"), ("\n\n", "empty"), ("sku,qty\n", "none for location_id"), ("a" * 70_000, "longer than")],
)
async def test_a_file_without_a_header_is_refused_as_a_whole(api: Api, text: str, words: str) -> None:
    answer = await api.mine.post(CSV, content=text, params={"as_of": AT})
    assert (answer.status_code, words in answer.json()["detail"]) == (422, True), answer.text


async def test_reading_stops_when_it_is_hardly_the_right_file(api: Api) -> None:
    text = "sku,location,qty\n" + "NONE,west,x\n" * 20_000
    said = (await api.mine.post(CSV, content=text, params={"as_of": AT})).json()
    assert (said["refused"], said["stopped_at"], len(said["refusals"])) == (10_000, 10_001, 1_000)


def _pieces(lines: int) -> Iterator[bytes]:
    yield b"sku,location,qty,sequence,note\n"
    for at in range(0, lines, 500):
        yield b"".join(b"TEE,west,%d,%d,%s\n" % (at % 97, at, b"x" * 440) for _ in range(500))


async def _streamed(lines: int) -> AsyncIterator[bytes]:
    for piece in _pieces(lines):
        yield piece


async def test_a_file_larger_than_any_body_may_be_is_read_in_little_memory(api: Api) -> None:
    lines = 20_000
    params = {"as_of": "2026-11-09T15:04:00Z", "source": "stream"}
    assert sum(map(len, _pieces(lines))) > api.services.settings.max_body_bytes
    tracemalloc.start()
    answer = await api.mine.post(CSV, content=_streamed(lines), params=params)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    said = answer.json()
    assert (said["accepted"], said["refused"], said["lines"]) == (lines, 0, lines + 1)
    assert peak < 6_000_000
    again = b"".join(_pieces(1_000))
    assert (await api.mine.post(CSV, content=again, params=params)).json()["stale"] == 1_000


async def test_what_one_tenant_feeds_another_does_not_see(api: Api) -> None:
    answer = await api.other.put("/v1/inventory/position", json=one(1, source="far", sequence=9_999))
    assert answer.json()["outcome"] == "changed"
    mine = await api.mine.put("/v1/inventory/position", json=one(2, source="far", sequence=1))
    assert mine.json()["outcome"] != "stale" or await on_hand(api) != 1
    assert orjson.loads(mine.content)["position"]["tenant_id"] == "acme"
