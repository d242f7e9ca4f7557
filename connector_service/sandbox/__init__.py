"""Look-alikes of three vendors in one process, so that sandbox tenants, demos and tests speak real HTTP.

`python -m connector_service.sandbox --port 8643 --state FILE` serves `/northdock`, `/swiftparcel` and `/terrapost` in
the vendors' own shapes, and `/control` to load a catalog, switch on faults and scenarios, and read what happened.
"""
