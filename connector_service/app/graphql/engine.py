"""Answer GraphQL queries: found or parsed, checked, measured, and carried out as far as no kept answer is there."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from inspect import isawaitable
from typing import Any

import orjson
from graphql import (
    ExecutionResult,
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    execute,
    get_operation_ast,
    parse,
    validate,
)

from connector_service.app.graphql import limits
from connector_service.app.graphql.errors import formatted, refused
from connector_service.app.graphql.field_cache import FieldCache, Key, Recording
from connector_service.app.graphql.persisted import PersistedQueries, Prepared
from connector_service.app.graphql.reads import QueryContext, Reads, Sources
from connector_service.app.graphql.units import only, response_key, root_fields

Answer = dict[str, Any]
MAX_LENGTH = 20_000
MAX_ERRORS = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: a query, or its hash alone, or both so that it is kept."""

    query: str | None
    operation_name: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    query_hash: str | None = None


class _Refused(Exception):
    """Internal: the answer is there already."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer


@dataclass
class Engine:
    """One per process, made when the first query comes."""

    schema: GraphQLSchema
    fields: FieldCache
    persisted: PersistedQueries = field(default_factory=PersistedQueries)

    async def answer(self, sources: Sources, asked: Asked) -> Answer:
        """What GraphQL answers to a request: `data`, `errors`, or both. Values may be `orjson.Fragment`s."""
        try:
            prepared = self._prepared(sources.tenant_id, asked)
            operation = self._operation(prepared, asked)
        except _Refused as error:
            return error.answer
        sources.store.notice_others()
        run = _Run(self.schema, self.fields, sources, asked, prepared, operation)
        return await run.answer()

    def _prepared(self, tenant_id: str, asked: Asked) -> Prepared:
        text, said_hash = asked.query, asked.query_hash
        found = self.persisted.find(tenant_id, said_hash) if said_hash else None
        if text is None:
            if found is None:
                raise _Refused(refused("PERSISTED_QUERY_NOT_FOUND", "Send the query with its hash, once."))
            return found
        if found is not None and found.text == text:
            return found
        if said_hash and hashlib.sha256(text.encode()).hexdigest() != said_hash:
            raise _Refused(refused("PERSISTED_QUERY_MISMATCH", "`sha256Hash` is not the SHA-256 of the query."))
        prepared = self._checked(text)
        if said_hash:
            self.persisted.keep(tenant_id, said_hash, prepared)
        return prepared

    def _checked(self, text: str) -> Prepared:
        if len(text) > MAX_LENGTH:
            message = f"The query has {len(text)} characters; at most {MAX_LENGTH} are read."
            raise _Refused(refused("QUERY_TOO_LONG", message))
        try:
            document = parse(text, max_tokens=limits.MAX_TOKENS)
        except GraphQLError as error:
            raise _Refused({"errors": [formatted(error, "GRAPHQL_PARSE_FAILED")]}) from None
        found = validate(self.schema, document, max_errors=MAX_ERRORS)
        if found:
            raise _Refused({"errors": [formatted(each, "GRAPHQL_VALIDATION_FAILED") for each in found]})
        return Prepared(text, document)

    def _operation(self, prepared: Prepared, asked: Asked) -> OperationDefinitionNode:
        operation = get_operation_ast(prepared.document, asked.operation_name)
        if operation is None:
            message = "Say in `operationName` which operation of the document is meant; it must be in there."
            raise _Refused(refused("OPERATION_NOT_FOUND", message))
        found = limits.size(self.schema, prepared.document, operation, asked.variables)
        if found.depth > limits.MAX_DEPTH:
            message = f"The query is {found.depth} levels deep; at most {limits.MAX_DEPTH} are answered."
            raise _Refused(refused("QUERY_TOO_DEEP", message))
        if found.cost > limits.MAX_COST:
            message = (
                f"The query may come to {found.cost} fields; at most {limits.MAX_COST} are answered. "
                "Ask for smaller pages (`first`), or for less of each object."
            )
            raise _Refused(refused("QUERY_TOO_COSTLY", message))
        return operation


@dataclass
class _Run:
    """One query being carried out."""

    schema: GraphQLSchema
    fields: FieldCache
    sources: Sources
    asked: Asked
    prepared: Prepared
    operation: OperationDefinitionNode

    async def answer(self) -> Answer:
        alone = root_fields(self.operation) if self.asked.query_hash else None
        if alone is None:
            return await self._together()
        keys = {response_key(each): self._key(response_key(each)) for each in alone}
        data: dict[str, Any] = {}
        for name, key in keys.items():
            kept = self.fields.find(key, self.sources.now)
            data[name] = None if kept is None else orjson.Fragment(kept)
        missing = [name for name in keys if data[name] is None]
        if not missing:
            return {"data": data}
        recordings = {name: self.fields.record(self.sources.tenant_id) for name in missing}
        try:
            found = await self._executed(alone, recordings)
            return self._merged(data, found, recordings, keys)
        finally:
            for recording in recordings.values():
                self.fields.discard(recording)

    async def _together(self) -> Answer:
        """Without kept answers: for a query sent as text, or whose root fields cannot be told apart."""
        reads: dict[str, Reads] = defaultdict(lambda: Reads(self.sources, Recording(self.sources.tenant_id)))
        found = await self._execute(self.prepared.document, reads)
        return {"data": found.data, **self._errors(found)} if found.data is not None else self._errors(found)

    async def _executed(self, alone: list[FieldNode], recordings: Mapping[str, Recording]) -> ExecutionResult:
        document = only(self.prepared.document, self.operation, alone, recordings)
        reads = {name: Reads(self.sources, recording) for name, recording in recordings.items()}
        return await self._execute(document, reads)

    async def _execute(self, document: Any, reads: dict[str, Reads]) -> ExecutionResult:
        found = execute(
            self.schema,
            document,
            context_value=QueryContext(reads),
            variable_values=dict(self.asked.variables),
            operation_name=self.asked.operation_name,
        )
        result: ExecutionResult = await found if isawaitable(found) else found
        return result

    def _merged(
        self, data: dict[str, Any], found: ExecutionResult, recordings: Mapping[str, Recording], keys: Mapping[str, Key]
    ) -> Answer:
        if found.data is None:
            return {"data": None, **self._errors(found)}
        failed = {error.path[0] for error in found.errors or () if error.path}
        for name, recording in recordings.items():
            body = orjson.dumps(found.data[name])
            data[name] = orjson.Fragment(body)
            if name not in failed:
                self.fields.keep(keys[name], body, recording)
        return {"data": data, **self._errors(found)}

    def _errors(self, found: ExecutionResult) -> Answer:
        shown = [formatted(error, "INVALID_INPUT") for error in (found.errors or [])[:MAX_ERRORS]]
        return {"errors": shown} if shown else {}

    def _key(self, name: str) -> Key:
        variables = orjson.dumps(self.asked.variables, option=orjson.OPT_SORT_KEYS).decode()
        operation = self.asked.operation_name or ""
        return self.sources.tenant_id, self.asked.query_hash or "", f"{operation}/{name}", variables
