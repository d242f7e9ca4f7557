"""The warehouse at work: picks from its shelves, packs one carton, and tells of each step."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from connector_service.sandbox.check_digits import sscc
from connector_service.sandbox.later import Later
from connector_service.sandbox.models import Stock
from connector_service.sandbox.world import Work, WorkLine, World

PACKAGING_G = 120
WORKING = frozenset({"ACCEPTED", "IN_PICKING", "PICKED"})


class Warehouse:
    """Moves orders ACCEPTED, IN_PICKING, PICKED (or SHORT), PACKED; `tell` sends the news of one."""

    def __init__(self, world: World, later: Later, tell: Callable[[Work], None]) -> None:
        self._world = world
        self._later = later
        self._tell = tell

    def take_on(self, work: Work) -> None:
        """Accept an order. Nothing is told: the answer to the release says as much."""
        self._world.keep_work(work)
        self._schedule(work)

    def resume(self) -> None:
        """Go on with what was under way when the process ended."""
        for work in list(self._world.works.values()):
            self._schedule(work)

    def cancel(self, work: Work) -> None:
        """Stop, and put what was picked back on the shelves."""
        if work.state == "CANCELLED":
            return
        if work.state in ("PICKED", "PACKED"):
            for line in work.lines:
                self._shelve(work.facility, line, line.picked)
        self._enter(work, "CANCELLED")

    def _schedule(self, work: Work) -> None:
        if work.state in WORKING:
            timing = self._world.timing
            delay = {"ACCEPTED": timing.accepted_ms, "IN_PICKING": timing.picking_ms, "PICKED": timing.picked_ms}
            self._later.after(delay[work.state], timing.speed, partial(self._advance, work, work.state))

    def _advance(self, work: Work, expected: str) -> None:
        if work.state != expected:  # cancelled meanwhile
            return
        match expected:
            case "ACCEPTED":
                self._enter(work, "IN_PICKING")
            case "IN_PICKING":
                self._enter(work, "PICKED" if self._pick(work) else "SHORT")
            case "PICKED":
                self._pack(work)
                self._enter(work, "PACKED")
        self._schedule(work)

    def _enter(self, work: Work, state: str) -> None:
        work.state = state
        work.since = self._world.now()
        self._world.keep_work(work)
        self._tell(work)

    def _pick(self, work: Work) -> bool:
        """Find every line on the shelves, then take it all or nothing."""
        for line in work.lines:
            lot = self._lot_for(work.facility, line)
            line.batch_taken = lot.lot if lot else line.batch
            line.picked = min(line.qty, lot.on_hand) if lot else 0
            line.barcode = self._world.products[line.item].barcode
        self._play(work)
        if any(line.picked < line.qty for line in work.lines):
            return False
        for line in work.lines:
            self._shelve(work.facility, line, -line.picked)
        return True

    def _lot_for(self, facility: str, line: WorkLine) -> Stock | None:
        lots = self._world.stock.get((facility, line.item), {})
        if line.batch is not None:
            return lots.get(line.batch)
        good = sorted((lot for lot in lots.values() if lot.lot_status == "ok"), key=lambda lot: lot.lot)
        enough = (lot for lot in good if lot.on_hand >= line.qty)
        return next(enough, max(good, key=lambda lot: lot.on_hand, default=None))

    def _play(self, work: Work) -> None:
        """Let the order's scenario happen, on its first line."""
        line, number, plays = work.lines[0], work.order_number, self._world.plays
        first_place = self._world.first_facility.get(number) == work.facility
        if plays(number, "pick_short_always") or (plays(number, "pick_short_once") and first_place):
            line.picked = max(0, line.qty - 1)
        elif plays(number, "wrong_lot"):
            line.batch_taken = self._other_lot(work.facility, line)
        elif plays(number, "wrong_barcode"):
            line.barcode = f"{line.barcode}-X"

    def _other_lot(self, facility: str, line: WorkLine) -> str:
        taken = line.batch_taken or ""
        others = (lot for lot in self._world.stock.get((facility, line.item), {}) if lot not in (taken, ""))
        return next(others, f"{taken or 'LOT'}-X")

    def _shelve(self, facility: str, line: WorkLine, units: int) -> None:
        lot = self._world.stock.get((facility, line.item), {}).get(line.batch_taken or "")
        if lot is not None:
            on_hand = max(0, lot.on_hand + units)
            self._world.put_stock(lot.model_copy(update={"on_hand": on_hand}))

    def _pack(self, work: Work) -> None:
        weight = PACKAGING_G
        length = width = height = 1
        for line in work.lines:
            line.packed = line.picked
            product = self._world.products[line.item]
            weight += product.weight_g * line.packed
            length, width = max(length, product.length_mm), max(width, product.width_mm)
            height += product.height_mm * line.packed
        if self._world.plays(work.order_number, "overweight"):
            weight = weight * 2 + 5_000
        serial = self._world.serial()
        work.carton = {
            "CartonId": f"CT{serial}",
            "SSCC": sscc(serial),
            "GrossWeightG": weight,
            "LengthMm": length,
            "WidthMm": width,
            "HeightMm": height,
        }
