"""Authorized returns: a label for a parcel that comes back within Canada, billed when it is used."""

from __future__ import annotations

from typing import Any

from connector_service.sandbox.carrier import Consignment
from connector_service.sandbox.carriers.canadapost.quotes import grams, postal_code
from connector_service.sandbox.carriers.canadapost.shipments import LABEL_MEDIA
from connector_service.sandbox.carriers.canadapost.xml import Asked, answer, tag
from connector_service.sandbox.gate import Raw, Refusal
from connector_service.sandbox.world import Sold

KIND = "authreturn-v2"


def read_return(account: str, body: bytes) -> tuple[Consignment, str]:
    """An `authorized-return` and its service code. Raises `Refusal`."""
    asked = Asked.read(body, "authorized-return")
    form = asked.text("print-preferences", "encoding") or "PDF"
    if form not in LABEL_MEDIA:
        raise Refusal(400, "Server", f"The encoding must be PDF or ZPL, not {form}.")
    consignment = Consignment(
        account=account,
        reference=asked.text("references", "customer-ref-1"),
        order_number=asked.text("references", "customer-ref-2"),
        weight_g=grams(asked("parcel-characteristics")),
        from_country="CA",
        to_country="CA",
        receiver=_end(asked("receiver")),
        sender=_end(asked("returner")),
        details={"group": "", "form": form},
    )
    return consignment, asked.need("service-code")


def _end(asked: Asked) -> dict[str, Any]:
    where = asked("domestic-address")
    return {
        "name": asked.text("name"),
        "company": asked.text("company"),
        "line1": where.need("address-line-1"),
        "line2": where.text("address-line-2"),
        "city": where.need("city"),
        "region": where.need("province"),
        "postal_code": postal_code(where.need("postal-code")),
        "country": "CA",
        "phone": "",
    }


def authorized(sold: Sold, root: str) -> Raw:
    """`authorized-return-info`."""
    form = sold.details["form"]
    artifact = f"{root.rpartition('/rs/')[0]}/rs/artifact/{form.lower()}/{sold.label_id}/0"
    label = tag("link", rel="label", href=artifact, media_type=LABEL_MEDIA[form], index="0")
    pin, links = tag("tracking-pin", sold.tracking_number), tag("links", label)
    return answer(tag("authorized-return-info", pin, links, xmlns="http://www.canadapost.ca/ws/authreturn-v2"), KIND)
