"""Which small changes of a rule file no test would notice."""
