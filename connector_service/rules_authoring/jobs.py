"""Authoring jobs as a process of its own does them: JSON in, JSON out."""

from __future__ import annotations
