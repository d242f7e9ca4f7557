"""What the resolvers of one root field read: in batches, noted in its recording, only from the caller's tenant."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, cast

from strawberry.dataloader import DataLoader
from strawberry.types import Info

from connector_service.app.graphql.field_cache import Recording
from connector_service.app.graphql.paging import MAX_BELOW, checked_first, connection_of, id_in
from connector_service.app.inventory.availability import Questions, gather
from connector_service.app.inventory.availability_answer import answer
from connector_service.app.inventory.availability_cache import AvailabilityCache
from connector_service.store import Store, stock_queries
from connector_service.store.kinds import POSITION, Body, Kind


@dataclass(frozen=True, slots=True)
class Sources:
    """Where a query's answers come from, and whose they are."""

    store: Store
    availability: AvailabilityCache
    tenant_id: str
    now: datetime


@dataclass(eq=False)
class Reads:
    """The reads of one root field. Objects asked for by the fields of one level are fetched with one statement."""

    sources: Sources
    recording: Recording
    _loaders: dict[tuple[str, ...], DataLoader[str, Any]] = field(default_factory=dict)

    def by_id(self, kind: Kind, object_id: str) -> Awaitable[Body | None]:
        """An object of the tenant, or None."""

        async def load(ids: list[str]) -> list[Body | None]:
            for each in ids:
                self.recording.note(kind.name, each)
            found = stock_queries.by_id(self._connection, self._tenant_id, kind, ids)
            return [found.get(each) for each in ids]

        return self._loader((kind.name, "id"), load).load(object_id)

    async def below(self, kind: Kind, column: str, value: str, first: int) -> list[Body]:
        """The first objects of a kind whose column has a value, oldest first.

        Raises:
            InvalidInput: more are wanted than may be.
        """

        async def load(values: list[str]) -> list[list[Body]]:
            for each in values:
                self.recording.note(kind.name, column, each)
            found = stock_queries.by_column(self._connection, self._tenant_id, kind, column, values, MAX_BELOW)
            return [found.get(each, []) for each in values]

        most = checked_first(first, MAX_BELOW)
        return cast(list[Body], await self._loader((kind.name, column), load).load(value))[:most]

    def page(
        self, kind: Kind, first: int, after: str | None, narrow: dict[str, str | None], newest_first: bool = True
    ) -> dict[str, Any]:
        """A page of a kind's objects.

        Raises:
            InvalidInput: the page is too large, or its cursor is none.
        """
        self.recording.note(kind.name)
        given = {column: value for column, value in narrow.items() if value is not None}
        wanted = stock_queries.Page(checked_first(first), id_in(after), given, newest_first)
        return connection_of(stock_queries.page(self._connection, self._tenant_id, kind, wanted), first)

    @cached_property
    def locations(self) -> dict[str, Body]:
        """All locations of the tenant, by id."""
        self.recording.note("location")
        known = self.sources.availability.locations(self._tenant_id)
        return {location.id: location.model_dump(mode="json") for location in known}

    def product(self, sku: str) -> Body | None:
        """What a SKU is, or None."""
        self.recording.note("product", sku)
        known = self.sources.availability.product(self._tenant_id, sku)
        return known.model_dump(mode="json") if known else None

    def availability(self, asked: Questions) -> list[Body]:
        """What is available, from the read cache."""
        self.recording.note("location")
        facts = gather(self.sources.availability, self._tenant_id, asked, self.sources.now)
        for sku in facts.positions:
            self.recording.note(POSITION.name, "sku", sku)
            self.recording.note("product", sku)
        self.recording.ends(facts.hold_until)
        return [answer(question, facts).model_dump(mode="json") for question in asked.items]

    @property
    def _connection(self) -> Any:
        return self.sources.store.reader

    @property
    def _tenant_id(self) -> str:
        return self.sources.tenant_id

    def _loader(
        self, name: tuple[str, ...], load: Callable[[list[str]], Awaitable[Sequence[Any]]]
    ) -> DataLoader[str, Any]:
        if name not in self._loaders:
            self._loaders[name] = DataLoader(load)
        return self._loaders[name]


@dataclass(slots=True)
class QueryContext:
    """What a query's resolvers are given: the reads of every root field by its response key."""

    reads: dict[str, Reads]


def reads_of(info: Info[QueryContext, None]) -> Reads:
    """The reads of the root field that a resolver works below."""
    path = info.path
    while path.prev is not None:
        path = path.prev
    return info.context.reads[str(path.key)]
