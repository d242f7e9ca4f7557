"""Areas as rate tables write them, and finding the narrowest one that a postal code lies in.

`DE` is a country, `DE:24` the postal codes that begin with 24, `US:005-098` all that begin with 005 to 098, and `*` is
everywhere. Postal codes are compared by their keys, see `geography.postal`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from connector_service.geography.postal import postal_key

ANYWHERE = "*"
MOST_KEYS = 50_000
"""Area keys of a whole table; the ZIP3 chart of the United States from one warehouse has about 930."""
FORM = re.compile(r"\*|[A-Z]{2}(:[0-9A-Z]{1,10}(-[0-9A-Z]{1,10})?)?")


def keys_of(area: str) -> Iterator[str]:
    """The keys of an area: a country and a postal prefix, or `*`. Raises ValueError that says what would be right."""
    if not FORM.fullmatch(area):
        raise ValueError(f"{area!r} is no area: write DE, DE:24, US:005-098 or *")
    country, _, codes = area.partition(":")
    first, _, last = codes.partition("-")
    if not last:
        yield _key(country, first)
        return
    if len(first) != len(last) or not (first + last).isdigit() or int(first) > int(last):
        raise ValueError(f"{area!r}: a range goes from a lower to a higher number with as many digits, as 005-098")
    if int(last) - int(first) >= MOST_KEYS:
        raise ValueError(f"{area!r} names more than {MOST_KEYS} codes: use fewer digits")
    for number in range(int(first), int(last) + 1):
        yield _key(country, f"{number:0{len(first)}}")


def _key(country: str, prefix: str) -> str:
    if country == "GB" and prefix.isalpha():
        # The key of a British code has its area padded, so that Birmingham (B) is no prefix of Bath (BA).
        return f"GB{prefix:_<2}"
    return country + (postal_key(country, prefix) or prefix)


@dataclass(frozen=True, slots=True)
class Areas:
    """Which keys there are: their lengths by country, longest first, so that a code is looked up once per length."""

    lengths: Mapping[str, tuple[int, ...]]

    @classmethod
    def of(cls, keys: Iterable[str]) -> Areas:
        """The lengths in use."""
        found: dict[str, set[int]] = {}
        for key in keys:
            found.setdefault(key[:2], set()).add(len(key))
        return cls({country: tuple(sorted(lengths, reverse=True)) for country, lengths in found.items()})

    def candidates(self, country: str, postal_code: str) -> list[str]:
        """The keys that would hold a postal code, narrowest first, `*` last."""
        whole = country + postal_key(country, postal_code)
        return [*(whole[:length] for length in self.lengths.get(country, ()) if length <= len(whole)), ANYWHERE]
