"""Experiments of more than one training run, each a ``Study``; importing this package does not import torch."""
