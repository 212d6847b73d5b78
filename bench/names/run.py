"""Name matching: F1 on pairs nothing was fitted on, hand-made hard cases, look-ups over a million names, memory, nomenklatura.

python bench/names/run.py                      # both halves, cases
python bench/names/run.py --fit                # the thresholds that the training half gives
python bench/names/run.py --register 1000000   # look-ups over a register of that size
python bench/names/run.py --peer PYTHON        # the interpreter of an environment with nomenklatura (pip install nomenklatura)
python bench/names/run.py --look-alikes FILE   # slips by shape from somebody else's list, one set a line, characters parted by commas
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chengxin.settings")
HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

import pairs as made  # noqa: E402
import yaml  # noqa: E402

from chengxin.subjects.matching import characters, compare, parse  # noqa: E402
from chengxin.subjects.matching.comparing import scoring  # noqa: E402
from chengxin.subjects.matching.index import Index  # noqa: E402

RIGHT = {"same": ("same", "maybe"), "related": ("related",), "different": ("different",)}
PEERS = ("logic-v2", "logic-v1", "name-based", "regression-v1")


def main() -> None:
    asked = _arguments()
    pairs = made.make()
    halves = {half: [one for one in pairs if one.half == half] for half in ("train", "test")}
    if asked.fit:
        fit(halves["train"])
        return
    for half, some in halves.items():
        report(half, some, asked.wrong)
    report_cases()
    if asked.look_alikes:
        by_others_list(asked.look_alikes, halves["test"])
    if asked.peer:
        for algorithm in PEERS:
            peer(asked.peer, algorithm, halves)
    if asked.register:
        look_ups(asked.register)


def _arguments() -> argparse.Namespace:
    wanted = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    wanted.add_argument("--fit", action="store_true")
    wanted.add_argument("--register", type=int, default=0)
    wanted.add_argument("--peer", default="")
    wanted.add_argument("--look-alikes", default="")
    wanted.add_argument("--wrong", action="store_true", help="print the pairs that are wrong")
    return wanted.parse_args()


# -- figures -----------------------------------------------------------------------------------------------------------------------


def f1(labels: Sequence[bool], answers: Sequence[bool]) -> tuple[float, float, float]:
    """(F1, precision, recall) of the positives."""
    right = sum(a and b for a, b in zip(labels, answers, strict=True))
    precision, recall = right / max(sum(answers), 1), right / max(sum(labels), 1)
    return 2 * precision * recall / max(precision + recall, 1e-9), precision, recall


def strict(pairs: Sequence[made.Pair], verdicts: Sequence[str]) -> float:
    """F1 when a branch must be `related` and the same `same` or `maybe`: a wrong kind counts as found wrongly and as missed."""
    right = sum(one.label != "different" and verdict in RIGHT[one.label] for one, verdict in zip(pairs, verdicts, strict=True))
    found, wanted = sum(one != "different" for one in verdicts), sum(one.label != "different" for one in pairs)
    return 2 * right / (found + wanted)


def report(half: str, pairs: Sequence[made.Pair], wrong: bool) -> None:
    begin = time.process_time()
    verdicts = [compare(one.a, one.b).verdict for one in pairs]
    seconds = time.process_time() - begin
    labels = [one.label != "different" for one in pairs]
    whole, precision, recall = f1(labels, [one != "different" for one in verdicts])
    sure = [one.label == "same" for one, verdict in zip(pairs, verdicts, strict=True) if verdict == "same"]
    print(
        f"{half}: {len(pairs)} pairs, F1 {whole:.4f} (precision {precision:.4f}, recall {recall:.4f}), "
        f"with the kind {strict(pairs, verdicts):.4f}; "
        f"verdict `same`: {len(sure)} pairs, precision {sum(sure) / max(len(sure), 1):.4f}; "
        f"{len(pairs) / seconds:,.0f} pairs/s, {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB"
    )
    errors, all_of = Counter(), Counter(one.kind for one in pairs)
    for one, verdict in zip(pairs, verdicts, strict=True):
        if verdict not in RIGHT[one.label]:
            errors[one.kind] += 1
            if wrong:
                print("   ", one, verdict)
    for kind, count in errors.most_common():
        print(f"    {kind}: {count} of {all_of[kind]} wrong")


def report_cases() -> None:
    cases = yaml.safe_load((HERE / "cases.yaml").read_text(encoding="utf-8"))
    answers = [(case, compare(case["a"], case["b"])) for case in cases]
    failed = [(case, match) for case, match in answers if match.verdict not in case["then"].split("|")]
    strong = [case for case in cases if case.get("strong")]
    lost = [case for case, _match in failed if case.get("strong")]
    print(f"cases: {len(cases) - len(failed)} of {len(cases)} right; strong: {len(strong) - len(lost)} of {len(strong)}")
    for case, match in failed:
        print(f"    {case['a']} | {case['b']}: {match.verdict} {match.score}, wanted {case['then']} {[one.level for one in match.reasons]}")


def fit(pairs: Sequence[made.Pair]) -> None:
    """The threshold of `maybe` with the best F1, the middle of equals; of `same` the lowest with 999 of 1,000 right."""
    scored = [(compare(one.a, one.b).score, one.label != "different") for one in pairs]
    by_limit = {limit: f1([label for _score, label in scored], [score >= limit for score, _label in scored])[0] for limit in range(30, 101)}
    best = max(by_limit.values())
    equals = [limit for limit, value in by_limit.items() if value == best]
    print(f"maybe: {equals[len(equals) // 2]} (F1 {best:.4f} from {equals[0]} to {equals[-1]})")
    for limit in range(equals[-1], 101):
        sure = [label for score, label in scored if score >= limit]
        if sum(sure) >= 0.999 * len(sure):
            print(f"same: {limit} (precision {sum(sure) / len(sure):.4f} of {len(sure)})")
            return


def by_others_list(path: str, pairs: Sequence[made.Pair]) -> None:
    """How many slips by shape from a list that is not ours are found; the places in brands, one character changed."""
    alike: dict[str, set[str]] = {}
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        group = {one for one in line.replace("，", ",").split(",") if len(one) == 1}
        for one in group:
            alike.setdefault(one, set()).update(group - {one})
    draw, found, all_of = random.Random(made.SEED), 0, 0
    for name in sorted({one.a for one in pairs}):
        brand = parse(name).brand
        places = [at for at, char in enumerate(brand) if alike.get(char)]
        if not places:
            continue
        at = draw.choice(places)
        slip = brand[:at] + draw.choice(sorted(alike[brand[at]])) + brand[at + 1 :]
        found += compare(name, name.replace(brand, slip, 1)).verdict in RIGHT["same"]
        all_of += 1
    print(f"slips by shape of another list: {found} of {all_of} found")


# -- the peer ----------------------------------------------------------------------------------------------------------------------


def peer(python: str, algorithm: str, halves: dict[str, list[made.Pair]]) -> None:
    """nomenklatura on the same pairs, its threshold fitted on the same training half."""
    got = {half: _peer_scores(python, algorithm, [(one.a, one.b) for one in some]) for half, some in halves.items()}
    if not all(got.values()):
        print(f"nomenklatura {algorithm}: could not be run")
        return
    labels = {half: [one.label != "different" for one in some] for half, some in halves.items()}
    limits = sorted(set(got["train"]["scores"]))
    best = max(limits, key=lambda limit: f1(labels["train"], [score >= limit for score in got["train"]["scores"]])[0])
    whole, precision, recall = f1(labels["test"], [score >= best for score in got["test"]["scores"]])
    begin = time.process_time()
    for one in halves["test"]:
        parse.cache_clear()
        compare(one.a, one.b)
    ours, theirs = time.process_time() - begin, got["test"]["seconds"]
    print(
        f"nomenklatura {algorithm}: threshold {best:.3f}, F1 {whole:.4f} (precision {precision:.4f}, recall {recall:.4f}), "
        f"{len(labels['test']) / theirs:,.0f} pairs/s, {got['test']['memory_mb']:.0f} MB; "
        f"ours without any cache of names takes {ours / theirs:.2f} of its time"
    )


def _peer_scores(python: str, algorithm: str, names: list[tuple[str, str]]) -> dict:
    lines = "\n".join(json.dumps(pair, ensure_ascii=False) for pair in names)
    done = subprocess.run([python, str(HERE / "peer.py"), algorithm], input=lines, capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stderr[-500:])
        return {}
    return json.loads(done.stdout)


# -- a register --------------------------------------------------------------------------------------------------------------------


def look_ups(size: int, queries: int = 4000) -> None:
    """Look-ups with reasons over a register of random firms, one thread; brands repeat as they do in life."""
    draw = random.Random(made.SEED)
    names = [_firm(draw).name for _ in range(size)]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    _timed(lambda: Index(names[:1000]))
    seconds, index = _timed(lambda: Index(names))
    print(f"register: {size} names, built in {seconds:.1f} s of processor, {index.bytes / 1e6:.0f} MB of columns")
    asked = [_asked(draw, names) for _ in range(queries)]
    index.find(asked[0][1])
    parse.cache_clear()
    seconds, found = _timed(lambda: [index.find(text) for _name, text in asked])
    again = sum(any(one.name.text == characters.normal(name) for one in some) for (name, _text), some in zip(asked, found, strict=True))
    first = sum(bool(some) and some[0].name.text == characters.normal(name) for (name, _text), some in zip(asked, found, strict=True))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"look-ups: {queries / seconds:,.0f} a second of processor time on one core, with reasons; "
        f"the name among the five best {again / queries:.4f}, first {first / queries:.4f}; "
        f"peak {peak:.0f} MB (before the index {before:.0f} MB, the list of names included)"
    )


def _firm(draw: random.Random) -> made.Firm:
    brand = "".join(draw.sample(made.CHARS, draw.choice([2, 2, 2, 2, 3, 3, 4])))
    return made.Firm(*draw.choice(made.PLACES), brand, *draw.choice(made.TRADES))


def _asked(draw: random.Random, names: list[str]) -> tuple[str, str]:
    """A name of the register and how somebody writes it: as it is, the place short, the form in full, or one slip by sound in the brand."""
    name = draw.choice(names)
    brand = parse(name).brand
    ways: list[Callable[[], str]] = [
        lambda: name,
        lambda: name.replace("市", "", 1),
        lambda: name.replace("有限公司", "有限责任公司"),
        lambda: name.replace(brand, made._by_sound(draw, brand) or brand, 1),
    ]
    return name, draw.choice(ways)()


def _timed(work: Callable):
    begin = time.process_time()
    done = work()
    return time.process_time() - begin, done


if __name__ == "__main__":
    scoring()
    main()
