"""Karrio in our process: TLS stays verified, nothing of it is loaded before it is needed, its silence is no answer."""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
import ssl
import subprocess
import sys
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from connector_service.adapters import karrio_bridge, registry
from connector_service.adapters.contracts import Connection
from connector_service.adapters.http import Request, Transport, open_client
from connector_service.adapters.karrio_bridge import Karrio
from connector_service.adapters.shapes import Unreadable
from connector_service.clock import SystemClock
from connector_service.errors import VendorRejected, VendorUnreachable
from tests.contracts.recorded import ADAPTER_TESTS

pytestmark = pytest.mark.anyio

SETTINGS = {"client_id": "id", "client_secret": "secret", "account_number": "A1B2C3", "account_country_code": "US"}
PAYLOAD: dict[str, Any] = {
    "shipper": {
        "company_name": "North",
        "address_line1": "Kai 1",
        "city": "Kiel",
        "postal_code": "24103",
        "country_code": "DE",
    },
    "recipient": {
        "person_name": "Ana",
        "address_line1": "Rue 1",
        "city": "Lyon",
        "postal_code": "69001",
        "country_code": "FR",
    },
    "parcels": [{"weight": 1.24, "weight_unit": "KG"}],
    "services": [],
    "options": {"shipment_date": "2026-11-23"},
    "reference": "shp-1",
}


@pytest.fixture
def ups() -> Karrio:
    return Karrio("ups", SETTINGS)


def run(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ADAPTER_TESTS.parents[1]
    )
    return done.stdout.strip()


def test_karrio_is_not_loaded_before_its_first_use() -> None:
    code = "import sys, connector_service.adapters.registry; print(sorted(n for n in sys.modules if 'karrio.' in n))"
    assert run(code) == "[]"


def test_after_karrio_was_loaded_the_process_still_verifies_tls() -> None:
    code = (
        "import ssl; before = ssl._create_default_https_context\n"
        "from connector_service.adapters.karrio_bridge import Karrio\n"
        f"Karrio('ups', {SETTINGS!r}).build('rate', {PAYLOAD!r})\n"
        "import sys; assert 'karrio.core.utils.helpers' in sys.modules\n"
        "after = ssl._create_default_https_context\n"
        "print(after is before, after().verify_mode == ssl.CERT_REQUIRED, after().check_hostname)"
    )
    assert run(code) == "True True True"


def test_who_has_loaded_the_pieces_pays_nothing_at_first_use_and_verifies_tls() -> None:
    code = (
        "import ssl, sys; before = ssl._create_default_https_context\n"
        "from connector_service.adapters import karrio_bridge as bridge\n"
        "for piece in bridge.pieces('ups'): bridge.load(piece)\n"
        "there = set(sys.modules)\n"
        f"bridge.Karrio('ups', {SETTINGS!r}).build('rate', {PAYLOAD!r})\n"
        "more = {name for name in set(sys.modules) - there if 'karrio' in name}\n"
        "print(more, ssl._create_default_https_context is before)"
    )
    assert run(code) == "set() True"


@pytest.mark.parametrize("vendor", sorted(entry.karrio for entry in registry.CARRIERS.values() if entry.karrio))
def test_every_carrier_that_names_karrio_has_its_pieces_there(vendor: str) -> None:
    for piece in karrio_bridge.pieces(vendor):
        assert karrio_bridge.load(piece).__name__ == f"karrio.{piece}"


async def test_our_client_refuses_a_certificate_nobody_vouches_for(ups: Karrio, tmp_path: Any) -> None:
    await ups.ready()
    certificate, key = self_signed(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    transport = Transport(open_client(), SystemClock())
    connection = Connection.model_validate(
        {"base_url": f"https://127.0.0.1:{port}", "api_key": "k", "webhook_secret": "s"}
    )
    http = transport.tenant("tenant").vendor("acme", connection, lambda body: "")
    with pytest.raises(VendorUnreachable) as caught:
        await http.call(Request("POST", "/thing", body={}), bytes)
    cause: BaseException | None = caught.value
    while cause is not None and not isinstance(cause, ssl.SSLCertVerificationError):
        cause = cause.__cause__ or cause.__context__
    assert cause is not None
    await transport.aclose()
    server.close()
    await server.wait_closed()


def self_signed(folder: Any) -> tuple[str, str]:
    """A certificate for 127.0.0.1 that signed itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "certificate.pem", folder / "key.pem"
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    no_password = serialization.NoEncryption()
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8)
    paths[1].write_bytes(key.private_bytes(*form, no_password))
    return str(paths[0]), str(paths[1])


def test_a_request_is_built_in_the_vendors_own_shape(ups: Karrio) -> None:
    native = ups.build("rate", PAYLOAD)
    assert native.body["RateRequest"]["Shipment"]["ShipTo"]["Address"]["PostalCode"] == "69001"


@pytest.mark.parametrize("what", ["rate", "shipment"])
def test_a_request_is_what_karrio_itself_would_send(ups: Karrio, what: Any) -> None:
    payload = {**PAYLOAD, "service": "ups_standard", "payment": {"paid_by": "sender"}, "label_type": "ZPL"}
    wanted = payload if what == "shipment" else PAYLOAD
    if what == "shipment":
        payload.pop("services")
    model = getattr(karrio_bridge.load("core.models"), "RateRequest" if what == "rate" else "ShipmentRequest")
    theirs = getattr(ups._open(), f"create_{what}_request")(model(**wanted)).serialize()
    assert ups.build(what, wanted).body == theirs


def test_what_karrio_refuses_to_build_is_a_final_no(ups: Karrio) -> None:
    pickup = {
        "pickup_date": "2026-11-23",
        "ready_time": "09:00",
        "closing_time": "17:00",
        "address": PAYLOAD["shipper"],
    }
    with pytest.raises(VendorRejected, match="pickup"):
        ups.build("pickup", {**pickup, "pickup_type": "daily"})


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b"<html>", b"\xff", b'{"RateResponse": {}}', b'{"RateResponse": 1}']
)
def test_an_answer_that_says_nothing_is_unreadable(ups: Karrio, body: bytes) -> None:
    with pytest.raises(Unreadable):
        ups.read("rate", body, {"origin": "US"})


def test_an_error_with_a_good_status_is_a_final_no_in_the_vendors_words(ups: Karrio) -> None:
    with pytest.raises(VendorRejected, match=r"closed \(111\)"):
        ups.read("rate", b'{"response": {"errors": [{"code": "111", "message": "closed"}]}}', {"origin": "US"})


def test_a_label_that_is_no_image_makes_no_pdf() -> None:
    assert karrio_bridge.as_pdf("bm8gaW1hZ2U=") is None
