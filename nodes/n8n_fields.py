"""One input field of a node as one n8n parameter."""

from collections.abc import Mapping, Sequence
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from nodes import n8n_words as words
from nodes.typescript import Code, Value

Parameter = Mapping[str, Value]
LIMIT: Parameter = {
    "typeOptions": {"minValue": 1},
    "default": 50,
    "description": "Max number of results to return",
}
"""What n8n wants of a parameter of that name, in all nodes alike."""

KINDS = {bool: "boolean", int: "number", float: "number", str: "string"}


def parameter(name: str, field: FieldInfo, *, from_item: bool = False) -> Parameter:
    """The n8n parameter for an input field; one that is usually filled `from_item` defaults to the item's field."""
    shown = words.title_case(field.title or name)
    made: dict[str, Value] = {"displayName": shown, "name": name, **_type(_plain(field.annotation))}
    made["default"] = Code(f"fromItem('{name}')") if from_item else _default(field)
    if field.is_required():
        made["required"] = True
    said = _description(made["type"], field.description or "")
    if said and said != shown:
        made["description"] = said
    return {**made, **LIMIT} if name == "limit" else made


def _description(kind: Value, text: str) -> str:
    return words.yes_or_no(text) if kind == "boolean" and text else words.description(text)


def _type(annotation: Any) -> Parameter:
    if values := _choices(annotation):
        return {"type": "options", "options": _options(values)}
    if annotation in KINDS:
        return {"type": KINDS[annotation]}
    return {"type": "json" if _is_structure(annotation) else "string"}


def _choices(annotation: Any) -> Sequence[Any]:
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return [member.value for member in annotation]
    return get_args(annotation) if get_origin(annotation) is Literal else ()


def _options(values: Sequence[Any]) -> list[Parameter]:
    """Sorted by what people read, as n8n wants lists of five or more."""
    made = [{"name": words.title_case(str(value)), "value": value} for value in values]
    return sorted(made, key=lambda option: str(option["name"]).casefold())


def _default(field: FieldInfo) -> Value:
    """The model's own default when n8n can show it; an empty text or number is left out of the request."""
    default = field.default.value if isinstance(field.default, Enum) else field.default
    if isinstance(default, str | int | float):
        return default
    annotation = _plain(field.annotation)
    values = _choices(annotation)
    return values[0] if values else annotation is not bool and ""


def _plain(annotation: Any) -> Any:
    """The type inside `Annotated[...]` and `... | None`."""
    if get_origin(annotation) is Annotated:
        return _plain(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        inner = [member for member in get_args(annotation) if member is not NoneType]
        return _plain(inner[0]) if len(inner) == 1 else annotation
    return annotation


def _is_structure(annotation: Any) -> bool:
    """Whether values are written as JSON objects or lists, unlike texts and moments."""
    if get_origin(annotation) is not None or annotation is Any:
        return True
    return isinstance(annotation, type) and (issubclass(annotation, dict | list) or hasattr(annotation, "model_fields"))
