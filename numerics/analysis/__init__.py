"""What is measured inside a trained network, whatever its kind: spectra, phases, ranks, ablations, fits."""
