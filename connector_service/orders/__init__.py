"""The order steps: what may be done to an order, one file a step; their sequence lives in the flows."""
