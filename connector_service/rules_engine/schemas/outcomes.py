"""The JSON Schema of what rules answer."""

from __future__ import annotations

from canonical_models import ExceptionCode
from canonical_models.remediation import REMEDIATION_INTENTS
from connector_service.rules_engine.organisation import Organisation
from connector_service.rules_engine.outcomes import DEPUTY
from connector_service.rules_engine.schemas.parts import (
    BOOLEAN,
    NUMBER,
    SCALAR,
    TEXT,
    Schema,
    choice,
    described,
)

FREE_KEYS = "^x_[a-z0-9_]+$"
"""An outcome may carry keys of one's own under this pattern; every other key is checked."""

_INTENTS = {intent.value: text for intent, text in REMEDIATION_INTENTS.items()}


def outcome(organisation: Organisation | None) -> Schema:
    """What a rule answers. With an organisation, names are the ones it has; without, the compiler checks them."""
    owners = {owner.id: owner.title for owner in organisation.owners.values()} if organisation else None
    return {
        "type": "object",
        "properties": {
            "owner": described(choice(owners), "who looks after it: an owner of organisation.json"),
            "queue": described(
                choice(organisation.queues if organisation else None), "where it waits: a queue of organisation.json"
            ),
            "verdict": described(TEXT, "one of the file's ranking"),
            "exception": described(_exception(organisation), "a code of the exception catalog"),
            "remediate": described(choice(_INTENTS), "what the owner has to do: an intent of the remediation catalog"),
            "severity": {"enum": ["low", "medium", "high"]},
            "priority": {"enum": ["low", "normal", "high"]},
            "weight": described(NUMBER, "points for this choice; less than 0 speaks against it"),
            "veto": described(BOOLEAN, "true: this may not be chosen, whatever else speaks for it"),
            "limit_minor": described(NUMBER, "up to this much money, in minor units"),
            "ask_after_minutes": described(NUMBER, "how long after the last answer the carrier is asked again"),
            "level": {"type": "integer", "minimum": 1, "description": "the step's place in its cascade"},
            "notify": described(choice(_people(organisation) if organisation else None), "an owner or an owner's lead"),
            "reassign": described(choice(owners), "the owner who takes over"),
            "reassign_to": described(
                choice(owners and {DEPUTY: "who stands in for the owner in the facts", **owners}),
                "an owner, or `deputy`: who stands in for the owner in the facts",
            ),
            "page": described(BOOLEAN, "wake somebody up"),
            "audience": {"enum": ["customer", "owner", "warehouse", "nobody"]},
            "template": described(TEXT, "which text is sent"),
            "channel": {"enum": ["email", "sms", "chat", "webhook", "none"]},
        },
        "patternProperties": {FREE_KEYS: SCALAR},
        "additionalProperties": False,
    }


def known_keys(shape: Schema) -> Schema:
    """The keys of an outcome that is defined as `outcome`, for what has more keys or fewer demands."""
    return {key: {"$ref": f"#/$defs/outcome/properties/{key}"} for key in shape["properties"]}


def answer(shape: Schema) -> Schema:
    """`default` or `on_error`: an outcome of this shape with its reason."""
    after = {"type": "string", "pattern": "^[1-9][0-9]{0,4}(m|h)$", "description": "30m or 2h: act no later than this"}
    properties = {**known_keys(shape), "because": described(TEXT, "the reason, in words"), "after": after}
    return {**shape, "properties": properties, "required": ["because"]}


def _exception(organisation: Organisation | None) -> Schema:
    return {"enum": [code.value for code in ExceptionCode]} if organisation else dict(TEXT)


def _people(organisation: Organisation) -> dict[str, str]:
    leads = {owner.lead: f"leads {owner.title}" for owner in organisation.owners.values()}
    return leads | {owner.id: owner.title for owner in organisation.owners.values()}
