"""How fast, against the plain way and against the limit: ``python -m benchmarks`` prints one table."""
