from pathlib import Path

import orjson
import pytest
from pydantic import BaseModel

from connector_service.events import EVENT_TYPES
from connector_service.local.n8n_build import build
from nodes import n8n_package
from nodes.contract import Node, NodeInput
from nodes.n8n_package import PACKAGE, findings, fingerprint, generated_files, write
from nodes.registry import ALL_NODES

EVENTS = {"dockline.order.received.v1": "An order came in."}


class Hold(NodeInput):
    order_id: str
    version: int | None = None
    until: str | None = None


class Answer(BaseModel):
    order_id: str


class Clashing(NodeInput):
    operation: str


def node(name: str, **changes: object) -> Node:
    declared: dict[str, object] = {
        "name": name,
        "title": name.rpartition(".")[2],
        "action": f"{name} it",
        "description": "Does it.",
        "input": Hold,
        "output": Answer,
        "run": lambda work, given: Answer(order_id=given.order_id),
        "fields_from_item": ("order_id", "version"),
    }
    return Node(**{**declared, **changes})  # type: ignore[arg-type]


def test_the_committed_package_and_its_build_are_fresh() -> None:
    assert findings(PACKAGE, generated_files(ALL_NODES, EVENT_TYPES)) == []


def test_every_declared_node_is_an_operation_and_every_event_type_a_choice() -> None:
    files = generated_files(ALL_NODES, EVENT_TYPES)
    for declared in ALL_NODES:
        text = files[f"nodes/Dockline/resources/{declared.resource}.generated.ts"]
        assert f"value: '{declared.operation}'" in text
    offered = files["nodes/DocklineTrigger/DocklineTrigger.node.ts"]
    assert all(f"value: '{event_type}'" in offered for event_type in EVENT_TYPES)


def test_nothing_but_the_runtime_is_written_by_hand() -> None:
    sources = {path.relative_to(PACKAGE) for path in PACKAGE.glob("*/**/*.[tj]s*")}
    ours = {path for path in sources if path.parts[0] in {"nodes", "credentials"}}
    by_hand = {path for path in ours if path.as_posix() not in generated_files(ALL_NODES, EVENT_TYPES)}
    assert {path.parent.as_posix() for path in by_hand} == {"nodes/runtime"}


def test_each_resource_has_its_file_and_stands_in_the_list_of_all() -> None:
    files = generated_files([node("order.hold"), node("shipment.confirm")], EVENTS)
    assert "nodes/Dockline/resources/shipment.generated.ts" in files
    listed = files["nodes/Dockline/Dockline.node.ts"]
    assert "...orderProperties" in listed
    assert "...shipmentProperties" in listed


def test_operations_are_listed_by_name_and_the_first_declared_is_the_default() -> None:
    nodes = [node("order.receive", title="Receive"), node("order.cancel", title="Cancel")]
    text = generated_files(nodes, EVENTS)["nodes/Dockline/resources/order.generated.ts"]
    assert text.index("value: 'cancel'") < text.index("value: 'receive'")
    assert "default: 'receive'" in text


def test_a_parameter_that_operations_share_is_written_once() -> None:
    nodes = [node("order.hold"), node("order.close")]
    text = generated_files(nodes, EVENTS)["nodes/Dockline/resources/order.generated.ts"]
    assert text.count("name: 'order_id'") == 1
    assert "operation: ['hold', 'close']" in text


def test_inputs_from_the_item_stand_open_and_optional_ones_are_additional_fields() -> None:
    text = generated_files([node("order.hold")], EVENTS)["nodes/Dockline/resources/order.generated.ts"]
    opened, _, additional = text.partition("name: 'additionalFields'")
    assert "default: fromItem('version')" in opened
    assert "name: 'until'" in additional
    assert "name: 'idempotency_key'" in additional


def test_an_input_that_n8n_uses_itself_is_refused() -> None:
    with pytest.raises(ValueError, match=r"order\.hold: an input cannot be named 'operation'"):
        generated_files([node("order.hold", input=Clashing, fields_from_item=())], EVENTS)


def test_a_field_from_the_item_must_be_an_input() -> None:
    with pytest.raises(ValueError, match="fields_from_item names 'nobody'"):
        generated_files([node("order.hold", fields_from_item=("nobody",))], EVENTS)


def test_a_changed_a_missing_and_a_surplus_file_are_found_and_writing_mends_them(tmp_path: Path) -> None:
    files = generated_files([node("order.hold")], EVENTS)
    surplus = "nodes/Dockline/resources/gone.generated.ts"
    write(tmp_path, {**files, surplus: ""})
    changed, missing = sorted(files)[:2]
    (tmp_path / changed).write_text("edited")
    (tmp_path / missing).unlink()
    said = findings(tmp_path, files)
    assert [line.split(" ")[0] for line in said] == [*sorted([changed, missing, surplus]), "dist"]
    write(tmp_path, files)
    assert findings(tmp_path, files) == ["dist was built from other sources"]


def test_the_fingerprint_tells_any_change_of_a_source_and_ignores_the_build(tmp_path: Path) -> None:
    write(tmp_path, generated_files([node("order.hold")], EVENTS))
    before = fingerprint(tmp_path)
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "x.js").write_text("built")
    assert fingerprint(tmp_path) == before
    (tmp_path / "package.json").write_text("{}")
    assert fingerprint(tmp_path) != before


def test_the_check_fails_loudly_and_says_what_to_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "nodes").mkdir()
    monkeypatch.setattr(n8n_package, "PACKAGE", tmp_path)
    assert n8n_package.main(["--check"]) == 1
    assert "run: make n8n-package" in capsys.readouterr().err


def test_the_package_declares_a_licence_that_n8n_accepts_and_no_dependencies() -> None:
    manifest = orjson.loads((PACKAGE / "package.json").read_bytes())
    assert manifest["license"] == "MIT"
    assert "dependencies" not in manifest
    assert all((PACKAGE / path).is_file() for path in [*manifest["n8n"]["nodes"], *manifest["n8n"]["credentials"]])


@pytest.mark.end_to_end
def test_a_new_build_passes_the_linter_and_equals_the_committed_one(tmp_path: Path) -> None:
    built = build(PACKAGE, tmp_path, lambda line: None)
    assert contents(built) == contents(PACKAGE / "dist")


def contents(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}
