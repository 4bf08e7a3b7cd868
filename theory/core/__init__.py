"""The trusted core: what must be right for an exact verdict to be right.

Small files, Python integers and fractions only (no numpy, no torch, no computer algebra), under 700 lines in all:

* ``cyclotomic``, ``surd``, ``exponents``: exact zero tests, square roots, and the exponents of a k-th power;
* ``exact_network``, ``symmetry`` and ``optimality``: an exact network, and whether it is maximum-margin;
* ``dual_certificate``: does a certificate prove its lower bound on the number of neurons?

tests/theory holds a second, independent implementation of each verdict.
"""
