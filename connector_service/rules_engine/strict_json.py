"""Read JSON that people write: every slip that a lenient parser would swallow is refused with its place."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

from connector_service.rules_engine.findings import Path, Report, pointer

MAX_FILE_BYTES = 2_000_000
MAX_DEPTH = 40
MAX_VALUES = 30_000
"""So that a file is checked in under two seconds; a file of 200 rules with tests has about half of it."""


@dataclass(frozen=True, slots=True)
class _Refused:
    """Stands where a value was that JSON parsers accept and rule files do not: what is wrong with it."""

    what: str


class _Repeated(dict[str, Any]):
    """An object in which `key` stands twice."""

    key = ""


def load_json(path: FilePath, report: Report) -> Any:
    """The document in a file, or None with findings: unreadable, over 2 MB, not UTF-8, not JSON, duplicate keys,
    NaN, a number with a decimal point, nested deeper than 40, or of more than 30,000 values."""
    data = _read(path, report)
    return None if data is None else parse_json(data, report)


def parse_json(data: bytes, report: Report) -> Any:
    """As `load_json`, for a document that came another way than by a file."""
    if len(data) > MAX_FILE_BYTES:
        _refuse_size(report)
        return None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        byte = f"byte {error.start} is 0x{error.object[error.start]:02x}"
        report.add((), f"The file is not UTF-8: {byte}.", 'Save it as UTF-8 (in most editors: "Save as", encoding).')
        return None
    if text.startswith("\ufeff"):
        text = text[1:]
    return _document(text, report)


def _document(text: str, report: Report) -> Any:
    try:
        document = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=lambda name: _Refused(f"{name} is not a value of JSON."),
            parse_float=lambda number: _Refused(f"{number} is not a whole number."),
        )
    except RecursionError:
        report.add((), "The file is nested too deeply to read.", f"Keep it under {MAX_DEPTH} levels.")
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        report.add(
            (), f"This is not JSON: {_plain(error, text)} at {where}.", "Mend the text there, or restore the file."
        )
    except ValueError as error:
        report.add((), f"The file holds a value that cannot be read: {error}.", "Keep numbers under 2^53.")
    else:
        report.document = document
        return document if _tidy(document, report, ()) and _small(document, report) else None
    return None


_PLAIN = {
    "Expecting value": "a value is missing (a word needs quotation marks)",
    "Expecting property name enclosed in double quotes": 'a name in double quotes is missing, as in {"id": ...}',
    "Expecting ':' delimiter": "a colon is missing after the name",
    "Expecting ',' delimiter": "a comma is missing between two entries, or a closing bracket",
    "Illegal trailing comma before end of object": "a comma stands before the closing }",
    "Illegal trailing comma before end of array": "a comma stands before the closing ]",
    "Invalid control character at": "a line break or tab stands inside quotation marks",
    "Unterminated string starting at": "no quotation mark closes the text (or the file was cut off) that begins",
    "Extra data": "the document has ended, and more text follows",
}


def _plain(error: json.JSONDecodeError, text: str) -> str:
    """What the parser says, for a person who does not write programs."""
    if not text.strip():
        return "the file is empty"
    if error.pos >= len(text.rstrip()) and error.msg != "Extra data":
        return "the file ends too early (a closing bracket is missing, or the file was cut off)"
    if error.msg.startswith("Expecting") and text[: error.pos].rstrip().endswith(","):
        return "a comma stands before a closing bracket, or a value is missing after it"
    if text[error.pos : error.pos + 2] in ("//", "/*") or text[error.pos : error.pos + 1] == "#":
        return "comments are not possible in JSON, so write it into a description"
    return _PLAIN.get(error.msg, error.msg)


def _read(path: FilePath, report: Report) -> bytes | None:
    try:
        if path.stat().st_size <= MAX_FILE_BYTES:
            return path.read_bytes()
        _refuse_size(report)
    except OSError as error:
        report.add((), f"The file cannot be read: {error.strerror}.", "Check that it exists and may be read.")
    return None


def _refuse_size(report: Report) -> None:
    report.add((), "The file is over 2 MB.", "Split it by concern; a rule file is usually under 100 kB.")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    repeated = _Repeated(found)
    keys = [key for key, _ in pairs]
    repeated.key = next(key for key in keys if keys.count(key) > 1)
    return repeated


def _tidy(node: Any, report: Report, path: Path) -> bool:
    """Whether the document has no duplicate keys, is not too deep and is Unicode throughout; one finding if not."""
    if len(path) > MAX_DEPTH:
        report.add(
            (), f"The file is nested deeper than {MAX_DEPTH} levels.", "Flatten it; a rule needs about 6 levels."
        )
        return False
    if isinstance(node, _Repeated):
        report.add((*path, node.key), f'The key "{node.key}" stands twice in this object.', "Keep one of them.")
        return False
    if isinstance(node, _Refused):
        report.add(path, node.what, "Write whole numbers: minor units, grams, millimetres, minutes.")
        return False
    if isinstance(node, dict):
        return all(_tidy(key, report, path) and _tidy(value, report, (*path, key)) for key, value in node.items())
    if isinstance(node, list):
        return all(_tidy(value, report, (*path, index)) for index, value in enumerate(node))
    if isinstance(node, str) and not _is_unicode(node):
        report.add((), f"A string at {pointer(path) or '/'} holds half a surrogate pair.", "Write the whole character.")
        return False
    return True


def _small(document: Any, report: Report) -> bool:
    values = _count(document)
    if values > MAX_VALUES:
        report.add((), f"The file holds {values} values; at most {MAX_VALUES} are possible.", "Split it by concern.")
    return values <= MAX_VALUES


def _count(node: Any) -> int:
    if isinstance(node, dict):
        return 1 + sum(map(_count, node.values()))
    return 1 + sum(map(_count, node)) if isinstance(node, list) else 1


def _is_unicode(text: str) -> bool:
    return text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text)
