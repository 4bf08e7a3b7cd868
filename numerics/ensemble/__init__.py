"""Many networks of one architecture trained as one batched tensor program."""
