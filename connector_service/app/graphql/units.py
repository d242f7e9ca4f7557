"""The root fields of a query, each of which can be answered, and its answer kept, on its own."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from graphql import DocumentNode, FieldNode, OperationDefinitionNode, SelectionSetNode


def response_key(node: FieldNode) -> str:
    """Under which name a field answers."""
    return node.alias.value if node.alias else node.name.value


def root_fields(operation: OperationDefinitionNode) -> list[FieldNode] | None:
    """The root fields, if each is plain and stands alone; None when they can only be answered together."""
    fields = [each for each in operation.selection_set.selections if isinstance(each, FieldNode)]
    keys = {response_key(each) for each in fields}
    alone = len(fields) == len(operation.selection_set.selections) == len(keys)
    return fields if alone and not any(each.directives for each in fields) else None


def only(
    document: DocumentNode, operation: OperationDefinitionNode, fields: Iterable[FieldNode], keys: Collection[str]
) -> DocumentNode:
    """The document with those root fields of the operation whose response key is among `keys`."""
    kept = tuple(each for each in fields if response_key(each) in keys)
    narrowed = replace(operation, selection_set=SelectionSetNode(selections=kept))
    definitions = tuple(narrowed if each is operation else each for each in document.definitions)
    return DocumentNode(definitions=definitions)
