"""``python -m fourier_margin``: the same as the console script."""

from verify.cli import main

main()
