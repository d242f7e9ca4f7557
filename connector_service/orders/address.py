"""Standardise a postal address: mend what can be mended safely, record it, and name what cannot."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field

from canonical_models import Address
from connector_service.orders.country_rules import CountryRules, country_code, fold, rules_for

_TEXTS = ("name", "company", "line1", "line2", "city", "region", "postal_code", "phone", "email")


@dataclass(frozen=True, slots=True)
class Change:
    """One field that was mended: its text before and after, and why."""

    field: str
    before: str
    after: str
    why: str


@dataclass(frozen=True, slots=True)
class Problem:
    """One field that a person must mend: what is wrong with it, and a sentence on what would be right."""

    field: str
    what: str
    right: str


@dataclass(frozen=True, slots=True)
class Standardised:
    """The address after all safe changes, at most one change per field, and the problems that are left."""

    address: Address
    changes: tuple[Change, ...]
    problems: tuple[Problem, ...]


def standardise(address: Address) -> Standardised:
    """Bring an address into its country's own form. Doing it twice changes nothing more; it never raises.

    A city that the country's list does not hold is left alone: the lists know municipalities, not every place.
    """
    work = _Work(address)
    _tidy(work)
    rules = _country(work)
    if rules is not None:
        _postal_code(work, rules)
        _region(work, rules)
        _city(work, rules)
        _fit(work, rules)
    if not work.text("line1"):
        work.problem("line1", "the street line is empty", "Give street and house number.")
    return work.done()


@dataclass(slots=True)
class _Work:
    address: Address
    values: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def text(self, name: str) -> str:
        return self.values[name] if name in self.values else str(getattr(self.address, name))

    def change(self, name: str, after: str, why: str) -> None:
        if after == self.text(name):
            return
        self.values[name] = after
        self.reasons[name] = f"{self.reasons[name]}; {why}" if name in self.reasons else why

    def problem(self, name: str, what: str, right: str) -> None:
        self.problems.append(Problem(name, what, right))

    def done(self) -> Standardised:
        changes = tuple(
            Change(name, getattr(self.address, name), after, self.reasons[name])
            for name, after in self.values.items()
            if after != getattr(self.address, name)
        )
        address = self.address.model_copy(update=self.values) if changes else self.address
        return Standardised(address, changes, tuple(self.problems))


def _tidy(work: _Work) -> None:
    for name in _TEXTS:
        before = work.text(name)
        if before:
            work.change(name, " ".join(unicodedata.normalize("NFC", before).split()), "spaces tidied")


def _country(work: _Work) -> CountryRules | None:
    given = work.text("country")
    code = country_code(given)
    if code is None:
        work.problem("country", f"{given!r} is no country", "Give two letters such as US (ISO 3166-1).")
        return None
    work.change("country", code, f"{given!r} is {code} in ISO 3166-1")
    return rules_for(code)


def _postal_code(work: _Work, rules: CountryRules) -> None:
    given = work.text("postal_code")
    if given and not rules.uses_postal_code:
        work.change("postal_code", "", f"{rules.code} has no postal codes")
    elif given:
        work.change("postal_code", rules.shaped(given), f"written as postal codes of {rules.code} are")


def _region(work: _Work, rules: CountryRules) -> None:
    given = work.text("region")
    if not rules.uses_region:
        work.change("region", "", f"addresses in {rules.code} carry no region")
    elif rules.regions and given:
        _known_region(work, rules, given)
    elif rules.regions and rules.needs_region:
        _region_from_postal_code(work, rules)
    elif rules.needs_region and not given:
        work.problem("region", "the region is missing", f"Name the state or province within {rules.code}.")


def _known_region(work: _Work, rules: CountryRules, given: str) -> None:
    code = rules.regions.get(fold(given)) or rules.regions.get(fold(given.upper().removeprefix(f"{rules.code}-")))
    if code is not None:
        work.change("region", code, f"{given!r} is {code} in ISO 3166-2")
    elif rules.needs_region:
        samples = ", ".join(list(rules.region_names)[:3])
        work.problem("region", f"{given!r} is no region of {rules.code}", f"Give one of its codes, such as {samples}.")


def _region_from_postal_code(work: _Work, rules: CountryRules) -> None:
    """A postal code that only one region uses names it safely."""
    postal_code = work.text("postal_code")
    found = rules.regions_of(postal_code) if _fits_country(rules, postal_code) else []
    if len(found) == 1:
        work.change("region", found[0], f"postal code {postal_code} lies in {found[0]} only")
    else:
        work.problem("region", "the region is missing", f"Name the state or province within {rules.code}.")


def _fits_country(rules: CountryRules, postal_code: str) -> bool:
    return rules.postal_code is None or rules.postal_code.fullmatch(postal_code) is not None


def _city(work: _Work, rules: CountryRules) -> None:
    given = work.text("city")
    if not given and rules.needs_city:
        work.problem("city", "the city is missing", "Name the city.")
    spelling = rules.cities.get(work.text("region"), {}).get(fold(given))
    if spelling is not None:
        work.change("city", spelling, f"spelled as {rules.code} spells it")


def _fit(work: _Work, rules: CountryRules) -> None:
    """The postal code has its country's form and lies in its region."""
    postal_code, region = work.text("postal_code"), work.text("region")
    samples = [sample for group in rules.layouts.values() for sample in group]
    like = f"Postal codes of {rules.code} look like {samples[0]}." if samples else "Leave it empty if there is none."
    if not postal_code:
        if rules.needs_postal_code:
            work.problem("postal_code", "the postal code is missing", like)
    elif not _fits_country(rules, postal_code):
        work.problem("postal_code", f"{postal_code!r} is no postal code of {rules.code}", like)
    elif region in rules.region_postal_codes and region not in rules.regions_of(postal_code):
        elsewhere = " or ".join(rules.regions_of(postal_code)) or "no region"
        work.problem(
            "postal_code",
            f"{postal_code} does not lie in {rules.region_names.get(region, region)}",
            f"It belongs to {elsewhere}; correct the region or the postal code.",
        )
