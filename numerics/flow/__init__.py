"""Gradient flow of many small networks at once: an adaptive integrator with a step size for each, and its fields."""
