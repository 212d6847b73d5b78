"""Chengxin (诚信): credit infrastructure for a city's e-commerce. Start reading at `road.py`."""

__version__ = "0.1.0"
