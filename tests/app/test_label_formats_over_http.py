"""Say over HTTP what labels are printed on: the tenant's setting, a location's own, and nobody else's."""

import pytest

from tests.app.conftest import Api

pytestmark = pytest.mark.anyio
SETTINGS, EAST = "/v1/tenant/carriers", "/v1/locations/east/label-format"


async def test_a_location_takes_what_the_tenant_s_printers_take_until_it_says_otherwise(api: Api) -> None:
    settled = (await api.mine.get(SETTINGS)).json()
    assert settled["label_format"] == "zpl"
    await api.mine.put(SETTINGS, json={**settled, "label_format": "pdf_a4"})
    own = await api.mine.put(EAST, json={"label_format": "zpl"})
    assert own.json() == {"location_id": "east", "label_format": "zpl"}
    as_all = await api.mine.put(EAST, json={"label_format": None})
    assert as_all.json() == {"location_id": "east", "label_format": "pdf_a4"}
    assert (await api.other.get(SETTINGS)).json()["label_format"] == "zpl"
    await api.mine.put(SETTINGS, json=settled)


async def test_what_no_printer_takes_is_refused_at_its_place(api: Api) -> None:
    for path in (SETTINGS, EAST):
        refused = await api.mine.put(path, json={"label_format": "png"})
        assert (refused.status_code, refused.json()["pointer"]) == (422, "/label_format")
    silent = await api.mine.put(EAST, json={})
    assert silent.json()["pointer"] == "/label_format"


async def test_an_unknown_location_is_refused_with_those_there_are(api: Api) -> None:
    answer = await api.mine.put("/v1/locations/mars/label-format", json={"label_format": "pdf"})
    assert answer.status_code == 404
    assert answer.json()["detail"] == "There is no location 'mars'; known are east, west."
