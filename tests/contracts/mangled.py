"""Payloads that went wrong on the way: every change that a vendor or a wire may make to JSON."""

from __future__ import annotations

import copy
import json
import re
from typing import Any

from hypothesis import strategies as st

from connector_service.adapters.carrier_contract import Rate

JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**60), 2**60),
    st.floats(allow_nan=False),
    st.text(max_size=20),
    st.just("x" * 10_000),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)


def places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The path of every value inside."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, each in inside for place in places(each, (*path, key)))]


@st.composite
def mangled(draw: st.DrawFn, payload: bytes) -> bytes:
    """The payload with one value replaced or left out, or cut off."""
    if draw(st.booleans()):
        return payload[: draw(st.integers(0, len(payload) - 1))]
    whole = copy.deepcopy(json.loads(payload))
    path = draw(st.sampled_from(places(whole)[1:]))
    parent = whole
    for step in path[:-1]:
        parent = parent[step]
    if draw(st.booleans()):
        parent[path[-1]] = draw(JUNK)
    else:
        del parent[path[-1]]
    return json.dumps(whole).encode()


def is_sound(rate: Rate) -> bool:
    """Whether an offer can be one, whatever it was read from."""
    texts = (rate.service, rate.quote_id)
    return (
        all(isinstance(text, str) and 0 < len(text) <= 128 for text in texts)
        and isinstance(rate.cost_minor, int)
        and 0 < rate.cost_minor <= 10**15
        and re.fullmatch("[A-Z]{3}", rate.currency) is not None
        and type(rate.transit_days) is int
        and 0 <= rate.transit_days <= 365
    )
