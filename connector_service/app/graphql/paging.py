"""Pages as Relay has them: edges with cursors, and whether there is more. A cursor is opaque and binds nobody."""

from __future__ import annotations

import base64
import binascii
from typing import Any, Generic, TypeVar

import strawberry

from connector_service.errors import InvalidInput
from connector_service.store.kinds import Body

MAX_PAGE = 100
MAX_BELOW = 50
"""The most objects that may be asked for below another one."""
Item = TypeVar("Item")


@strawberry.type(description="Whether there is more, and where it begins: pass `endCursor` as `after`.")
class PageInfo:
    has_next_page: bool
    end_cursor: str | None


@strawberry.type
class Edge(Generic[Item]):
    cursor: str
    node: Item


@strawberry.type(description="A page of a list.")
class Connection(Generic[Item]):
    edges: list[Edge[Item]]
    nodes: list[Item]
    page_info: PageInfo


def cursor_of(object_id: str) -> str:
    """The cursor of an object."""
    return base64.urlsafe_b64encode(f"after:{object_id}".encode()).decode()


def id_in(cursor: str | None) -> str | None:
    """The id in a cursor.

    Raises:
        InvalidInput: the text is no cursor.
    """
    if cursor is None:
        return None
    try:
        word, _, object_id = base64.urlsafe_b64decode(cursor.encode()).decode().partition(":")
    except (binascii.Error, UnicodeError):
        word, object_id = "", ""
    if word != "after" or not object_id:
        raise InvalidInput("`after` is no cursor; pass the `endCursor` of the page before.")
    return object_id


def checked_first(first: int, most: int = MAX_PAGE) -> int:
    """A page's size.

    Raises:
        InvalidInput: it is not between 1 and what a page may hold.
    """
    if not 1 <= first <= most:
        raise InvalidInput(f"`first` must be between 1 and {most}, not {first}.")
    return first


def connection_of(bodies: list[Body], first: int) -> dict[str, Any]:
    """A page from `first` objects and one more if there is one."""
    shown = bodies[:first]
    edges = [{"cursor": cursor_of(body["id"]), "node": body} for body in shown]
    end = edges[-1]["cursor"] if edges else None
    return {"edges": edges, "nodes": shown, "page_info": {"has_next_page": len(bodies) > first, "end_cursor": end}}
