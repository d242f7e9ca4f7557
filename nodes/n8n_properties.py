"""All nodes as the parameters of the one n8n node *Dockline*: resource, operation, and the fields of each operation."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from nodes import n8n_words as words
from nodes.contract import Node
from nodes.n8n_fields import Parameter, parameter
from nodes.typescript import literal

COLLECTION = "additionalFields"
RESERVED = frozenset({"resource", "operation", COLLECTION})


def resources(nodes: Iterable[Node]) -> dict[str, list[Node]]:
    """The nodes of each resource, in the order of their declaration."""
    ordered = sorted(nodes, key=lambda node: node.resource)
    return {resource: list(group) for resource, group in groupby(ordered, key=lambda node: node.resource)}


def resource_parameter(names: Sequence[str]) -> Parameter:
    """The choice of a resource."""
    options = [{"name": words.title_case(name), "value": name} for name in names]
    default = "order" if "order" in names else names[0]
    return {**_choice("Resource", "resource", options), "default": default}


def resource_properties(resource: str, nodes: Sequence[Node]) -> list[Parameter]:
    """The choice of an operation of one resource, the first declared being the default, and what each one asks for."""
    operations = [_operation(node) for node in sorted(nodes, key=lambda node: words.title_case(node.title).casefold())]
    choice = _choice("Operation", "operation", operations)
    chosen = {**choice, "displayOptions": {"show": {"resource": [resource]}}, "default": nodes[0].operation}
    return [chosen, *(_shown_for(resource, operations, made) for operations, made in _shared(nodes))]


def _shared(nodes: Sequence[Node]) -> list[tuple[list[str], Parameter]]:
    """Each parameter once, with the operations that have it: what was typed in survives a change of operation."""
    shared: dict[str, tuple[list[str], Parameter]] = {}
    for node in nodes:
        for made in _inputs(node):
            shared.setdefault(literal(made), ([], made))[0].append(node.operation)
    return sorted(shared.values(), key=lambda entry: entry[1]["name"] == COLLECTION)


def _shown_for(resource: str, operations: list[str], made: Parameter) -> Parameter:
    head = {name: made[name] for name in ("displayName", "name", "type")}
    shown = {"displayOptions": {"show": {"resource": [resource], "operation": operations}}}
    return {**head, **shown, **{name: value for name, value in made.items() if name not in head}}


def _choice(shown: str, name: str, options: Sequence[Parameter]) -> Parameter:
    return {"displayName": shown, "name": name, "type": "options", "noDataExpression": True, "options": options}


def _operation(node: Node) -> Parameter:
    made = {"name": words.title_case(node.title), "value": node.operation}
    return {**made, "action": words.action(node.action), "description": words.description(node.description)}


def _inputs(node: Node) -> list[Parameter]:
    """Required inputs and those taken from the item stand open, in the order of the model; the rest is a collection."""
    fields = node.input.model_fields
    if clashing := RESERVED.intersection(fields):
        raise ValueError(f"{node.name}: an input cannot be named {min(clashing)!r}, which n8n uses itself")
    if unknown := set(node.fields_from_item) - set(fields):
        raise ValueError(f"{node.name}: fields_from_item names {min(unknown)!r}, which is no input")
    stands_open = [name for name, field in fields.items() if field.is_required() or name in node.fields_from_item]
    made = [parameter(name, fields[name], from_item=name in node.fields_from_item) for name in stands_open]
    optional = [parameter(name, field) for name, field in fields.items() if name not in stands_open]
    return [*made, *_collection(optional)]


def _collection(optional: list[Parameter]) -> list[Parameter]:
    if not optional:
        return []
    ordered = sorted(optional, key=lambda entry: str(entry["displayName"]).casefold())
    made = {"displayName": "Additional Fields", "name": COLLECTION, "type": "collection"}
    return [{**made, "placeholder": "Add Field", "options": ordered, "default": {}}]
