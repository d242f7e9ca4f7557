"""Rule files in memory: small ones to break, and random ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from connector_service.rules_engine.findings import Report
from connector_service.rules_engine.folder import Words
from connector_service.rules_engine.model import RuleFile
from connector_service.rules_engine.organisation import Organisation
from connector_service.rules_engine.parse import parse_rule_file
from connector_service.rules_engine.vocabulary import Vocabulary
from tests.rules_engine.rules_workbench import ORGANISATION, VOCABULARY, rule, rule_file

WORDS = Words(
    Organisation.from_document(ORGANISATION, Report("organisation.json")),
    {"order@1": Vocabulary.from_document("order@1", VOCABULARY)},
    "hash",
)
DERIVE = {
    "lines_all": {"count": "lines"},
    "lines_short": {"count": "lines", "where": {"packed": {"lt_field": "ordered"}}},
    "off_pct": {"percent_off": ["total_minor", "risk_score"]},
    "over": {"difference": ["total_minor", "risk_score"]},
    "most": {"max": ["total_minor", "risk_score"]},
    "least": {"min": ["total_minor", "risk_score"]},
    "both": {"sum": ["total_minor", "risk_score"]},
}


def parsed(document: Mapping[str, Any]) -> RuleFile:
    """The file; fails the test when there are findings."""
    report = Report("file.json", document)
    file = parse_rule_file(document, WORDS.vocabularies, WORDS.organisation, "hash", report)
    assert file is not None, report.findings
    return file


_NUMBERS = st.integers(-2, 6)
_TEXTS = st.sampled_from(["BR", "RU", "US"])
_STATUS = st.sampled_from(["received", "validated", "closed"])


def _tests(values: st.SearchStrategy[Any], number: bool) -> st.SearchStrategy[Any]:
    presence = st.sampled_from([{"missing": True}, {"exists": True}])
    lists = st.lists(values, min_size=1, max_size=3)
    listed = st.one_of(st.builds(lambda v: {"in": v}, lists), st.builds(lambda v: {"not_in": v}, lists))
    ranges = st.builds(lambda op, v: {op: v}, st.sampled_from(["gt", "gte", "lt", "lte"]), values)
    kinds = [values, presence, listed, st.builds(lambda v: {"is_not": v}, values)]
    return st.one_of(*kinds, ranges, ranges) if number else st.one_of(*kinds)


FACTS = {"status": _STATUS, "country": _TEXTS, "total_minor": _NUMBERS, "risk_score": _NUMBERS, "paid": st.booleans()}
CONDITIONS = st.fixed_dictionaries(
    {}, optional={name: _tests(values, values is _NUMBERS) for name, values in FACTS.items()}
)
DERIVED_CONDITIONS = st.fixed_dictionaries({}, optional={name: _tests(_NUMBERS, True) for name in DERIVE})
VERDICTS = st.sampled_from(["block", "hold", "pass"])


@st.composite
def documents(draw: st.DrawFn, derived: bool = False) -> dict[str, Any]:
    """A random rule file of up to five rules, of any hit policy."""
    policy = draw(st.sampled_from(["first", "all", "worst", "unique"]))
    rules = []
    for number in range(draw(st.integers(1, 5))):
        when = draw(CONDITIONS) | (draw(DERIVED_CONDITIONS) if derived else {})
        branches = draw(st.lists(CONDITIONS, max_size=2))
        then = (
            {"verdict": draw(VERDICTS)}
            if policy == "worst"
            else {"owner": draw(st.sampled_from(["risk", "operations"]))}
        )
        rules.append(rule(f"TST-{number}", {**when, **({"any": branches} if branches else {})}, then))
    head: dict[str, Any] = {"hit_policy": policy, "derive": DERIVE if derived else {}}
    if policy == "worst":
        head |= {"ranking": ["block", "hold", "pass"], "on_error": {"verdict": "hold", "because": "It failed."}}
    return rule_file(*rules, **head)


_LINE = st.fixed_dictionaries({}, optional={"ordered": st.integers(0, 2), "packed": st.integers(0, 2)})
GIVEN = st.fixed_dictionaries(
    {},
    optional={
        "status": _STATUS,
        "country": st.sampled_from(["BR", "RU", "US", "DE"]),
        "total_minor": st.integers(-4, 9),
        "risk_score": st.integers(-4, 9),
        "paid": st.booleans(),
        "lines": st.lists(_LINE, max_size=4),
    },
)
