"""Errors as GraphQL says them: a message, where, and a code in `extensions`. Never a stack trace."""

from __future__ import annotations

import logging
import re
from typing import Any

from graphql import GraphQLError

from connector_service.errors import DocklineError

_log = logging.getLogger(__name__)
_WORD = re.compile(r"(?<!^)(?=[A-Z])")


def refused(code: str, message: str) -> dict[str, Any]:
    """The answer to a query that is not carried out."""
    return {"errors": [{"message": message, "extensions": {"code": code}}]}


def formatted(error: GraphQLError, otherwise: str) -> dict[str, Any]:
    """An error with its place. What is neither the caller's nor the store's doing is logged and not told."""
    said = error.formatted
    cause = error.original_error
    if cause is None or isinstance(cause, GraphQLError):
        return {**said, "extensions": {"code": otherwise}}
    if isinstance(cause, DocklineError):
        code = _WORD.sub("_", type(cause).__name__).upper()
        return {**said, "message": cause.detail, "extensions": {"code": code, "retryable": cause.retryable}}
    _log.error("A GraphQL field failed at %s", error.path, exc_info=cause)
    message = "This field could not be answered; the connector's log says why."
    return {**said, "message": message, "extensions": {"code": "INTERNAL", "retryable": False}}
