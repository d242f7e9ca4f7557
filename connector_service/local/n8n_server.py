"""One n8n on this machine: its settings, start, readiness, stop and kill."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import httpx

from connector_service.errors import InstallationProblem
from connector_service.local.n8n_install import N8nInstallation
from connector_service.local.n8n_secrets import N8nSecrets, n8n_secrets
from connector_service.local.processes import LOOPBACK, Processes, ProcessRecord, wait_until

NAME = "n8n"
OTHER_N8N = ("N8N_", "EXECUTIONS_", "DB_", "QUEUE_", "WEBHOOK_URL", "NODE_FUNCTION_", "GENERIC_TIMEZONE")
GRACE_SECONDS = 10

# Everything here stays on this machine: no telemetry, no update checks, no template or package catalogs.
QUIET = {
    "N8N_DIAGNOSTICS_ENABLED": "false",
    "N8N_DIAGNOSTICS_CONFIG_FRONTEND": "",
    "N8N_DIAGNOSTICS_CONFIG_BACKEND": "",
    "N8N_VERSION_NOTIFICATIONS_ENABLED": "false",
    "N8N_TEMPLATES_ENABLED": "false",
    "N8N_PERSONALIZATION_ENABLED": "false",
    "N8N_HIRING_BANNER_ENABLED": "false",
    "N8N_VERIFIED_PACKAGES_ENABLED": "false",
    "N8N_DISABLED_MODULES": "mcp-registry,instance-ai,agents,chat-hub",
    "EXTERNAL_FRONTEND_HOOKS_URLS": "",
}
# A demonstration leaves thousands of executions of 4 to 150 kB: keep three days and at most 2,000 of them.
PRUNING = {
    "EXECUTIONS_DATA_PRUNE": "true",
    "EXECUTIONS_DATA_MAX_AGE": "72",
    "EXECUTIONS_DATA_PRUNE_MAX_COUNT": "2000",
}


@dataclass(frozen=True)
class N8nSettings:
    """What a caller chooses. `broker_port` is where n8n's own task runner connects; one per n8n on a machine.

    `expression_engine`: `vm` isolates expressions; `legacy` is about twice as fast, less secure, and on its way out.
    `save_successful`: whether executions that succeeded are kept for people to look at.
    """

    user_folder: Path
    port: int
    broker_port: int
    owner_email: str = "owner@dockline.local"
    expression_engine: Literal["vm", "legacy"] = "vm"
    save_successful: Literal["all", "none"] = "all"

    @property
    def base_url(self) -> str:
        """Always by number: `localhost` and 127.0.0.1 do not share n8n's login cookie."""
        return f"http://{LOOPBACK}:{self.port}"


