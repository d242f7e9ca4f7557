"""Another reading of the carriers' APIs, to check the look-alikes with: karrio builds requests and reads answers."""

from __future__ import annotations

import ssl
import warnings
from typing import Any

import httpx

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # of PyPDF2, which karrio uses
    import karrio.lib as lib
    import karrio.sdk as karrio
    from karrio.core import models

__all__ = ["lib", "models"]

ssl._create_default_https_context = ssl.create_default_context  # importing karrio switches verification off

BASIC = httpx.BasicAuth("sandbox-user", "sandbox-password")
BERLIN = models.Address(
    person_name="Nora North",
    company_name="North GmbH",
    address_line1="Kai 1",
    city="Kiel",
    postal_code="24103",
    country_code="DE",
    phone_number="+49 431 1",
)
LYON = models.Address(
    person_name="Ana Böll",
    company_name="Böll & Co",
    address_line1="12 Rue de l'Été",
    address_line2="2nd floor",
    city="Lyon",
    postal_code="69001",
    country_code="FR",
    phone_number="+33 1 23 45",
)
PORTLAND = models.Address(
    person_name="Nora North",
    company_name="North Inc",
    address_line1="1 Dock Road",
    city="Portland",
    state_code="OR",
    postal_code="97201",
    country_code="US",
    phone_number="503 555 0100",
)
AUSTIN = models.Address(
    person_name="Ana Bell",
    company_name="Bell & Co",
    address_line1="12 Elm Street",
    city="Austin",
    state_code="TX",
    postal_code="73301",
    country_code="US",
    phone_number="512-555-0100",
)
OTTAWA = models.Address(
    person_name="Nora North",
    company_name="North Ltd",
    address_line1="1 Dock Road",
    city="Ottawa",
    state_code="ON",
    postal_code="K1A 0B1",
    country_code="CA",
    phone_number="613 555 0100",
)
HALIFAX = models.Address(
    person_name="Ana Bell",
    company_name="Bell & Co",
    address_line1="12 Elm Street",
    city="Halifax",
    state_code="NS",
    postal_code="B3L 2C2",
    country_code="CA",
    phone_number="902 555 0100",
)
KILO = models.Parcel(weight=1.2, weight_unit="KG", length=30, width=20, height=10, dimension_unit="CM")
HALF = models.Parcel(weight=0.5, weight_unit="KG")


def gateway(carrier: str, **settings: Any) -> Any:
    """karrio's mappers for one account."""
    return karrio.gateway[carrier].create(settings)
