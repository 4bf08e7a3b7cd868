"""Training at the papers' own sizes on one core: the mean margin exactly, the rest of the loss from samples."""
