"""Check what a rule answers: it may only name what exists, such as owners, queues, exception codes and verdicts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from canonical_models import ExceptionCode
from canonical_models.remediation import RemediationIntent
from connector_service.rules_engine.findings import Path, Report, did_you_mean
from connector_service.rules_engine.organisation import Organisation

DEPUTY = "deputy"
"""As an owner to reassign to: the deputy of the owner in the facts."""


def check_outcome(
    outcome: Mapping[str, Any],
    path: Path,
    organisation: Organisation,
    ranking: Sequence[str] | None,
    report: Report,
) -> None:
    """Findings for names that do not exist; with a `ranking`, the verdict must be there and be ranked."""
    choices: dict[str, Collection[str]] = {
        "owner": organisation.owners,
        "queue": organisation.queues,
        "reassign": organisation.owners,
        "reassign_to": [*organisation.owners, DEPUTY],
        "notify": organisation.people,
        "exception": [code.value for code in ExceptionCode],
        "remediate": [intent.value for intent in RemediationIntent],
    }
    if ranking is not None:
        choices["verdict"] = ranking
        if "verdict" not in outcome:
            report.add(path, "The worst verdict decides, and this one has none.", did_you_mean("", ranking))
    for key, names in choices.items():
        if key in outcome and outcome[key] not in names:
            report.add((*path, key), f'"{outcome[key]}" is no {key} that exists.', did_you_mean(outcome[key], names))
