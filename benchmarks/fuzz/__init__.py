"""Random rule files, ways to break them, hostile facts, and a plain reading of the rules to compare with."""
