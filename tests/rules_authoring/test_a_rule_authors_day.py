"""A rule author's day: break a file in ten ways and mend each by what is said, add a rule with a test, see what it
would have changed, publish it in shadow and live, and take it back. Real orders are decided meanwhile."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from connector_service.clock import FakeClock
from connector_service.rules_engine import RuleBook
from connector_service.rules_publishing.following import Follower
from tests.cli.commands import Dockline, dockline_in
from tests.house import RULES, House, new_order, open_house

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


@dataclass(frozen=True)
class Slip:
    """One way to break ownership.json: `good` becomes `bad`. What must be said, and how a person follows the fix."""

    good: str
    bad: str
    rule: str | None
    pointer: str
    what: str
    fix: str
    mend: Callable[[str, str], str]


def suggested(bad_word: str) -> Callable[[str, str], str]:
    """Write the word that the fix suggests, without knowing it."""

    def mend(text: str, fix: str) -> str:
        meant = re.search(r'Did you mean "(.+)"\?', fix)
        assert meant is not None, fix
        return text.replace(f'"{bad_word}"', f'"{meant[1]}"')

    return mend


def instead(wrong: str, right: str) -> Callable[[str, str], str]:
    """Do what the fix says in words."""
    return lambda text, _: text.replace(wrong, right, 1)


FRAUD = '"when": {"hold": "fraud"}'
COMMA = '"when": {"hold": "fraud"},\n     "then": {"owner": "risk"'
RISK = "/rules/4/when/any"
SLIPS = (
    Slip(
        FRAUD, FRAUD.replace("fraud", "frud"), "OWN-015", "/rules/3/when/hold",
        '"frud" is not a value of hold.', "Did you mean", suggested("frud"),
    ),
    Slip(
        '{"risk_score": {"gte"', '{"risk_scor": {"gte"', "OWN-020", f"{RISK}/0/risk_scor",
        'no fact "risk_scor"', "Did you mean", suggested("risk_scor"),
    ),
    Slip(
        '{"gte": "@risky_score"}', '{"gtee": "@risky_score"}', "OWN-020", f"{RISK}/0/risk_score/gtee",
        '"gtee" is not known here.', "Did you mean", suggested("gtee"),
    ),
    Slip(
        '"@risk_countries"', '"@risky_countries"', "OWN-020", f"{RISK}/1/country/in",
        'no list "@risky_countries"', "Did you mean", suggested("@risky_countries"),
    ),
    Slip(
        '"queue": "legal-holds"', '"queue": "legal-hold"', "OWN-010", "/rules/2/then/queue",
        '"legal-hold" is no queue', "Did you mean", suggested("legal-hold"),
    ),
    Slip(
        '"id": "OWN-015"', '"id": "OWN-010"', "OWN-010", "/rules/3/id",
        "taken by rule number 3", "Give it an id that was never used.",
        instead('"id": "OWN-010", "title": "Fraud', '"id": "OWN-015", "title": "Fraud'),
    ),
    Slip(
        FRAUD, FRAUD[:-1] + ', "hold": "legal"}', "OWN-015", "/rules/3/when/hold",
        '"hold" stands twice', "Keep one of them.", instead(', "hold": "legal"', ""),
    ),
    Slip(
        '"review_above_minor": 50000', '"review_above_minor": 500.5', None, "/numbers/review_above_minor",
        "500.5 is not a whole number.", "Write whole numbers: minor units", instead("500.5", "50000"),
    ),
    Slip(
        FRAUD, FRAUD.replace("fraud", "legal"), "OWN-015", "/rules/3",
        "never win", "Move it before OWN-010, make its condition differ, or remove it.",
        instead(FRAUD.replace("fraud", "legal") + COMMA.removeprefix(FRAUD), COMMA),
    ),
    Slip(
        COMMA, COMMA.replace("},\n", "}\n"), None, "",
        "This is not JSON: a comma is missing between two entries", "Mend the text there",
        instead(COMMA.replace("},\n", "}\n"), COMMA),
    ),
)  # fmt: skip


@dataclass
class Day:
    """A checkout of one's own (`file` is the copy of ownership.json), the command, and a house that takes in orders."""

    file: Path
    dockline: Dockline
    house: House
    follower: Follower

    def check(self) -> Json:
        ran = self.dockline("rules", "check", str(self.file), "--json")
        found: Json = ran.json
        assert ran.code == (0 if found["right"] else 1)
        return found

    def publish(self, *words: str) -> str:
        ran = self.dockline(
            "rules", "publish", str(self.file), "--by", "ada", "--because", "Sales asked for it", *words
        )
        assert ran.code == 0, ran.err
        self.follower.catch_up()
        return ran.out

    async def owner_of_a_large_order(self, number: str) -> str:
        order = new_order(number, customer_tier="platinum", totals={"total_minor": 600_000})
        return str((await self.house.one("order.receive", order=order))["output"]["owner"])


