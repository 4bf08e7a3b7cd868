"""The front door of the three packages ``theory``, ``numerics`` and ``verify``."""

__version__ = "0.1.0"
