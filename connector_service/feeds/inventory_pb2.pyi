import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Kind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    COUNT: _ClassVar[Kind]
    RECEIPT: _ClassVar[Kind]
    ADJUSTMENT: _ClassVar[Kind]
    TRANSFER_SENT: _ClassVar[Kind]
    TRANSFER_ARRIVED: _ClassVar[Kind]
    TRANSFER_LOST: _ClassVar[Kind]
COUNT: Kind
RECEIPT: Kind
ADJUSTMENT: Kind
TRANSFER_SENT: Kind
TRANSFER_ARRIVED: Kind
TRANSFER_LOST: Kind

class UpdateBatch(_message.Message):
    __slots__ = ("source", "as_of", "updates")
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    AS_OF_FIELD_NUMBER: _ClassVar[int]
    UPDATES_FIELD_NUMBER: _ClassVar[int]
    source: str
    as_of: _timestamp_pb2.Timestamp
    updates: _containers.RepeatedCompositeFieldContainer[Update]
    def __init__(self, source: _Optional[str] = ..., as_of: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., updates: _Optional[_Iterable[_Union[Update, _Mapping]]] = ...) -> None: ...

class Update(_message.Message):
    __slots__ = ("sku", "location_id", "lot", "expires_on", "on_hand", "as_of", "sequence", "source", "kind", "quantity", "reference", "reason", "transfer_id", "to_location_id", "serials")
    SKU_FIELD_NUMBER: _ClassVar[int]
    LOCATION_ID_FIELD_NUMBER: _ClassVar[int]
    LOT_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_ON_FIELD_NUMBER: _ClassVar[int]
    ON_HAND_FIELD_NUMBER: _ClassVar[int]
    AS_OF_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    REFERENCE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    TRANSFER_ID_FIELD_NUMBER: _ClassVar[int]
    TO_LOCATION_ID_FIELD_NUMBER: _ClassVar[int]
    SERIALS_FIELD_NUMBER: _ClassVar[int]
    sku: str
    location_id: str
    lot: str
    expires_on: str
    on_hand: int
    as_of: _timestamp_pb2.Timestamp
    sequence: int
    source: str
    kind: Kind
    quantity: int
    reference: str
    reason: str
    transfer_id: str
    to_location_id: str
    serials: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, sku: _Optional[str] = ..., location_id: _Optional[str] = ..., lot: _Optional[str] = ..., expires_on: _Optional[str] = ..., on_hand: _Optional[int] = ..., as_of: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., sequence: _Optional[int] = ..., source: _Optional[str] = ..., kind: _Optional[_Union[Kind, str]] = ..., quantity: _Optional[int] = ..., reference: _Optional[str] = ..., reason: _Optional[str] = ..., transfer_id: _Optional[str] = ..., to_location_id: _Optional[str] = ..., serials: _Optional[_Iterable[str]] = ...) -> None: ...

class Summary(_message.Message):
    __slots__ = ("accepted", "changed", "replayed", "stale", "refused", "refusals")
    ACCEPTED_FIELD_NUMBER: _ClassVar[int]
    CHANGED_FIELD_NUMBER: _ClassVar[int]
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    STALE_FIELD_NUMBER: _ClassVar[int]
    REFUSED_FIELD_NUMBER: _ClassVar[int]
    REFUSALS_FIELD_NUMBER: _ClassVar[int]
    accepted: int
    changed: int
    replayed: int
    stale: int
    refused: int
    refusals: _containers.RepeatedCompositeFieldContainer[Refusal]
    def __init__(self, accepted: _Optional[int] = ..., changed: _Optional[int] = ..., replayed: _Optional[int] = ..., stale: _Optional[int] = ..., refused: _Optional[int] = ..., refusals: _Optional[_Iterable[_Union[Refusal, _Mapping]]] = ...) -> None: ...

class Refusal(_message.Message):
    __slots__ = ("index", "field", "reason")
    INDEX_FIELD_NUMBER: _ClassVar[int]
    FIELD_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    index: int
    field: str
    reason: str
    def __init__(self, index: _Optional[int] = ..., field: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...
