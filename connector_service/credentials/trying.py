"""Whether the other system takes a credential, asked by one cheap call that changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from connector_service.adapters.contracts import ChecksCredential
from connector_service.adapters.http_errors import CredentialRefused
from connector_service.errors import VendorError


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of it, in words too. `untested`: nobody could be asked, or nobody answered."""

    verdict: Literal["works", "refused", "untested"]
    words: str


NOT_ASKED = Trial("untested", "It was stored without a test, as asked.")


async def try_credential(name: str, adapter: object) -> Trial:
    """Ask the vendor called `name`."""
    if not isinstance(adapter, ChecksCredential):
        return Trial("untested", f"{name} has nothing to ask: the first message it signs will show.")
    try:
        await adapter.check_credential()
    except CredentialRefused as error:
        return Trial("refused", f"{name} does not take the credential: {error.detail}.")
    except VendorError as error:
        return Trial("untested", f"{name} could not be asked: {error.detail}. Test it later.")
    return Trial("works", f"{name} took the credential.")
