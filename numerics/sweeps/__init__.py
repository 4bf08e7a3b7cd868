"""Grids of settings, cell by cell, in this process or on a Ray cluster; results as one table."""
