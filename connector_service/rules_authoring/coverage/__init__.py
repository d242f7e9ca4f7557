"""How much of a rule file its own tests show, and a test for everything they do not."""
