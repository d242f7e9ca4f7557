"""The engine, made when the first query comes: its libraries cost time and memory that most connectors never need."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool

from connector_service.store import Store

if TYPE_CHECKING:
    from connector_service.app.graphql.engine import Engine


class LazyEngine:
    """Loads beside the event loop; whoever asks meanwhile waits for the same engine."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._making = asyncio.Lock()
        self._engine: Engine | None = None

    async def get(self) -> Engine:
        """The engine."""
        async with self._making:
            if self._engine is None:
                self._engine = await run_in_threadpool(_made, self._store)
        return self._engine


def _made(store: Store) -> Engine:
    from connector_service.app.graphql import engine, field_cache, schema

    return engine.Engine(schema.made(), field_cache.FieldCache(store))
