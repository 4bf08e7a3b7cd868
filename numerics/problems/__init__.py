"""Open problems of the field: a run for each, by a protocol and a configuration file that were there before it."""
