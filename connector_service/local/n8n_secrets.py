"""The secrets of one n8n: the owner's password and the key its credentials are encrypted with."""

import os
import secrets
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from connector_service.errors import InstallationProblem
from connector_service.local.n8n_install import N8nInstallation

RandomText = Callable[[], str]
random_text: RandomText = partial(secrets.token_urlsafe, 24)

# The password comes in on standard input: a command line can be read by every user of the machine.
_HASH = "process.stdout.write(require('bcryptjs').hashSync(require('fs').readFileSync(0, 'utf8'), 10))"


class N8nSecrets(BaseModel):
    """Generated once per user folder. `password_hash` is bcrypt, the only form n8n takes from its environment."""

    model_config = ConfigDict(frozen=True)

    password: str
    password_hash: str
    encryption_key: str


def n8n_secrets(user_folder: Path, installation: N8nInstallation, random: RandomText = random_text) -> N8nSecrets:
    """The secrets kept in `<user_folder>/secrets.json`, readable by this user alone; generated when missing.

    Raises:
        InstallationProblem: the file is there but cannot be read as secrets, or hashing failed.
    """
    path = user_folder / "secrets.json"
    if path.exists():
        try:
            return N8nSecrets.model_validate_json(path.read_bytes())
        except ValueError as problem:
            raise InstallationProblem(
                f"{path} is damaged ({problem}). Restore it, or delete {user_folder} to start n8n afresh: "
                "without its key the stored credentials cannot be decrypted"
            ) from problem
    password = random()
    fresh = N8nSecrets(password=password, password_hash=_bcrypt(password, installation), encryption_key=random())
    write_private(path, fresh.model_dump_json())
    return fresh


def write_private(path: Path, text: str) -> None:
    """Write a file that only this user can read (mode 0600), whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    fresh.replace(path)


def _bcrypt(password: str, installation: N8nInstallation) -> str:
    hashed = subprocess.run(
        [str(installation.node), "-e", _HASH],
        input=password,
        cwd=installation.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if hashed.returncode != 0:
        raise InstallationProblem(
            f"n8n's installation in {installation.folder} is damaged, its bcryptjs does not run: "
            f"{hashed.stderr.strip()[-300:]}. Delete that folder and start again"
        )
    return hashed.stdout
