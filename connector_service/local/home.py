"""Where one checkout keeps what it runs with: its database, its n8n, and the keys that its commands need."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from connector_service.errors import InstallationProblem
from connector_service.local.n8n_secrets import write_private
from connector_service.local.processes import LOOPBACK, Processes

CHECKOUT = Path(__file__).resolve().parents[2]
"""Rules, workflows and the node package lie here: the folder that was cloned."""

TENANT = "demo"
SHOP = "demo.shop.example"


class Access(BaseModel):
    """Who the commands of this checkout speak as, and what its shop and its vendors sign with.

    `holds_demo` says that the database was made by a demo, which the next demo may throw away.
    """

    model_config = ConfigDict(frozen=True)

    tenant_id: str = TENANT
    api_key: str = ""
    shop: str = SHOP
    shop_secret: str
    vendor_secret: str
    holds_demo: bool = False


@dataclass(frozen=True)
class Home:
    """The folder `.dockline` of a checkout; nothing is created before it is needed."""

    folder: Path = CHECKOUT / ".dockline"

    @property
    def database(self) -> Path:
        """The connector's SQLite file."""
        return self.folder / "connector.sqlite"

    @property
    def sandbox_state(self) -> Path:
        """What the sandbox remembers over a restart."""
        return self.folder / "sandbox.jsonl"

    @property
    def n8n_folder(self) -> Path:
        """n8n's user folder."""
        return self.folder / "n8n"

    @property
    def processes(self) -> Processes:
        """What runs, or ran, for this checkout."""
        return Processes(self.folder)

    def url(self, name: str) -> str | None:
        """Where the process `connector`, `sandbox` or `n8n` listens; None when it does not run."""
        running = self.processes.find(name)
        return f"http://{LOOPBACK}:{running.ports['http']}" if running else None

    def access(self) -> Access:
        """The keys of this checkout.

        Raises:
            InstallationProblem: nothing was set up yet, or the file is damaged.
        """
        path = self._access_file
        try:
            return Access.model_validate_json(path.read_bytes())
        except FileNotFoundError:
            raise InstallationProblem(f"Nothing is set up in {self.folder} yet. Start it: dockline up") from None
        except ValidationError as problem:
            raise InstallationProblem(
                f"{path} is damaged ({problem.errors()[0]['msg']}). Delete it and run `dockline up` for new keys."
            ) from None

    def access_or_new(self) -> Access:
        """The keys of this checkout; made, but not yet kept, when there are none."""
        if self._access_file.exists():
            return self.access()
        return Access(shop_secret=secrets.token_urlsafe(24), vendor_secret=secrets.token_urlsafe(24))

    def keep(self, access: Access) -> None:
        """Keep the keys, readable by this user alone."""
        write_private(self._access_file, access.model_dump_json(indent=2))

    @property
    def _access_file(self) -> Path:
        return self.folder / "access.json"
