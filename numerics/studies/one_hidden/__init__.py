"""The papers' one-hidden-layer networks: the paper's optimiser beside our recipes, each trained once."""
