"""Reading and writing XML: names in the order of the page, text escaped, namespaces left aside when reading."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

from connector_service.sandbox.gate import Raw, Refusal

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


class Markup(str):
    """Text that is XML already."""

    __slots__ = ()


def tag(name: str, *parts: str, **attributes: str) -> Markup:
    """An element; parts that are no `Markup` are text. The attribute `media_type` is written media-type."""
    written = "".join(f" {key.replace('_', '-')}={quoteattr(value)}" for key, value in attributes.items())
    inside = "".join(part if isinstance(part, Markup) else escape(part) for part in parts)
    return Markup(f"<{name}{written}>{inside}</{name}>")


def answer(body: Markup, kind: str, status: int = 200) -> Raw:
    """An XML answer of a Canada Post media type, such as `ship.rate-v4`."""
    return Raw((HEAD + body).encode(), f"application/vnd.cpc.{kind}+xml", status)


class Asked:
    """A request's element, or none: `asked("delivery-spec", "service-code")` goes down by names."""

    def __init__(self, element: ElementTree.Element | None) -> None:
        self._element = element

    @classmethod
    def read(cls, body: bytes, root: str) -> Asked:
        """The body's root. Raises `Refusal` when it is not XML, or another root."""
        try:
            element = ElementTree.fromstring(body)  # noqa: S314 - a sandbox reads only what its own callers send
        except ElementTree.ParseError as error:
            raise Refusal(400, "Server", f"The body is not XML: {error}") from None
        if _local(element) != root:
            raise Refusal(400, "Server", f"The root element must be {root}, not {_local(element)}.")
        return cls(element)

    def __call__(self, *path: str) -> Asked:
        """The first element at this path."""
        element = self._element
        for name in path:
            element = next((child for child in _children(element) if _local(child) == name), None)
        return Asked(element)

    def __bool__(self) -> bool:
        return self._element is not None

    def all(self, name: str) -> list[Asked]:
        """Every child of this name."""
        return [Asked(child) for child in _children(self._element) if _local(child) == name]

    def text(self, *path: str) -> str:
        """The text at this path, empty when it is not there."""
        element = self(*path)._element
        return "" if element is None else (element.text or "").strip()

    def need(self, *path: str) -> str:
        """The text at this path. Raises `Refusal` when it is empty or not there."""
        text = self.text(*path)
        if not text:
            raise Refusal(400, "Server", f"The element {'/'.join(path)} is needed.")
        return text

    def number(self, *path: str) -> float:
        """The number at this path. Raises `Refusal`."""
        text = self.need(*path)
        try:
            return float(text)
        except ValueError:
            raise Refusal(400, "Server", f"The element {'/'.join(path)} must be a number, not {text}.") from None


def _children(element: ElementTree.Element | None) -> Iterator[ElementTree.Element]:
    return iter(()) if element is None else iter(element)


def _local(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]
