"""The operator's tools: the command line, local engines, imports and the demo network."""
