"""Bring words into the form n8n's linter asks of a node: its users then read all nodes alike."""

import re

SMALL_WORDS = {
    "a",
    "an",
    "and",
    "as",
    "at",
    "by",
    "for",
    "in",
    "of",
    "on",
    "or",
    "per",
    "the",
    "to",
    "via",
    "with",
}
INITIALISMS = {word.lower(): word for word in ("API", "EDI", "ID", "IDs", "JSON", "QA", "RMA", "SKU", "URL", "WMS")}
INITIALISM = re.compile(rf"\b({'|'.join(INITIALISMS)})\b", re.IGNORECASE)


def title_case(text: str) -> str:
    """`ship-to order_id` -> `Ship to Order ID`: for names of parameters and options."""
    words = _with_initialisms(text.replace("_", " ")).split()
    last = len(words) - 1
    return " ".join(_titled(word, inner=0 < place < last) for place, word in enumerate(words))


def _titled(word: str, *, inner: bool) -> str:
    return word.lower() if inner and word.lower() in SMALL_WORDS else word[0].upper() + word[1:]


def action(text: str) -> str:
    """`Buy a Label` -> `Buy a label`: what n8n's node picker shows for an operation, in plain words without marks."""
    words = _with_initialisms(re.sub(r"'s\b|[^\w\s]", " ", text)).split()
    first, *others = [word if word.isupper() and len(word) > 1 else word.lower() for word in words]
    return " ".join([first[0].upper() + first[1:], *others])


def description(text: str) -> str:
    """One sentence ends without a full stop, several end with one; no markup; common initialisms in capitals."""
    said = _with_initialisms(" ".join(text.replace("`", "").split()).rstrip("."))
    said = said.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    said = said[:1].upper() + said[1:]
    return f"{said}." if ". " in said.replace("e.g.", "") else said


def yes_or_no(text: str) -> str:
    """The description of a switch, which n8n wants to begin with "Whether"."""
    said = description(text)
    return said if said.startswith("Whether") else f"Whether this holds: {said[:1].lower()}{said[1:]}"


def _with_initialisms(text: str) -> str:
    return INITIALISM.sub(lambda found: INITIALISMS[found[0].lower()], text)