class N8nServer:
    """n8n as the process `n8n` of `processes`; a handle can be made anew for one that already runs."""

    def __init__(self, installation: N8nInstallation, settings: N8nSettings, processes: Processes) -> None:
        self.installation = installation
        self.settings = settings
        self.base_url = settings.base_url
        self._processes = processes

    @property
    def secrets(self) -> N8nSecrets:
        """The owner's password and the encryption key; generated at the first call for this user folder."""
        return n8n_secrets(self.settings.user_folder, self.installation)

    @property
    def log_file(self) -> Path:
        """Where n8n writes."""
        return self._processes.log_file(NAME)

    def environment(self, base: Mapping[str, str] = os.environ) -> dict[str, str]:
        """The whole environment n8n runs with: `base` without what is meant for another n8n, and our settings."""
        inherited = {name: value for name, value in base.items() if not name.startswith(OTHER_N8N)}
        return {
            **self.installation.environment(inherited),
            **QUIET,
            **PRUNING,
            **_address(self.settings),
            **_owner(self.settings, self.secrets),
            "N8N_USER_FOLDER": str(self.settings.user_folder.absolute()),
            "N8N_UNVERIFIED_PACKAGES_ENABLED": "true",
            "N8N_EXPRESSION_ENGINE": self.settings.expression_engine,
            "EXECUTIONS_DATA_SAVE_ON_SUCCESS": self.settings.save_successful,
            "N8N_GRACEFUL_SHUTDOWN_TIMEOUT": str(GRACE_SECONDS),
            "N8N_METRICS": "true",
            # Off, publishing answers when the triggers are registered and says what failed; on, it answers first.
            "N8N_USE_WORKFLOW_PUBLICATION_SERVICE": "false",
            "GENERIC_TIMEZONE": "UTC",
            "TZ": "UTC",
            "NO_PROXY": ",".join(filter(None, [base.get("NO_PROXY"), LOOPBACK, "localhost"])),
        }

    def start(self) -> ProcessRecord:
        """Start n8n detached and return at once; `wait_until_ready` follows.

        Raises:
            Conflict: it already runs.
            InstallationProblem: it cannot be started.
        """
        self.settings.user_folder.mkdir(parents=True, exist_ok=True)
        return self._processes.start(
            NAME,
            self.installation.command("start"),
            environment=self.environment(),
            ports={"http": self.settings.port, "broker": self.settings.broker_port},
            cwd=self.settings.user_folder,
        )

    def is_running(self) -> bool:
        """Whether the process lives; it may not be ready yet."""
        return self._processes.is_running(NAME)

    def wait_until_ready(self, http: httpx.Client, seconds: float = 120.0) -> None:
        """Wait until n8n answers with its database migrated. Flows register their webhooks some seconds later.

        Raises:
            InstallationProblem: it ended or did not get ready in time; with the end of its log.
        """
        answered = wait_until(lambda: not self.is_running() or self._is_ready(http), seconds)
        if not self.is_running():
            raise InstallationProblem(f"n8n ended while starting.\n{self._log_end()}")
        if not answered:
            raise InstallationProblem(f"n8n was not ready after {seconds:.0f} seconds.\n{self._log_end()}")

    def stop(self) -> bool:
        """End n8n: running executions get ten seconds, then its process group is killed. False when not running."""
        return self._processes.stop(NAME, grace=GRACE_SECONDS + 5)

    def kill(self) -> bool:
        """End n8n and its task runner with SIGKILL, as a crash would. False when not running."""
        return self._processes.kill(NAME)

    def _is_ready(self, http: httpx.Client) -> bool:
        try:
            return http.get(f"{self.base_url}/healthz/readiness", timeout=2.0).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    def _log_end(self) -> str:
        lines = self.log_file.read_text(errors="replace").splitlines()[-12:]
        shown = "\n".join(f"  | {line}" for line in lines)
        return f"{shown}\nThe whole log: {self.log_file}"


def _address(settings: N8nSettings) -> dict[str, str]:
    return {
        "N8N_LISTEN_ADDRESS": LOOPBACK,
        "N8N_HOST": LOOPBACK,
        "N8N_PORT": str(settings.port),
        "N8N_PROTOCOL": "http",
        "N8N_WEBHOOK_URL": f"{settings.base_url}/",
        "N8N_EDITOR_BASE_URL": settings.base_url,
        "N8N_SECURE_COOKIE": "false",  # plain http on loopback only
        "N8N_RUNNERS_BROKER_PORT": str(settings.broker_port),
    }


def _owner(settings: N8nSettings, secrets: N8nSecrets) -> dict[str, str]:
    return {
        "N8N_ENCRYPTION_KEY": secrets.encryption_key,
        "N8N_INSTANCE_OWNER_MANAGED_BY_ENV": "true",
        "N8N_INSTANCE_OWNER_EMAIL": settings.owner_email,
        "N8N_INSTANCE_OWNER_FIRST_NAME": "Dockline",
        "N8N_INSTANCE_OWNER_LAST_NAME": "Owner",
        "N8N_INSTANCE_OWNER_PASSWORD_HASH": secrets.password_hash,
    }
