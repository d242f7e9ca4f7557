"""`dockline carriers capabilities`: what each carrier can do, connected or not."""

from __future__ import annotations

from connector_service.cli.output import AsJson, console, table, write_json


def capabilities(as_json: AsJson = False) -> None:
    """What each carrier can do, of all there is an adapter for; asks nobody.

    Example:  dockline carriers capabilities
    """
    from connector_service.adapters import registry

    carriers = {slug: {each.value for each in entry.capabilities} for slug, entry in sorted(registry.CARRIERS.items())}
    if as_json:
        write_json({slug: sorted(names) for slug, names in carriers.items()})
        return
    shown = table("", *carriers)
    for name in sorted({name for names in carriers.values() for name in names}):
        shown.add_row(name.replace("_", " "), *("yes" if name in names else "" for names in carriers.values()))
    console().print(shown)
