"""Reports of one network: JSON, and a self-contained page made from it."""
