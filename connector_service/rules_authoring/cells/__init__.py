"""The exact kinds of facts that rules can tell apart, and what rules answer to each of them.

`Cells.of(file, derive=document.get("derive"))`, then `cells.decide(cells.row(file))` is a diagram: `counts()` says how
many kinds of facts each rule wins, `paths()` gives an example of each, which `cells.facts(path)` turns into facts.
"""

from connector_service.rules_authoring.cells.cells import Cells
from connector_service.rules_authoring.cells.cover import meets
from connector_service.rules_authoring.cells.diagram import Box, Diagram, Leaf, Path, Row, TooEntangled
from connector_service.rules_authoring.cells.fields import Field, Kind, Mask

__all__ = ["Box", "Cells", "Diagram", "Field", "Kind", "Leaf", "Mask", "Path", "Row", "TooEntangled", "meets"]
