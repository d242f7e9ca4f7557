"""How deep a query goes and how many fields it may ask for, known before it is carried out.

A field counts once for each time it may be answered: below a list with `first: 50` fifty times, below a list of given
things (`skus: [...]`) once for each, below any other list `OTHER_LISTS` times. Introspection has a depth limit of its
own in the validation, and its lists are bounded by the schema.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    is_composite_type,
    value_from_ast_untyped,
)

MAX_DEPTH = 10
MAX_COST = 20_000
"""The answer is made on the event loop: a query of that many fields holds it for about half a second."""
MAX_TOKENS = 2_000
OTHER_LISTS = 10


class Size(NamedTuple):
    """Levels of fields, and fields to answer at most."""

    depth: int
    cost: int


def size(
    schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, variables: Mapping[str, Any]
) -> Size:
    """The size of one operation of a valid document."""
    fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
    defaults = {
        each.variable.name.value: value_from_ast_untyped(each.default_value)
        for each in operation.variable_definitions or ()
        if each.default_value is not None
    }
    root = schema.get_root_type(operation.operation)
    return _Walk(schema, fragments, {**defaults, **variables}).of(operation.selection_set, root)


@dataclass(slots=True)
class _Walk:
    """Goes through a document; every fragment is measured once, however often it is used."""

    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: Mapping[str, Any]
    _measured: dict[str, Size] = field(default_factory=dict)

    def of(self, selections: SelectionSetNode | None, parent: Any) -> Size:
        sizes = [self._one(each, parent) for each in (selections.selections if selections else ())]
        return Size(max((each.depth for each in sizes), default=0), sum(each.cost for each in sizes))

    def _one(self, selection: Any, parent: Any) -> Size:
        if isinstance(selection, FieldNode):
            return self._field(selection, parent)
        if isinstance(selection, InlineFragmentNode):
            condition = selection.type_condition
            return self.of(selection.selection_set, self.schema.get_type(condition.name.value) if condition else parent)
        return self._fragment(selection)

    def _fragment(self, spread: FragmentSpreadNode) -> Size:
        name = spread.name.value
        if name not in self._measured:
            fragment = self.fragments[name]
            parent = self.schema.get_type(fragment.type_condition.name.value)
            self._measured[name] = self.of(fragment.selection_set, parent)
        return self._measured[name]

    def _field(self, node: FieldNode, parent: Any) -> Size:
        definition = parent.fields.get(node.name.value)
        if definition is None or not is_composite_type(get_named_type(definition.type)):
            return Size(1, 1)
        below = self.of(node.selection_set, get_named_type(definition.type))
        # The lists in a page are as long as the page, which has been counted where `first` stands.
        times = 1 if parent.name.endswith("Connection") else self._times(node, definition)
        return Size(1 + below.depth, 1 + below.cost * times)

    def _times(self, node: FieldNode, definition: GraphQLField) -> int:
        said = {
            each.name.value: value_from_ast_untyped(each.value, dict(self.variables)) for each in node.arguments or ()
        }
        if "first" in definition.args:
            first = said.get("first")
            if not isinstance(first, int | float):  # not given, or refused later
                first = definition.args["first"].default_value
            return max(1, int(first))
        lists = [len(value) for value in said.values() if isinstance(value, list)]
        if lists:
            return max(1, *lists)
        return OTHER_LISTS if _is_list(definition.type) else 1


def _is_list(kind: Any) -> bool:
    return isinstance(kind.of_type if isinstance(kind, GraphQLNonNull) else kind, GraphQLList)
