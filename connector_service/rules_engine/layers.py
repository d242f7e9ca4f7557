"""Tenant layers: what one tenant changes in a base file, and only where the base allows it.

    {"extends": "ownership@1.4", "tenant": "acme", "version": "1.0.0",
     "replace": {"OWN-020": {...}}, "disable": ["OWN-050"], "add": [{"id": "X-ACME-010", "before": "OWN-020", ...}],
     "lists": {"risk_countries": ["BR"]}, "numbers": {"review_limit_minor": 80000},
     "tests": [...], "replace_tests": {"a name": {...}}, "disable_tests": ["another name"]}

A rule may be replaced or disabled when it says `"overridable": true`; a list or a number when the file's `overridable`
names it. Rules, lists and numbers that a layer adds carry a prefix (`X-ACME-`, `x_acme_`) that no base file may use, so
that a later base never collides with them. Where the first match wins, an added rule stands at the end or before an
overridable rule: what stands above the first overridable rule is out of every layer's reach.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from connector_service.rules_engine.findings import Origin, Path, Place, Report, did_you_mean

_STATUSES = ("draft", "shadow", "live")

Document = Mapping[str, Any]


def merge(base: Document, layer: Document, report: Report) -> dict[str, Any] | None:
    """The base file as the layer changes it, or None with findings, which lead into the layer.

    Both have passed the JSON Schema. The merged file keeps the base's id; its version names both, such as
    `1.4.2+acme.1.0.0`; its status is the less live of the two. Neither document is changed.
    """
    before = len(report.findings)
    if not extends(layer, base, report):
        return None
    _check_rules(base, layer, report)
    for section in ("lists", "numbers"):
        _check_names(base, layer, section, report)
    _check_tests(base, layer, report)
    rules = [rule for _, rule in _rules(base, layer)]
    if not rules:
        report.add(("disable",), "The layer leaves no rule.", "Keep one, or add one.")
    if len(report.findings) > before:
        return None
    merged = {key: value for key, value in base.items() if key not in ("lists", "numbers", "tests")}
    for section in ("lists", "numbers"):
        if section in base or section in layer:
            merged[section] = {**base.get(section, {}), **layer.get(section, {})}
    slug = re.sub("[^a-z0-9]+", "-", str(layer["tenant"]).lower()).strip("-")
    status = min(base["status"], layer.get("status", "live"), key=_STATUSES.index)
    version = f"{base['version']}+{slug}.{layer['version']}"
    tests = [test for _, test in _tests(base, layer)]
    return merged | {"version": version, "status": status, "rules": rules, "tests": tests}


def origin_of(base: Document, layer: Document, base_file: str, layer_file: str) -> Origin:
    """Who wrote what in `merge(base, layer, ...)`; the names of the files are those that findings shall show."""
    places: dict[Path, Place] = {
        (section, index): place
        for section, parts in (("rules", _rules(base, layer)), ("tests", _tests(base, layer)))
        for index, (place, _) in enumerate(parts)
    }
    own: list[Path] = [(section, name) for section in ("lists", "numbers") for name in layer.get(section, {})]
    heads: list[Path] = [(key,) for key in ("version", "status") if key in layer]
    return Origin(base_file, layer_file, places | {path: Place("layer", path) for path in own + heads})


def extends(layer: Document, base: Document, report: Report) -> bool:
    """Whether a layer is one over this base, by id and version; a finding if not."""
    name, _, wanted = str(layer["extends"]).partition("@")
    found = len(report.findings)
    if "extends" in base:
        what = f'"{name}" is a layer itself, over "{base["extends"]}".'
        report.add(("extends",), what, "A layer extends a base file: name the one at the bottom.")
    elif name != base["id"]:
        report.add(("extends",), f'The base file is "{base["id"]}", not "{name}".', did_you_mean(name, [base["id"]]))
    elif base["version"].split(".")[: wanted.count(".") + 1] != wanted.split("."):
        what = f'The base file "{name}" has version {base["version"]}, and the layer was made for {wanted}.'
        fix = f'Look at what changed, then write "{name}@{base["version"].rpartition(".")[0]}".'
        report.add(("extends",), what, fix)
    return len(report.findings) == found


def base_of(layer: Document, documents: Mapping[str, Document], report: Report) -> Document | None:
    """The base file that a layer names, out of rule files and layers by id; None with a finding when there is none, or
    when the way down from layer to layer leads in a circle."""
    way = [str(layer["extends"]).partition("@")[0]]
    found = documents.get(way[0])
    if found is None:
        report.add(("extends",), f'There is no rule file "{way[0]}".', did_you_mean(way[0], documents))
        return None
    while "extends" in documents.get(way[-1], {}):
        way.append(str(documents[way[-1]]["extends"]).partition("@")[0])
        if way[-1] in way[:-1]:
            what = f"The layers extend each other in a circle: {' over '.join(way)}."
            report.add(("extends",), what, "A layer extends a base file, never a layer.")
            return None
    return found


@dataclass(frozen=True, slots=True)
class _Kind:
    """Something a layer changes by name: what it is called, and which of the base's may be changed."""

    word: str
    there: Collection[str]
    open: Collection[str]
    how: str = ""


