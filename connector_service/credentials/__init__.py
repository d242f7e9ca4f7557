"""Credentials at other systems: tested when they come in, replaced in time, the old beside the new for a while."""
