"""Transmitting groups of shipments, which is what has them billed, and the manifests that come of it."""

from __future__ import annotations

from typing import Any

from connector_service.sandbox.carriers.canadapost.quotes import postal_code
from connector_service.sandbox.carriers.canadapost.xml import Asked, answer, tag
from connector_service.sandbox.carriers.paper import LETTER, pdf
from connector_service.sandbox.gate import Call, Raw, Refusal
from connector_service.sandbox.world import Sold, World

NAMESPACE = "http://www.canadapost.ca/ws/manifest-v8"
KIND = "manifest-v8"


class Manifests:
    """The handlers under `manifest`."""

    def __init__(self, slug: str, world: World) -> None:
        self._slug = slug
        self._world = world

    def transmit(self, call: Call) -> Any:
        """`POST manifest`: every shipment of the groups that was not transmitted yet, but for those left out."""
        asked = Asked.read(call.body, "transmit-set")
        postal_code(asked.need("requested-shipping-point"))
        asked.need("manifest-address", "manifest-company")
        groups = {each.text() for each in asked("group-ids").all("group-id")}
        excluded = {each.text() for each in asked("excluded-shipments").all("shipment-id")}
        taken = [sold for sold in self._open(call.account) if sold.details["group"] in groups]
        taken = [sold for sold in taken if sold.label_id not in excluded]
        if not taken:
            raise Refusal(404, "9108", f"No shipment was found in the groups {', '.join(sorted(groups))}.")
        number = str(self._world.serial())
        for sold in taken:
            sold.manifest = number
            self._world.keep_sold(sold)
        href = f"{root_of(call)}/manifest/{number}"
        link = tag("link", rel="manifest", href=href, media_type=f"application/vnd.cpc.{KIND}+xml")
        return answer(tag("manifests", link, xmlns=NAMESPACE), KIND)

    def _open(self, account: str) -> list[Sold]:
        mine = (sold for sold in self._world.sold.values() if (sold.vendor, sold.account) == (self._slug, account))
        return [sold for sold in mine if not sold.voided and not sold.manifest]

    def show(self, call: Call) -> Any:
        """`GET manifest/{number}`."""
        number = call.path["number"]
        self._on(call.account, number)
        root = root_of(call)
        artifact = f"{root.rpartition('/rs/')[0]}/rs/artifact/manifest/{number}/0"
        links = (
            tag("link", rel="self", href=f"{root}/manifest/{number}", media_type=f"application/vnd.cpc.{KIND}+xml"),
            tag("link", rel="artifact", href=artifact, media_type="application/pdf"),
        )
        return answer(tag("manifest", tag("po-number", f"P{number}"), tag("links", *links), xmlns=NAMESPACE), KIND)

    def sheet(self, account: str, number: str) -> Raw:
        """The manifest to print."""
        lines = [f"MANIFEST P{number}", *(sold.tracking_number for sold in self._on(account, number))]
        return Raw(pdf([lines], LETTER), "application/pdf")

    def _on(self, account: str, number: str) -> list[Sold]:
        held = [sold for sold in self._world.sold.values() if sold.vendor == self._slug and sold.manifest == number]
        if not held or held[0].account != account:
            raise Refusal(404, "9108", f"There is no manifest {number}.")
        return held


def root_of(call: Call) -> str:
    """The address below which the caller's shipments and manifests are, ending in both customer numbers."""
    host = call.headers.get("host", "localhost")
    return f"http://{host}/canadapost/rs/{call.path['customer']}/{call.path['mobo']}"
