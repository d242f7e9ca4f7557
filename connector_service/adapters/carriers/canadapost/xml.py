"""Reading and changing XML without regard to its namespaces."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree

from connector_service.adapters.shapes import Unreadable

Element = ElementTree.Element


def read(body: bytes | str) -> Element:
    """The root. Raises `Unreadable`; a document type is refused, because it can make little text into much."""
    text = body.encode() if isinstance(body, str) else body
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise Unreadable("the XML declares a document type", "")
    try:
        return ElementTree.fromstring(text)  # noqa: S314 - without a document type there is nothing to expand
    except (ElementTree.ParseError, LookupError, ValueError):
        # The latter two for an encoding that nobody knows, or that has more than one byte to a character.
        raise Unreadable("this is not XML", "") from None


def written(root: Element) -> str:
    """As text, in the namespace of the root."""
    namespace = root.tag.partition("}")[0].removeprefix("{") if root.tag.startswith("{") else None
    return ElementTree.tostring(root, encoding="unicode", default_namespace=namespace)


def name(element: Element) -> str:
    """Its name without namespace."""
    return element.tag.rpartition("}")[2]


def each(element: Element, wanted: str) -> Iterator[Element]:
    """Every element of this name, at any depth."""
    return (found for found in element.iter() if name(found) == wanted)


def find(element: Element, *path: str) -> Element | None:
    """The first element at this path of children."""
    found: Element | None = element
    for step in path:
        found = next((child for child in found if name(child) == step), None) if found is not None else None
    return found


def text(element: Element, *path: str) -> str:
    """The text at this path, empty when it is not there."""
    found = find(element, *path)
    return "" if found is None else (found.text or "").strip()


def need(element: Element, *path: str) -> str:
    """The text at this path. Raises `Unreadable` when it is empty or not there."""
    found = text(element, *path)
    if not found:
        raise Unreadable("something is missing", "/" + "/".join(path))
    return found


def put(element: Element, child: str, value: str) -> None:
    """Set the text of a child that is there."""
    found = find(element, child)
    if found is not None:
        found.text = value


def drop(element: Element, child: str) -> None:
    """Take a child away, if it is there."""
    found = find(element, child)
    if found is not None:
        element.remove(found)


def add(element: Element, child: str, value: str = "") -> Element:
    """A new last child in the namespace of its parent."""
    made = ElementTree.SubElement(
        element, element.tag.rpartition("}")[0] + "}" + child if "}" in element.tag else child
    )
    made.text = value or None
    return made
