"""The graph algorithms that detectors borrow. This module itself is the `Engine` of the detector contract.

beliefs     what follows from confirmed and dismissed cases
blocks      dense blocks: exact greedy by pruning, several weightings and time windows, ranked by surprise
pairs       who shares more than chance with whom
components  connected components
rhythm      robust z-scores and bursts
null        the same facts, shuffled
"""

from .beliefs import Beliefs, propagate
from .blocks import DEFAULT, Block, dense_blocks
from .components import components
from .graph import WHOLE, Edges, TimeWindow
from .null import null_surprise, shuffle_pairs, shuffle_times
from .outofcore import ParquetEdges
from .pairs import Pairs, pairs
from .rhythm import Bursts, bursts, robust_z
from .weights import WEIGHTINGS, Weighting

__all__ = [
    "DEFAULT",
    "WEIGHTINGS",
    "WHOLE",
    "Beliefs",
    "Block",
    "Bursts",
    "Edges",
    "Pairs",
    "ParquetEdges",
    "TimeWindow",
    "Weighting",
    "bursts",
    "components",
    "dense_blocks",
    "null_surprise",
    "pairs",
    "propagate",
    "robust_z",
    "shuffle_pairs",
    "shuffle_times",
]
