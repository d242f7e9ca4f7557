"""The keys that secrets are sealed with. They lie beside the database or come from outside, never in it.

Sealing is AES-256-GCM. What is sealed is bound to whose it is and what it is for: the same text under another tenant's
row does not open. An envelope names its key, so that the key can be changed while what it sealed is still there.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import re
import secrets
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from connector_service.errors import InstallationProblem

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

Token = Callable[[int], bytes]
KEY_BYTES = 32
NONCE_BYTES = 12
VARIABLE = "DOCKLINE_SECRET_KEY"
FILE_NAME = "secret.key"
SEALED = "sealed.v1."
"""How every envelope begins: `sealed.v1.<key id>.<nonce and ciphertext, base64url>`."""
MANY_OPENED = 10_000
"""So many opened envelopes are remembered, a few hundred bytes each."""
_MADE_BY = "`dockline secrets new-key` prints one"


def new_key(token: Token = secrets.token_bytes) -> str:
    """A fresh key as text."""
    return base64.urlsafe_b64encode(token(KEY_BYTES)).decode()


def key_id(key: bytes) -> str:
    """The name of a key: it tells two keys apart and says nothing about them."""
    return hashlib.sha256(b"dockline key id" + key).hexdigest()[:8]


def id_of(envelope: str) -> str:
    """The key that an envelope was sealed with."""
    return envelope.removeprefix(SEALED).partition(".")[0]


def parse_keys(text: str, source: str) -> dict[str, bytes]:
    """Keys by id, separated by commas or lines, the one in use first.

    Raises:
        InstallationProblem: one is no key, or there is none.
    """
    keys = {}
    for at, each in enumerate(re.split(r"[\s,]+", text.strip()), start=1):
        try:
            key = base64.b64decode(each, altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if len(key) != KEY_BYTES:
            raise InstallationProblem(
                f"Key {at} of {source} is none: a key is {KEY_BYTES} bytes in base64; {_MADE_BY}. "
                "Several are separated by commas, the one in use first."
            )
        keys[key_id(key)] = key
    return keys


class DoesNotOpen(InstallationProblem):
    """An envelope was changed, is another object's, or its key is missing."""

    title = "A secret cannot be read"


class Keys:
    """The keys of an installation. `read` gives their text as it is now: a file may change while we run."""

    def __init__(self, read: Callable[[], str], source: str, file: Path | None = None) -> None:
        self._read = read
        self.source = source
        self.file = file
        self._keys = parse_keys(read(), source)
        self._opened: dict[tuple[str, ...], str] = {}

    def __repr__(self) -> str:
        return f"Keys({', '.join(self._keys)} of {self.source})"

    @property
    def current(self) -> str:
        """The id of the key that seals."""
        return next(iter(self._keys))

    def refresh(self) -> None:
        """Read the keys again: another process may have changed them."""
        keys = parse_keys(self._read(), self.source)
        if keys != self._keys:
            self._keys = keys
            self._opened.clear()

    def knows(self, envelope: str) -> bool:
        """Whether the envelope's key is among ours."""
        if id_of(envelope) not in self._keys:
            self.refresh()
        return id_of(envelope) in self._keys

    def seal(self, text: str, *bound: str, token: Token = secrets.token_bytes) -> str:
        """An envelope that opens for the same `bound` only, such as tenant and slug."""
        self.refresh()
        nonce = token(NONCE_BYTES)
        closed = _cipher(self._keys[self.current]).encrypt(nonce, text.encode(), _associated(bound))
        return f"{SEALED}{self.current}.{base64.urlsafe_b64encode(nonce + closed).decode()}"

    def open(self, envelope: str, *bound: str) -> str:
        """What was sealed. It is remembered: every step of an order asks for the same few.

        Raises:
            DoesNotOpen: says of what, and what to do.
        """
        asked = (envelope, *bound)
        if asked not in self._opened:
            if len(self._opened) >= MANY_OPENED:
                self._opened.clear()
            self._opened[asked] = self._open(envelope, bound)
        return self._opened[asked]

    def _open(self, envelope: str, bound: tuple[str, ...]) -> str:
        from cryptography.exceptions import InvalidTag

        if not self.knows(envelope):
            raise DoesNotOpen(missing_key({id_of(envelope)}, self))
        try:
            raw = base64.b64decode(envelope.rpartition(".")[2], altchars=b"-_", validate=True)
            cipher = _cipher(self._keys[id_of(envelope)])
            return cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], _associated(bound)).decode()
        except (InvalidTag, ValueError):
            raise DoesNotOpen(
                f"The secret of {' / '.join(bound)} does not open: it was changed in the database, or was copied from "
                "another tenant or system. Enter it again: dockline credential set."
            ) from None


