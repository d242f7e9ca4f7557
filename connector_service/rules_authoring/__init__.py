"""What rule authors need beside the engine: exact checks, coverage, mutation, differences in words, replay."""
