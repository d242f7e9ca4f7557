"""Payloads recorded from a vendor: bodies as they came, webhooks with their headers and the moment they came."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

ADAPTER_TESTS = Path(__file__).resolve().parents[1] / "adapters"
RECORDED_SECRET = "recorded-webhook-secret"


@dataclass(frozen=True)
class RecordedWebhook:
    """A webhook as it came in at `received_at`, signed with `RECORDED_SECRET`."""

    headers: dict[str, str]
    body: bytes
    received_at: datetime


def recorded_webhook(slug: str, name: str) -> RecordedWebhook:
    """`<name>.json` of a vendor's payloads: received_at, headers, and the body as text."""
    whole = json.loads((ADAPTER_TESTS / slug / "payloads" / f"{name}.json").read_text("utf-8"))
    return RecordedWebhook(whole["headers"], whole["body"].encode(), datetime.fromisoformat(whole["received_at"]))


def recorded_answer(slug: str, name: str) -> bytes:
    """The body of an answer."""
    return (ADAPTER_TESTS / slug / "payloads" / f"{name}.json").read_bytes()
