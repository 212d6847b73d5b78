"""The public matcher nomenklatura on the same pairs: reads names as JSON lines, writes one score a line; run by its own interpreter."""

from __future__ import annotations

import json
import resource
import sys
import time

from nomenklatura.matching import get_algorithm


def main(algorithm: str) -> None:
    matcher = get_algorithm(algorithm)
    config = matcher.default_config() if hasattr(matcher, "default_config") else None
    pairs = [json.loads(line) for line in sys.stdin]
    begin, scores = time.process_time(), []
    for number, (a, b) in enumerate(pairs):
        left, right = (_company(f"{side}-{number}", name) for side, name in (("a", a), ("b", b)))
        scores.append(matcher.compare(left, right, config).score if config is not None else matcher.compare(left, right).score)
    seconds = time.process_time() - begin
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"scores": scores, "seconds": seconds, "memory_mb": memory}))


def _company(key: str, name: str):
    from followthemoney import EntityProxy

    return EntityProxy.from_dict({"id": key, "schema": "Company", "properties": {"name": [name]}})


if __name__ == "__main__":
    main(sys.argv[1])
