"""Run the command line in this process, as a person would type it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from typer.testing import CliRunner

from connector_service.cli import app


@dataclass(frozen=True)
class Ran:
    """How a command ended, and what it wrote to standard output and standard error."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return orjson.loads(self.out)


Dockline = Callable[..., Ran]


def dockline_in(home: Path) -> Dockline:
    """The command for the installation in a folder."""

    def run(*words: str) -> Ran:
        result = CliRunner().invoke(app, ["--home", str(home), *words], catch_exceptions=False)
        return Ran(result.exit_code, result.stdout, result.stderr)

    return run
