"""`dockline inventory import` against a connector that runs."""

from pathlib import Path

from tests.cli.conftest import Running


def test_a_file_is_imported_and_its_bad_lines_are_named(running: Running, tmp_path: Path) -> None:
    file = tmp_path / "stock.csv"
    file.write_text("Item;Warehouse;Qty\nMUG-STONE-350;mars;5\nNONE;mars;x\n")
    answer = running.dockline("inventory", "import", str(file), "--source", "erp")
    assert answer.code == 1
    assert "0 accepted" in answer.out
    assert "Line 2, column Warehouse: There is no location 'mars'" in answer.out
    assert "Line 3, column Qty: 'x' will not do" in answer.out


def test_a_file_that_is_not_there_or_has_no_header_is_said_so(running: Running, tmp_path: Path) -> None:
    answer = running.dockline("inventory", "import", str(tmp_path / "none.csv"))
    assert answer.code != 0
    assert "There is no file" in answer.err
    file = tmp_path / "stock.csv"
    file.write_text("MUG-STONE-350;mars;5\n")
    answer = running.dockline("inventory", "import", str(file))
    assert answer.code != 0
    assert "must name the columns" in " ".join(answer.err.split())
