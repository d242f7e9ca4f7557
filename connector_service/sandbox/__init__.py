"""Look-alikes of vendors in one process, so that sandbox tenants, demos and tests speak real HTTP.

`python -m connector_service.sandbox --port 8643 --state FILE` serves each vendor under its slug (`/northdock`,
`/swiftparcel`, `/ups` and so on) in its own paths and shapes, and `/control` to load a catalog, switch on faults and
scenarios, let things happen to parcels, and read what happened.
"""