def _check_rules(base: Document, layer: Document, report: Report) -> None:
    there = {rule["id"]: rule for rule in base["rules"]}
    kind = _Kind("rule", there, [name for name, rule in there.items() if rule.get("overridable")], "is not overridable")
    for name, rule in layer.get("replace", {}).items():
        _check_open(kind, name, ("replace", name), report)
        if rule.get("id", name) != name:
            fix = f'Write "{name}", or leave the id out.'
            report.add(("replace", name, "id"), f"The rule that replaces {name} is called {rule['id']}.", fix)
    for index, name in enumerate(layer.get("disable", ())):
        _check_open(kind, name, ("disable", index), report)
        if name in layer.get("replace", {}):
            report.add(("disable", index), f"{name} is replaced, too.", "Replace it or disable it.")
    _check_added(base, layer, kind, report)


def _check_added(base: Document, layer: Document, kind: _Kind, report: Report) -> None:
    prefix = rule_prefix(layer["tenant"])
    kept = [name for name in kind.there if name not in layer.get("disable", ())]
    choices = [name for name in kept if name in kind.open] if base["hit_policy"] == "first" else kept
    for index, rule in enumerate(layer.get("add", ())):
        if not rule["id"].startswith(prefix):
            what = f"The id {rule['id']} could be given to a rule of the base one day."
            report.add(("add", index, "id"), what, f"Begin it with {prefix}, such as {prefix}010.")
        if "before" in rule and rule["before"] not in choices:
            word = rule["before"]
            what = (
                f"{word} is not overridable, so nothing may be put before it."
                if word in kept
                else f"There is no rule {word}."
            )
            fix = _before_fix(word, choices, fixed=word in kept)
            report.add(("add", index, "before"), what, fix)


def _before_fix(word: str, choices: Collection[str], *, fixed: bool) -> str:
    if not choices:
        return 'Leave "before" out: the rule then stands at the end.'
    return f"It may stand before: {', '.join(choices)}." if fixed else did_you_mean(word, choices)


def _check_open(kind: _Kind, name: str, path: Path, report: Report) -> None:
    if name not in kind.there:
        report.add(path, f'The base has no {kind.word} "{name}".', did_you_mean(name, kind.there))
    elif name not in kind.open:
        fix = (
            f"A layer may change: {', '.join(kind.open)}."
            if kind.open
            else f"No {kind.word} of this file may be changed."
        )
        report.add(path, f'The {kind.word} "{name}" {kind.how}.', fix)


def _check_names(base: Document, layer: Document, section: str, report: Report) -> None:
    """Lists or numbers: those of the base when it allows it, or the tenant's own under a prefix."""
    prefix = name_prefix(layer["tenant"])
    there, open_ = base.get(section, {}), base.get("overridable", {}).get(section, ())
    kind = _Kind(section.removesuffix("s"), there, open_, "is not among the file's overridable ones")
    for name in layer.get(section, {}):
        if name in there:
            _check_open(kind, name, (section, name), report)
        elif not name.startswith(prefix):
            fix = did_you_mean(name, open_) if open_ else ""
            what = f'The base has no {kind.word} "{name}", and one of your own begins with {prefix}.'
            report.add((section, name), what, fix or f'Call it "{prefix}{name}".')


def _check_tests(base: Document, layer: Document, report: Report) -> None:
    there = [test["name"] for test in base.get("tests", ())]
    kind = _Kind("test", there, there)
    changed = [(("replace_tests", name), name) for name in layer.get("replace_tests", {})]
    for path, name in [*changed, *((("disable_tests", i), n) for i, n in enumerate(layer.get("disable_tests", ())))]:
        _check_open(kind, name, path, report)
    for index, test in enumerate(layer.get("tests", ())):
        if test["name"] in there:
            fix = 'Give it a name of its own, or put it under "replace_tests".'
            report.add(("tests", index, "name"), f'The base has a test "{test["name"]}".', fix)


def rule_prefix(tenant: str) -> str:
    """With what the ids of a tenant's own rules begin, such as `X-ACME-`."""
    return "X-" + re.sub("[^A-Z0-9]+", "-", tenant.upper()).strip("-") + "-"


def name_prefix(tenant: str) -> str:
    """With what the names of a tenant's own lists and numbers begin, such as `x_acme_`."""
    return rule_prefix(tenant).lower().replace("-", "_")


def _rules(base: Document, layer: Document) -> list[tuple[Place, dict[str, Any]]]:
    """The merged rules in order, each with where it was written."""
    replaced, disabled = layer.get("replace", {}), layer.get("disable", ())
    added: dict[str | None, list[tuple[Place, dict[str, Any]]]] = {}
    for index, rule in enumerate(layer.get("add", ())):
        bare = {key: value for key, value in rule.items() if key != "before"}
        added.setdefault(rule.get("before"), []).append((Place("layer", ("add", index)), bare))
    merged = []
    for index, rule in enumerate(base["rules"]):
        merged += added.get(rule["id"], [])
        if rule["id"] in replaced:
            merged.append((Place("layer", ("replace", rule["id"])), {"id": rule["id"], **replaced[rule["id"]]}))
        elif rule["id"] not in disabled:
            merged.append((Place("base", ("rules", index)), rule))
    return merged + added.get(None, [])


def _tests(base: Document, layer: Document) -> list[tuple[Place, dict[str, Any]]]:
    """The merged tests in order, each with where it was written."""
    replaced, disabled = layer.get("replace_tests", {}), layer.get("disable_tests", ())
    merged = []
    for index, test in enumerate(base.get("tests", ())):
        name = test["name"]
        if name in replaced:
            merged.append((Place("layer", ("replace_tests", name)), {"name": name, **replaced[name]}))
        elif name not in disabled:
            merged.append((Place("base", ("tests", index)), test))
    own = enumerate(layer.get("tests", ()))
    return merged + [(Place("layer", ("tests", index)), test) for index, test in own]
