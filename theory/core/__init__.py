"""The trusted core: what must be right for an exact verdict to be right.

Four small files, Python integers and fractions only (no numpy, no torch, no computer algebra):

* ``cyclotomic``: is a rational combination of roots of unity zero?
* ``surd``: sums of rational multiples of square roots, compared exactly.
* ``exact_network`` and ``optimality``: an exact network, and whether it is maximum-margin.
* ``dual_certificate``: does a certificate prove its lower bound on the number of neurons?

Together they stay under 600 lines, and tests/theory holds a second, independent implementation of each verdict.
"""
