"""One label per reference, whatever happens in between: no answer, a kill at any point, two processes at a time.

A carrier that takes a repeated reference for the same purchase is simply asked again. At any other the purchase is
written down before it is made, with the time by which it is over, and crossed out with the commit that keeps the label
(`labels.record_label`). So what is found written down may have been sold:

- a carrier that finds labels by reference is asked for it. Is there none, it is bought once the other call is over, and
  looked up again, for the earlier sale may come to light late; of two labels one is given back;
- a carrier that can do neither is not asked to sell again. A person asks it, and says what became of the purchase.
"""

from __future__ import annotations

from dataclasses import dataclass

from canonical_models import Label
from connector_service.adapters import registry
from connector_service.adapters.carrier_contract import CarrierAdapter, FindsLabels, LabelRequest, finds_labels
from connector_service.adapters.contracts import Capability
from connector_service.adapters.http_errors import Busy, NoAnswer, NotAsked
from connector_service.errors import VendorError, VendorRejected, VendorUnreachable
from connector_service.orders.systems import Systems
from connector_service.store.purchases import Began


class PurchaseUnknown(VendorRejected):
    """The carrier may have sold the label or not, and cannot be asked by us; buying again might buy it twice."""

    title = "It is not known whether the label was bought"


async def buy_once(systems: Systems, slug: str, request: LabelRequest) -> Label:
    """The label of the reference: bought, or found to be bought before.

    Raises:
        PurchaseUnknown: it may have been sold, and must not be bought again.
        VendorRejected: nothing was bought.
        VendorUnreachable: nobody knows; asking again is safe.
    """
    purchase = _Purchase(systems, slug, systems.carrier(slug), request)
    capabilities = registry.CARRIERS[slug].capabilities
    if Capability.DEDUPES_BY_REFERENCE in capabilities:
        return await purchase.carrier.buy_label(request)
    began = await systems.begin_purchase(slug, request.reference)
    if began is Began.NEW:
        return await purchase.first()
    if Capability.LOOKUP_BY_REFERENCE not in capabilities:
        text = f"{slug} was asked for label {request.reference} before, and what it did is not known."
        raise PurchaseUnknown(text, vendor=slug)
    if began is Began.UNDER_WAY:
        return await purchase.of_the_other_call()
    return await purchase.again()


@dataclass(frozen=True, slots=True)
class _Purchase:
    systems: Systems
    slug: str
    carrier: CarrierAdapter
    request: LabelRequest

    async def first(self) -> Label:
        try:
            return await self.carrier.buy_label(self.request)
        except (NotAsked, Busy, VendorRejected):
            await self.systems.settle_purchase(self.slug, self.request.reference)
            raise
        except VendorUnreachable as error:
            await self._end(error)
            if isinstance(self.carrier, FindsLabels):
                raise
            raise PurchaseUnknown(f"{error.detail}. It may have sold the label.", vendor=self.slug) from None

    async def of_the_other_call(self) -> Label:
        found = await self._find()
        if found is None:
            text = f"{self.slug} is being asked for label {self.request.reference} by another call; wait for its end"
            raise VendorUnreachable(text, vendor=self.slug)
        return found

    async def again(self) -> Label:
        """What was sold before; else buy, and give the label back when an earlier one has come to light."""
        try:
            before = await self._find()
            if before is not None:
                return before
            label = await self.carrier.buy_label(self.request)
            found = await self._find()
        except VendorError as error:
            await self._end(error)
            raise
        if found is None or found.label_id == label.label_id:
            return label
        await self._give_back(label, found)
        return found

    async def _give_back(self, second: Label, first: Label) -> None:
        try:
            await self.carrier.void_label(second)
        except VendorError as error:
            numbers = f"{first.tracking_number} and {second.tracking_number}"
            words = f"{self.slug} has sold {numbers} for one parcel, and keeps the second: {error.detail}"
            raise PurchaseUnknown(words, vendor=self.slug) from None

    async def _find(self) -> Label | None:
        return await finds_labels(self.slug, self.carrier).find_label(self.request.reference, self.request)

    async def _end(self, error: VendorError) -> None:
        """Let the next call have its turn; after no answer at all the carrier may be at it for a moment yet."""
        if not isinstance(error, NoAnswer):
            await self.systems.end_purchase(self.slug, self.request.reference)
