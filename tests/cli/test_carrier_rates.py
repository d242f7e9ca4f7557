"""`dockline carriers rates` against a connector that runs."""

import json
from pathlib import Path

from tests.cli.conftest import Running
from tests.rate_tables.test_reading import CSV


def test_a_file_is_imported_and_shown(running: Running, tmp_path: Path) -> None:
    file = tmp_path / "rates.csv"
    file.write_text(CSV)
    answer = running.dockline("carriers", "rates", "import", str(file))
    assert answer.code == 0, answer.err
    assert "regional: 2 services in 2 zones, in EUR, from 2026-01-01 until further notice." in answer.out
    shown = running.dockline("carriers", "rates", "show")
    assert "standard, express" in shown.out
    assert "12.5 %" in shown.out
    (table,) = running.dockline("carriers", "rates", "show", "--json").json["tables"]
    written = tmp_path / "rates.json"
    written.write_text(json.dumps(table["table"]))
    assert running.dockline("carriers", "rates", "import", str(written), "--json").json["hash"] == table["hash"]


def test_a_mistake_is_named_with_line_and_column(running: Running, tmp_path: Path) -> None:
    file = tmp_path / "rates.csv"
    file.write_text(CSV.replace("4.90", "four"))
    answer = running.dockline("carriers", "rates", "import", str(file), "--carrier", "ups")
    assert answer.code == 2
    assert "Line 2, column 'cost'" in answer.err
    assert running.dockline("carriers", "rates", "import", str(tmp_path / "none.csv")).code == 2
