"""Feeds in: what other systems say lies on their shelves, by REST, CSV, webhook or gRPC, in any order of arrival."""
