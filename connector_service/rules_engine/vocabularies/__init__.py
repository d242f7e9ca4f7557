"""What the vocabularies under `rules/` are generated from: the canonical models, and words for each fact."""
