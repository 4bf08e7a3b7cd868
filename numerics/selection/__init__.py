"""Statistics over seeds: which frequencies and representations survive training."""
