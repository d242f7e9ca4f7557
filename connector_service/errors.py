"""Every error Dockline raises, each able to say what is wrong, where, and whether trying again can help.

DocklineError
├── InvalidInput        422  the caller's data; `pointer` names the place
├── Unauthorized        401  no tenant for this credential
├── NotFound            404  also for another tenant's object
├── Conflict            409  the state or an earlier request forbids it
│   ├── TransitionRefused    a status change that the table beside the model does not allow
│   └── KeyReused            the same idempotency key with other content
├── TooLarge            413
├── VendorError         502  a warehouse, carrier or shop said no, or said nothing
│   ├── VendorRejected       a final no, with the vendor's own words
│   └── VendorUnreachable    503  no answer, or an answer nobody can read; trying again can help
├── StoreUnavailable    503  the disk or the database said no; nothing was kept
├── RulesInvalid        422  rule files with findings; the running rules stay
└── InstallationProblem      this machine lacks something; the message says what to do
"""

from __future__ import annotations


class DocklineError(Exception):
    """Base of all errors: `title` is constant per class, `detail` says what, where and what would be right."""

    title = "Dockline could not do this"
    status = 500
    retryable = False

    def __init__(self, detail: str, *, pointer: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.pointer = pointer


class InvalidInput(DocklineError):
    title = "The input is not valid"
    status = 422


class Unauthorized(DocklineError):
    title = "The credential is not valid"
    status = 401


class NotFound(DocklineError):
    title = "There is no such object"
    status = 404


class Conflict(DocklineError):
    title = "The current state forbids this"
    status = 409


class TransitionRefused(Conflict):
    title = "This status change is not allowed"


class KeyReused(Conflict):
    title = "This idempotency key was used for other content"


class TooLarge(DocklineError):
    title = "The message is too large"
    status = 413


class VendorError(DocklineError):
    """A call to another system failed; `vendor` is the adapter's slug."""

    title = "Another system refused"
    status = 502

    def __init__(self, detail: str, *, vendor: str, pointer: str | None = None) -> None:
        super().__init__(detail, pointer=pointer)
        self.vendor = vendor


class VendorRejected(VendorError):
    title = "Another system said no"


class VendorUnreachable(VendorError):
    title = "Another system did not answer"
    status = 503
    retryable = True


class StoreUnavailable(DocklineError):
    title = "The store cannot write"
    status = 503
    retryable = True


class RulesInvalid(DocklineError):
    title = "The rule files are not valid"
    status = 422


class InstallationProblem(DocklineError):
    title = "This installation lacks something"
