"""Warehouse systems, one folder each."""
