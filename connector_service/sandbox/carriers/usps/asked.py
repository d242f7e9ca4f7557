"""What callers send to the Postal Service, as far as the look-alike reads it."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

ZIP = r"^\d{5}$"


class _Shape(BaseModel):
    model_config = ConfigDict(extra="ignore")


class TokenRequest(_Shape):
    """`POST /oauth2/v3/token`."""

    grant_type: Literal["client_credentials"]
    client_id: str
    client_secret: str
    scope: str = ""


class Role(_Shape):
    """Who plays which part in a payment."""

    roleName: Literal["PAYER", "LABEL_OWNER", "RATE_HOLDER", "PLATFORM"]
    CRID: str = Field(min_length=1)
    MID: str = Field(min_length=1)
    accountType: Literal["EPS", "PERMIT", "METER"]
    accountNumber: str = Field(min_length=1)


class Payment(_Shape):
    """`POST /payments/v3/payment-authorization`."""

    roles: list[Role] = Field(min_length=1)


class PricingOption(_Shape):
    priceType: Literal["RETAIL", "COMMERCIAL", "CONTRACT"]


class RatedPackage(_Shape):
    """Pounds and inches. `ALL` asks for every mail class."""

    weight: float = Field(gt=0, le=70)
    length: float = Field(ge=0)
    width: float = Field(ge=0)
    height: float = Field(ge=0)
    mailClass: str
    mailingDate: str = Field(pattern=r"^\d{4}-\d\d-\d\d$")


class OptionsSearch(_Shape):
    """`POST /shipments/v3/options/search`."""

    pricingOptions: list[PricingOption] = Field(min_length=1)
    originZIPCode: str = Field(pattern=ZIP)
    destinationZIPCode: str = Field(pattern=ZIP)
    packageDescription: RatedPackage


class Address(_Shape):
    """Someone's address; a name or a firm must be there."""

    streetAddress: str = Field(min_length=1)
    secondaryAddress: str = ""
    city: str = Field(min_length=1)
    state: str = Field(pattern=r"^[A-Z]{2}$")
    ZIPCode: str = Field(pattern=ZIP)
    ZIPPlus4: str = ""
    firstName: str = ""
    lastName: str = ""
    firm: str = ""
    phone: str = Field(default="", pattern=r"^(\d{10})?$")


class CustomerReference(_Shape):
    referenceNumber: str = Field(min_length=1, max_length=30)


class LabelledPackage(_Shape):
    """Pounds; `rateIndicator` and `processingCategory` say what the piece is packed in."""

    weightUOM: Literal["lb", "LB"]
    weight: float = Field(gt=0, le=70)
    mailClass: str
    rateIndicator: str
    processingCategory: str
    mailingDate: str = Field(pattern=r"^\d{4}-\d\d-\d\d$")
    destinationEntryFacilityType: str
    customerReference: list[CustomerReference] = Field(default_factory=list, max_length=4)


class ImageInfo(_Shape):
    imageType: Literal["PDF", "TIFF", "JPG", "SVG", "ZPL203DPI", "ZPL300DPI", "LABEL_BROKER", "NONE"]
    labelType: str = "4X6LABEL"
    returnLabel: bool = False


class LabelRequest(_Shape):
    """`POST /labels/v3/label`."""

    imageInfo: ImageInfo
    toAddress: Address
    fromAddress: Address
    packageDescription: LabelledPackage


class PickupPlace(_Shape):
    streetAddress: str = Field(min_length=1)
    city: str = Field(min_length=1)
    state: str = Field(pattern=r"^[A-Z]{2}$")
    ZIPCode: str = Field(pattern=ZIP)


class PickupAddress(_Shape):
    firstName: str = ""
    firm: str = ""
    address: PickupPlace


class PickupPackage(_Shape):
    packageType: str
    packageCount: int = Field(ge=1)


class CarrierPickup(_Shape):
    """`POST /pickup/v3/carrier-pickup`; the letter carrier comes on the usual round, so there are no hours."""

    pickupDate: str = Field(pattern=r"^\d{4}-\d\d-\d\d$")
    pickupAddress: PickupAddress
    packages: list[PickupPackage] = Field(min_length=1)
    estimatedWeight: float = Field(gt=0)


class PickupUpdate(_Shape):
    """`PUT /pickup/v3/carrier-pickup/{confirmationNumber}`."""

    pickupDate: str = Field(pattern=r"^\d{4}-\d\d-\d\d$")
    carrierPickupRequest: CarrierPickup


class FormShipment(_Shape):
    trackingNumbers: list[str] = Field(min_length=1)


class FormAddress(_Shape):
    streetAddress: str = Field(min_length=1)
    city: str = Field(min_length=1)
    state: str = Field(pattern=r"^[A-Z]{2}$")
    ZIPCode: str = Field(pattern=ZIP)


class ScanForm(_Shape):
    """`POST /scan-forms/v3/scan-form`."""

    form: Literal["5630", "3152"]
    imageType: Literal["PDF", "TIFF", "JPG"]
    labelType: str
    mailingDate: str = Field(pattern=r"^\d{4}-\d\d-\d\d$")
    entryFacilityZIPCode: str
    destinationEntryFacilityType: str
    shipment: FormShipment
    fromAddress: FormAddress