@pytest.fixture
async def day(tmp_path: Path) -> AsyncIterator[Day]:
    home = tmp_path / ".dockline"
    home.mkdir()
    mine = tmp_path / "my-rules"
    shutil.copytree(RULES, mine)
    book = RuleBook.load(RULES)
    async with open_house(home / "connector.sqlite", book, FakeClock()) as house:
        yield Day(mine / "ownership.json", dockline_in(home), house, Follower(book, lambda: house.store.reader))


def the_finding(found: Json, slip: Slip) -> Json:
    """The finding about a slip, which is the first one about its place."""
    [file] = found["files"]
    return next(each for each in file["findings"] if each["pointer"] == slip.pointer)


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip.what)
def test_each_of_ten_slips_is_told_with_its_fix_and_the_fix_heals_it(tmp_path: Path, slip: Slip) -> None:
    folder = tmp_path / "my-rules"
    shutil.copytree(RULES, folder)
    path, dockline = folder / "ownership.json", dockline_in(tmp_path)
    text = path.read_text()
    assert slip.good in text
    broken = text.replace(slip.good, slip.bad, 1)
    path.write_text(broken)

    ran = dockline("rules", "check", str(path), "--json")
    assert ran.code == 1
    finding = the_finding(ran.json, slip)
    assert (finding["severity"], finding["rule"], finding["pointer"]) == ("error", slip.rule, slip.pointer)
    assert slip.what in finding["what"]
    assert slip.fix in finding["fix"]
    assert abs(finding["line"] - line_of_the_change(text, broken)) <= 1

    path.write_text(slip.mend(broken, finding["fix"]))
    assert dockline("rules", "check", str(path), "--json").json["right"] is True


def line_of_the_change(good: str, bad: str) -> int:
    """The first line that is another. A finding about a whole rule names the line before it, where the rule begins, and
    a missing comma is noticed on the line after it."""
    return next(n for n, (a, b) in enumerate(zip(good.splitlines(), bad.splitlines(), strict=True), 1) if a != b)


async def test_a_rule_is_added_with_its_test_tried_published_and_taken_back(day: Day) -> None:
    assert [await day.owner_of_a_large_order(f"LAST-WEEK-{n}") for n in range(3)] == ["client-success"] * 3
    await day.house.receive("LAST-WEEK-SMALL")

    add_a_rule(day.file)
    proposed = day.dockline("rules", "test", str(day.file), "--coverage", "--threshold", "100", "--json")
    assert proposed.code == 1
    add_tests(day.file, [gap["test"] for gap in proposed.json["files"][0]["coverage"]["missing"]])
    covered = day.dockline("rules", "test", str(day.file), "--coverage", "--threshold", "100")
    assert covered.code == 0, covered.out
    assert day.check()["right"] is True

    words = day.dockline("rules", "diff", "ownership", str(day.file)).out
    assert "kinds of order change owner from client-success to account-director" in words
    assert "OWN-075 is new: Large orders of platinum customers" in words
    replayed = day.dockline("rules", "replay", str(day.file), "--json").json
    assert (replayed["asked"], replayed["changed"], replayed["failed"]) == (4, 3, [])
    assert replayed["changes"][0]["what"] == "owner from client-success to account-director"

    assert "in shadow" in day.publish("--shadow")
    assert await day.owner_of_a_large_order("IN-SHADOW") == "client-success"
    report = day.dockline("rules", "shadow", "ownership", "--json").json
    assert (report["answers"], report["differing"]) == (1, 1)

    assert "in force" in day.publish()
    assert await day.owner_of_a_large_order("LIVE") == "account-director"

    back = day.dockline("rules", "rollback", "ownership", "--by", "ada", "--because", "Too many calls")
    assert "ownership 1.0.0 is in force again" in back.out
    day.follower.catch_up()
    assert await day.owner_of_a_large_order("BACK") == "client-success"
    assert day.dockline("rules", "diff", "ownership@1.1.0", "ownership", "--json").json["answers_change"] is True


def add_a_rule(path: Path) -> None:
    """As a person would write it into the text, before the rule that has such orders now."""
    text = path.read_text().replace('"version": "1.0.0"', '"version": "1.1.0"', 1)
    large = {"customer_tier": "platinum", "total_minor": {"gte": 500_000}}
    rule = {
        "id": "OWN-075",
        "title": "Large orders of platinum customers",
        "when": {"status": {"in": ["received", "validated"]}, **large},
        "then": {"owner": "account-director", "queue": "intake"},
        "because": "The account director calls before a large order goes wrong.",
    }
    before = '{"id": "OWN-080"'
    assert before in text
    path.write_text(text.replace(before, f"{json.dumps(rule)},\n    {before}", 1))


def add_tests(path: Path, proposed: list[Json]) -> None:
    """Take over every test that is proposed, each question once."""
    document = json.loads(path.read_text())
    asked = {json.dumps(test["given"], sort_keys=True): test for test in proposed}
    document["tests"] += asked.values()
    path.write_text(json.dumps(document))
