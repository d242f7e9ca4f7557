"""Postal codes as keys: one spelling per code, in which a longer key is a part of the area of a shorter one."""

from __future__ import annotations

import re
import unicodedata

_NO_LETTER_OR_DIGIT = re.compile(r"[^0-9A-Z]+")
_BRITISH = re.compile(r"^([A-Z]{1,2})([0-9][0-9A-Z]?)([0-9][A-Z]{2})?$")
_ARGENTINE = re.compile(r"^[A-Z]([0-9]{4})[A-Z]{3}$")
_LONGEST = 20
SHORTEST_PREFIX = 2
"""The first two characters of a key mean an area everywhere; one alone is as large as a region or a country."""

RANGED = frozenset({"BR"})
"""Countries whose list names the first code of every town: a code belongs to the town with the last code before it."""


def postal_key(country: str, code: str) -> str:
    """The key of a postal code: upper case, letters and digits only, or "" for what cannot be one.

    A country's letters before its digits (LV-1010) and the part after a US ZIP code's hyphen are dropped; an Argentine
    CPA is reduced to its four digits. A British code becomes its outward part with the area padded to two characters
    (B1 is `B_1`), so that Birmingham is no prefix of Bath.
    """
    key = _NO_LETTER_OR_DIGIT.sub("", unicodedata.normalize("NFKC", code).upper())[:_LONGEST]
    if key.startswith(country) and key[2:].isdigit():
        key = key[2:]
    if country == "US":
        return key[:5] if key.isdigit() else ""
    if country == "AR" and (match := _ARGENTINE.match(key)):
        return match[1]
    if country == "GB":
        match = _BRITISH.match(key)
        return f"{match[1]:_<2}{match[2]}" if match else ""
    return key


def outward(country: str) -> bool:
    """Whether the keys of a country are outward codes: an area of many postal codes, never one."""
    return country in {"GB", "CA", "IE"}


def name_key(name: str) -> str:
    """The key of a place's name: without accents, case, spaces and punctuation ("São Paulo" is "saopaulo")."""
    folded = unicodedata.normalize("NFKD", name.casefold())
    return "".join(character for character in folded if character.isalnum())[:100]
