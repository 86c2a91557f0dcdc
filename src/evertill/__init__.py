"""Evertill: a point of sale whose registers never stop at "server not responding"."""

__version__ = "0.1.0"
