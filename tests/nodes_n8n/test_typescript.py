import json
import subprocess

from hypothesis import given, settings
from hypothesis import strategies as st

from connector_service.local.node_runtime import node_environment
from nodes.typescript import Code, Value, literal

keys = st.text().filter(lambda key: key != "__proto__")
values: st.SearchStrategy[Value] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=10, deadline=None)  # each starts a node
@given(values)
def test_node_reads_every_literal_as_the_value_it_was_written_from(written: Value) -> None:
    script = f"process.stdout.write(JSON.stringify({literal(written)}))"
    command = ["node", "--input-type=module"]
    read = subprocess.run(
        command, input=script.encode("utf-8"), capture_output=True, env=node_environment(), check=True
    )
    assert json.loads(read.stdout) == written


def test_what_fits_into_a_line_stays_in_one() -> None:
    assert literal({"show": {"resource": ["order"]}}) == "{ show: { resource: ['order'] } }"
    assert literal({}) == "{}"
    assert literal([]) == "[]"


def test_what_does_not_fit_has_one_entry_per_line() -> None:
    assert literal(["a" * 60, "b" * 60]) == f"[\n\t'{'a' * 60}',\n\t'{'b' * 60}',\n]"


def test_code_stands_as_it_is() -> None:
    assert literal({"default": Code("fromItem('version')")}) == "{ default: fromItem('version') }"
