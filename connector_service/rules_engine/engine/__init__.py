"""Asking durable-rules: facts become cells, each cell is asked about once, in a process of its own."""
