"""Are these two names one business? Parts of a Chinese business name, a score with a reason for every part, and an index over the register.

    from chengxin.subjects import matching
    match = matching.compare("鹤岗市金鼎食品有限公司", "鶴崗金鼎食品有限責任公司")
    match.verdict, match.score, match.reasons

`characters` normal form, readings, look-alikes · `words` the vocabulary of data/ · `parsing` a name into its parts · `comparing` two
names · `index` candidates among a million · `register` the index in step with the register. A verdict is a clue: only two people join
entries (actions.joining). Names of natural persons are never in the index.
"""

from chengxin.subjects.matching.comparing import Match, Reason, compare, compare_parsed
from chengxin.subjects.matching.parsing import Name, parse

__all__ = ["Match", "Name", "Reason", "compare", "compare_parsed", "parse"]
