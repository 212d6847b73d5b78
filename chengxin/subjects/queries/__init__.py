"""What others may ask the register."""

from chengxin.subjects.queries.card import PublicCard, PublicShop, public_card, public_cards, public_shop, subject_facts
from chengxin.subjects.queries.coverage import Coverage, coverage
from chengxin.subjects.queries.history import history_of, reverification_queue, verification_of
from chengxin.subjects.queries.names import alike, likeness, match_names, possible_doubles
from chengxin.subjects.queries.same import families, family, kept_of
from chengxin.subjects.queries.search import find_by_link, hits, search_shops, search_subjects
from chengxin.subjects.queries.shops import in_chunks, shop_token, shops_by_token

__all__ = [
    "Coverage",
    "PublicCard",
    "PublicShop",
    "alike",
    "coverage",
    "families",
    "family",
    "find_by_link",
    "history_of",
    "hits",
    "in_chunks",
    "kept_of",
    "likeness",
    "match_names",
    "possible_doubles",
    "public_card",
    "public_cards",
    "public_shop",
    "reverification_queue",
    "search_shops",
    "search_subjects",
    "shop_token",
    "shops_by_token",
    "subject_facts",
    "verification_of",
]
