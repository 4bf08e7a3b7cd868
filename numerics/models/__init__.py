"""Networks of the sister papers: ReLU, recurrent, attention, embedding MLP; one training loop."""
