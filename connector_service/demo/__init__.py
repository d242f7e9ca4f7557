"""The pilot: 500 orders with known outcomes, the checks on what became of them, and the report."""
