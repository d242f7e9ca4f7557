"""The JSON Schemas of rule files, vocabularies and the organisation, generated from the words the compiler knows."""
