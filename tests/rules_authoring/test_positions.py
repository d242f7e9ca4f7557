"""A pointer leads to the line and column where an editor has to go."""

from __future__ import annotations

import pytest

from connector_service.rules_authoring.positions import Positions

TEXT = '{\n  "a/b": [1, {"c": true}, [],\n    {"d": {}}],\n  "e\\"": "x, {y}"\n}'


@pytest.mark.parametrize(
    ("pointer", "line", "starts"),
    [
        ("", 1, "{"),
        ("/a~1b", 2, '"a/b"'),
        ("/a~1b/0", 2, "1,"),
        ("/a~1b/1/c", 2, '"c"'),
        ("/a~1b/2", 2, "[]"),
        ("/a~1b/3/d", 3, '"d"'),
        ('/e"', 4, '"e'),
        ("/a~1b/1/c/not/there", 2, '"c"'),
    ],
)
def test_a_pointer_is_found(pointer: str, line: int, starts: str) -> None:
    found = Positions(TEXT).of(pointer, "")
    assert found is not None
    assert found.line == line
    assert found.text[found.column - 1 :].startswith(starts)


def test_a_finding_about_the_text_is_where_its_words_say() -> None:
    found = Positions("{\n  oops\n}").of("", "This is not JSON: at line 2, column 3.")
    assert found is not None
    assert (found.line, found.column, found.text) == (2, 3, "  oops")


def test_an_empty_text_has_no_places() -> None:
    assert Positions("").of("/rules/0", "") is None
