"""A fictional city's e-commerce, generated: reports as platforms would send them, a register, and the truth about who cheats.

Used by `chengxin demo` and by the benchmark. It imports no room: detectors and generator cannot lean on each other.
"""

from chengxin.city.sizes import SIZES, Recipe
from chengxin.city.write import City, batches, register_tables, write

__all__ = ["SIZES", "City", "Recipe", "batches", "register_tables", "write"]
