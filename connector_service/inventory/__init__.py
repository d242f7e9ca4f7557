"""Stock on the store: positions, the claims on them, lots, transfers, the queue of those who wait, and recounts."""
