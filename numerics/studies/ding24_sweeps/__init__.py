"""Ding24's sweeps: which circles of the embedding survive training, and how many; one module per sweep."""
