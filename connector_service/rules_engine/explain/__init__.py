"""Why an answer is what it is: the rule that won, every other one, each condition with its value, the clock."""