def missing_key(ids: set[str], keys: Keys) -> str:
    """What to do about secrets whose key is not there."""
    return (
        f"Secrets in the database are sealed with the key {', '.join(sorted(ids))}, and {keys.source} holds only "
        f"{', '.join(keys._keys)}. Put that key back: after a comma in {VARIABLE}, or as a line of the key file "
        f"{FILE_NAME} beside the database. If it is lost, enter every credential anew in a fresh database."
    )


def _associated(bound: tuple[str, ...]) -> bytes:
    # With their lengths, so that no two lists of words run together into the same bytes.
    return b"".join(len(each.encode()).to_bytes(4, "big") + each.encode() for each in bound)


@lru_cache(maxsize=64)
def _cipher(key: bytes) -> AESGCM:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(key)


def load_keys(database: Path, given: str | None, *, used: Callable[[], set[str]]) -> Keys:
    """The keys of an installation: `given` when there is one (DOCKLINE_SECRET_KEY), else the file beside the database.

    The file is made at the first start, readable by its owner alone. `used`: ids of the keys that the database needs.

    Raises:
        InstallationProblem: a key is none, the file is open to others, or a key that is needed is missing.
    """
    path = database.with_name(FILE_NAME)
    if given:
        keys = Keys(lambda: given, VARIABLE)
    else:
        if not path.exists():
            _make_file(path, used())
        keys = Keys(lambda: _text_of(path), str(path), path)
    absent = used() - keys._keys.keys()
    if absent:
        raise InstallationProblem(missing_key(absent, keys))
    return keys


def _make_file(path: Path, used: set[str]) -> None:
    if used:
        raise InstallationProblem(
            f"The key file {path} is missing, and secrets in the database are sealed with the key "
            f"{', '.join(sorted(used))}. Put the file back from your backup, or set {VARIABLE} to that key."
        )
    fresh = _written(path, new_key() + "\n")
    try:
        # A link is made or refused at once: of two processes that start together one makes the key.
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()


def _written(path: Path, text: str) -> Path:
    """A file beside `path` with this text, on disk, readable by its owner alone."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return fresh


def _text_of(path: Path) -> str:
    try:
        others = path.stat().st_mode & 0o077
        text = path.read_text()
    except OSError as error:
        raise InstallationProblem(f"The key file {path} cannot be read ({error.strerror}).") from None
    if others:
        raise InstallationProblem(f"The key file {path} is open to other users. Close it: chmod 600 {path}")
    return text


def put_new_first(keys: Keys, token: Token = secrets.token_bytes) -> None:
    """Make a new key the one in use; the others stay, for what they have sealed.

    Raises:
        InstallationProblem: the keys come from the environment, which is changed by hand.
    """
    _replace(keys, [new_key(token), *_in_text(keys)])


def drop_old(keys: Keys) -> int:
    """Keep the key in use alone; how many were dropped. Nothing that they sealed can be read any more."""
    known = _in_text(keys)
    _replace(keys, known[:1])
    return len(known) - 1


def _in_text(keys: Keys) -> list[str]:
    keys.refresh()
    return [base64.urlsafe_b64encode(key).decode() for key in keys._keys.values()]


def _replace(keys: Keys, texts: list[str]) -> None:
    if keys.file is None:
        raise InstallationProblem(
            f"The keys come from {VARIABLE}. Put a new one first, then the old one after a comma ({_MADE_BY}), "
            "restart, and run this again; afterwards the old one may go."
        )
    _written(keys.file, "\n".join(texts) + "\n").replace(keys.file)
    keys.refresh()
