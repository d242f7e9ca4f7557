"""Adapters to systems that sell: shops, marketplaces."""
