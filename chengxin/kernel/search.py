"""Chinese full-text search without a dictionary: overlapping character pairs.

Word cutters split 刷单炒信 wrongly and trigram indexes find nothing for two-character words; character pairs find every substring
of two or more.
"""

from __future__ import annotations

import re
import unicodedata

_RUNS = re.compile(r"[㐀-鿿豈-﫿]+|[0-9a-z]+")
_CJK = re.compile(r"[㐀-鿿豈-﫿]")


def normal(text: str) -> str:
    """Full-width to half-width (NFKC), lower case."""
    return unicodedata.normalize("NFKC", text).lower()


def bigrams(text: str) -> str:
    """The index text: each CJK run as overlapping pairs, Latin and digits as words.

    >>> bigrams("鹤岗ABC超市")
    '鹤岗 abc 超市'
    """
    return " ".join(token for run in _RUNS.findall(normal(text)) for token in _pairs(run))


def query(text: str) -> list[str]:
    """The tokens a record must hold for this text to be in it; an empty list when the text has nothing to search for."""
    return bigrams(text).split()


def _pairs(run: str) -> list[str]:
    if not _CJK.match(run) or len(run) == 1:
        return [run]
    return [run[place : place + 2] for place in range(len(run) - 1)]
