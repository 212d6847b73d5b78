"""What each signal and stage of a detector is worth: the same cities, searched with one of them switched off at a time.

    python bench/city/ablate.py --detector brushing --seeds 1..3 --size S

Switched off by parameters alone (ablations.yaml, and every entry of the card's `weights` or `signals`). One table, over all levels:
average precision, recall at precision 0.9, campaigns, shops named though nothing was planted in them, and clues in the cities without
fraud. Cities that are finished are kept in the results file and not searched again.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

import run  # noqa: E402

NOTHING = "nothing"


def main() -> int:
    given = _arguments()
    with tempfile.TemporaryDirectory() as data:
        run._prepare(Path(data))
        given.types, given.detectors, given.direct = [",".join(_types(given.detector))], [given.detector], True
        results = list(run.done(run.wanted(given), given.results, work=searched))
        print(table(results, variants(given.detector)))
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--detector", default="brushing")
    parser.add_argument("--seeds", default="1..3")
    parser.add_argument("--size", default="S", choices=["S", "M"])
    parser.add_argument("--levels", type=int, nargs="*", default=[0, 1, 2, 3, 4])
    parser.add_argument("--results", type=Path, default=run.ROOT / "bench/out/ablations.jsonl")
    parser.set_defaults(prevalence=None, cities="apart", look=0)
    return parser.parse_args()


def _types(name: str) -> tuple[str, ...]:
    """The set of cities in which a detector's type is planted."""
    from cells import TOGETHER

    return next(types for types in TOGETHER if type_of(name) in types)


def type_of(name: str) -> str:
    from score import BEHAVIOURS, TYPE_OF

    from chengxin import detectors

    behaviour = detectors.load(name).behaviour
    return TYPE_OF.get(name) or next(type_ for type_, one in BEHAVIOURS.items() if one == behaviour)


def variants(name: str) -> dict[str, dict[str, Any]]:
    """{what is switched off: the parameters that do it}, with nothing first."""
    from chengxin import detectors

    params = detectors.load(name).params
    listed = yaml.safe_load((HERE / "ablations.yaml").read_text(encoding="utf-8")).get(name, {})
    found = {NOTHING: {}, **listed}
    for group in ("weights", "signals"):
        for one in params.get(group, {}):
            found[f"{group}: {one}"] = {group: {**params[group], one: 0}}
    unknown = {key for changed in found.values() for key in changed} - params.keys()
    if unknown:
        raise ValueError(f"{name} has no parameter {', '.join(sorted(unknown))}")
    return found


def searched(cell: Any) -> dict[str, Any]:
    """The clues of every variant in the cell's city."""
    import answers
    import cells

    from chengxin import city
    from chengxin.facts import plain as reports

    (name,), told = cell.names, {}
    with tempfile.TemporaryDirectory() as folder:
        made = city.write(Path(folder, "city"), recipe=cell.recipe())
        reports.make(made.folder / "reports", Path(folder, "lake"))
        truth = answers.plain(answers.load(made.folder, cells.tokens))
        with cells.opened(Path(folder, "lake")) as (lake, window):
            for what, changed in variants(name).items():
                # Without its brakes a detector may name half the city: that is what the table is to show, so it is not stopped.
                free = [replace(one, limits={"shops_share": 1.0, "shops_floor": 10_000}) for one in cell.chosen()]
                found, _ = cells.looked(lake, free, window, {name: changed})
                told[what] = [cells.plain_clue(one) for one in found]
    return {"answers": truth, "clues": told}


def table(results: Sequence[tuple[Any, dict[str, Any]]], known: dict[str, Any]) -> str:
    """One line for each thing that was switched off, and how the average precision moved."""
    import answers
    import score

    (name,) = results[0][0].names
    type_, rows, before = type_of(name), [], None
    for what in known:
        cities = [
            (answers.from_plain(told["answers"]), [answers.clue(one) for one in told["clues"][what]], {"–": {}}) for _, told in results
        ]
        planted = [one for one, (cell, _) in zip(cities, results, strict=True) if cell.prevalence]
        honest = sum(len(clues) for (_, clues, _), (cell, _) in zip(cities, results, strict=True) if not cell.prevalence)
        line = score.lines(planted, type_)[-1]
        before = line.precision.value if before is None else before
        wrong = sum(len(set(score.ranking(clues, score.BEHAVIOURS[type_])) - _planted(city)) for city, clues, _ in planted)
        moved = f"{line.precision.value - before:+.3f}"
        figures = f"{line.precision} | {moved} | {line.recall} | {sum(line.hits)} of {len(line.hits)} | {wrong} | {honest}"
        rows.append(f"| {what} | {figures} |")
    head = "| switched off | AP | moved | recall at precision 0.9 | campaigns found | shops wrongly named | clues without fraud |"
    return "\n".join([f"{name}, {type_}, {len(results)} cities\n", head, "|---|---|--:|---|---|--:|--:|", *rows])


def _planted(city: Any) -> set[int]:
    return {shop for one in city.campaigns for shop in one.shops}


if __name__ == "__main__":
    sys.exit(main())
