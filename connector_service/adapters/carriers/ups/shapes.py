"""What UPS answers, as far as it is read; names are UPS's own."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from canonical_models.base import Currency, Identifier
from connector_service.adapters.karrio_bridge import several
from connector_service.adapters.shapes import VendorShape

Text = Annotated[str, Field(max_length=500)]
Number = Annotated[str, Field(min_length=5, max_length=40, pattern=r"^[0-9A-Za-z]+$")]


class Coded(VendorShape):
    """A code of one of UPS's tables."""

    Code: str = Field(max_length=20)


class Money(VendorShape):
    """An amount as text."""

    CurrencyCode: Currency
    MonetaryValue: str = Field(max_length=20)


class Charges(VendorShape):
    """What a shipment costs; the account's own prices say `TotalCharge`."""

    TotalCharges: Money | None = None
    TotalCharge: Money | None = None
    TotalChargesWithTaxes: Money | None = None

    def total(self) -> Money | None:
        """What is to be paid, taxes included."""
        return self.TotalChargesWithTaxes or self.TotalCharge or self.TotalCharges


class Transaction(VendorShape):
    """What we called the call."""

    CustomerContext: str = Field(default="", max_length=600)


class Head(VendorShape):
    """The head of each answer."""

    TransactionReference: Transaction = Transaction()


class Picture(VendorShape):
    """A picture in base64, ZPL too."""

    GraphicImage: str = Field(min_length=1, max_length=900_000)


class Label(Picture):
    """A printed label."""

    ImageFormat: Coded


class Package(VendorShape):
    """One parcel as sold."""

    TrackingNumber: Number
    ShippingLabel: Label


class Papers(VendorShape):
    """Customs papers, always a PDF."""

    Image: Picture


class Billed(VendorShape):
    """What is billed, in `LBS` or `KGS`."""

    UnitOfMeasurement: Coded
    Weight: str = Field(max_length=20)


class Results(VendorShape):
    """A shipment as sold."""

    ShipmentIdentificationNumber: Number
    ShipmentCharges: Charges = Charges()
    NegotiatedRateCharges: Charges | None = None
    BillingWeight: Billed
    PackageResults: Annotated[tuple[Package, ...], BeforeValidator(several)] = Field(min_length=1)
    Form: Papers | None = None


class Sold(VendorShape):
    """The body of the answer to Shipping."""

    Response: Head = Head()
    ShipmentResults: Results


class Shipped(VendorShape):
    """The answer to Shipping."""

    ShipmentResponse: Sold


class RecoveredImage(Picture):
    """A label printed again."""

    LabelImageFormat: Coded


class RecoveredPackage(VendorShape):
    """One parcel as found."""

    TrackingNumber: Number
    LabelImage: RecoveredImage


class Recovery(VendorShape):
    """A shipment as found."""

    Response: Head = Head()
    ShipmentIdentificationNumber: Number
    LabelResults: Annotated[tuple[RecoveredPackage, ...], BeforeValidator(several)] = Field(min_length=1)


class Recovered(VendorShape):
    """The answer to Label Recovery."""

    LabelRecoveryResponse: Recovery


class Status(VendorShape):
    """`1` is done."""

    ResponseStatus: Coded


class Done(VendorShape):
    """An answer that says no more than done."""

    Response: Status


class Voided(VendorShape):
    """The answer to a void."""

    VoidShipmentResponse: Done


class PickupCancelled(VendorShape):
    """The answer to a cancelled collection."""

    PickupCancelResponse: Done


class PickupRate(VendorShape):
    """What a collection costs."""

    CurrencyCode: Currency | None = None
    GrandTotalOfAllCharge: str | None = Field(default=None, max_length=20)


class Pickup(VendorShape):
    """A collection; PRN is its number."""

    PRN: Identifier
    RateResult: PickupRate | None = None


class PickupCreated(VendorShape):
    """The answer to a called collection."""

    PickupCreationResponse: Pickup


class KeyFormat(VendorShape):
    """An address as the United States' post writes it; division 2 is the city, 1 the state."""

    AddressLine: Annotated[tuple[Text, ...], BeforeValidator(several)] = ()
    PoliticalDivision2: Text = ""
    PoliticalDivision1: Text = ""
    PostcodePrimaryLow: Text = ""
    PostcodeExtendedLow: Text = ""
    CountryCode: str = Field(pattern=r"^[A-Z]{2}$")


class Match(VendorShape):
    """A place it may be."""

    AddressClassification: Coded | None = None
    AddressKeyFormat: KeyFormat


class XavResponse(VendorShape):
    """An indicator that is there says what the candidates are; its text says nothing."""

    ValidAddressIndicator: str | None = None
    AmbiguousAddressIndicator: str | None = None
    NoCandidatesIndicator: str | None = None
    AddressClassification: Coded | None = None
    Candidate: Annotated[tuple[Match, ...], BeforeValidator(several)] = ()


class Validated(VendorShape):
    """The answer to Address Validation."""

    XAVResponse: XavResponse


class Error(VendorShape):
    """One thing that was wrong."""

    code: str = Field(max_length=40)
    message: str = Field(max_length=2_000)


class Errors(VendorShape):
    """What was wrong."""

    errors: tuple[Error, ...] = Field(min_length=1)


class Problem(VendorShape):
    """UPS's shape of a refusal."""

    response: Errors
