"""Choosing among carriers: all their rates in parallel, kept and shared, with something to stand in on a bad day."""
