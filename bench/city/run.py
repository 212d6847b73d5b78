"""Generate cities, read them, run the detectors, and score what they say.

    python bench/city/run.py --seeds 1..20 --types all --size S --direct          # every type, each level in cities of its own
    python bench/city/run.py --seeds 1..5 --types F1,F2,F6 --size M               # through the ordinary intake

Each seed gives, for every set of types, cities with fraud and one without. At size S every level of camouflage has a city of its own, for
a hundred shops do not hold all; larger cities hold all levels (`--cities apart|together` says otherwise). `--direct` reads the reports
with the product's own checks into a plain folder; without it every city goes through intake and log into a data directory of its own.
What is finished is kept in the results file and not done again; it is done anew when the code it depends on has changed.
Prints the score table with trivial baselines, shops wrongly named, and false alarms by look-alike class. `--figures` renews what the
model page shows of the detectors that look for the planted types. `--calibration` only prints how near the honest layer comes to the
published quantiles.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(ROOT)]

PREVALENCE = {"S": 0.1}  # a hundred shops at 5 % would hold one shop a type
FORTNIGHT = 14


def main() -> int:
    given = _arguments()
    with tempfile.TemporaryDirectory() as data:
        _prepare(Path(data))
        if given.calibration:
            return _calibration(given)
        import score

        results = list(done(wanted(given), given.results))
        measured = score.measured(_planted(results))
        show(results, measured)
        if given.figures:
            _keep_figures(given, measured)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", default="M", choices=["S", "M", "L", "XL"])
    parser.add_argument("--seeds", default="1..5", help="1..20, or 1,3,7")
    parser.add_argument(
        "--types", nargs="*", default=["all"], help="all (in the sets that cells.TOGETHER names), or those of one set of cities"
    )
    parser.add_argument("--levels", type=int, nargs="*", default=[0, 1, 2, 3, 4])
    parser.add_argument("--prevalence", type=float, help="share of shops that cheat; 0.1 at size S, else 0.05")
    parser.add_argument("--cities", choices=["apart", "together"], help="levels in cities of their own, or all in one")
    parser.add_argument("--detectors", nargs="*", default=[], help="those of the planted types when none is named")
    parser.add_argument("--look", type=int, help="days between the looks by which delays are counted, 0 = none; 14 at size S, else 0")
    parser.add_argument("--direct", action="store_true")
    parser.add_argument("--results", type=Path, default=ROOT / "bench/out/city.jsonl")
    parser.add_argument("--figures", action="store_true")
    parser.add_argument("--calibration", action="store_true")
    return parser.parse_args()


def _prepare(data: Path) -> None:
    """A data directory that holds the bench's key and nothing else."""
    os.environ |= {"CHENGXIN_DATA": str(data / "data"), "CHENGXIN_DEMO": "true", "DJANGO_SETTINGS_MODULE": "chengxin.settings"}
    import cells

    cells.fix_key(data / "data")


def seeds_of(text: str) -> list[int]:
    """The seeds of "1..20" or "1,3,7"; "5" is the seed 5."""
    first, dots, last = text.partition("..")
    return list(range(int(first), int(last) + 1)) if dots else [int(one) for one in text.split(",")]


def wanted(given: argparse.Namespace) -> list[Any]:
    """The cells asked for: seed by seed, so that a run that is stopped leaves whole seeds."""
    from cells import TOGETHER, Cell

    named = tuple(one for text in given.types for one in text.split(","))
    sets = TOGETHER if named == ("all",) else (named,)
    small = given.size == "S"
    apart = small if given.cities is None else given.cities == "apart"
    prevalence = PREVALENCE.get(given.size, 0.05) if given.prevalence is None else given.prevalence
    look = (FORTNIGHT if small else 0) if given.look is None else given.look
    levels = [(level,) for level in given.levels] if apart else [tuple(given.levels)]
    found = []
    for seed in seeds_of(given.seeds):
        for types in sets:
            more = {"size": given.size, "names": tuple(given.detectors), "direct": given.direct}
            found += [Cell(seed, types, one, prevalence=prevalence, look=look if given.direct else 0, **more) for one in levels]
            found.append(Cell(seed, types, tuple(given.levels), prevalence=0.0, **more))
    return found


def work(cell: Any) -> dict[str, Any]:
    """A cell's result, and the seconds of processor time it took in this process."""
    import cells
    import intake

    began = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        told = cells.work(cell, Path(folder)) if cell.direct else intake.work(cell, Path(folder))
    return told | {"seconds": round(time.process_time() - began, 2)}


def done(cells: list[Any], path: Path, work: Callable[[Any], dict[str, Any]] = work) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Each cell and its result, from the results file or else worked out and added to it."""
    from tqdm import tqdm

    known, bar = kept(path), tqdm(cells, unit="city")
    for cell in bar:
        bar.set_description(cell.title())
        told = known.get(cell.key())
        if told is None:
            told = work(cell)
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"cell": cell.key(), **told}) + "\n")
        yield cell, told


def kept(path: Path) -> dict[str, dict[str, Any]]:
    """What the results file holds; a last line that a kill cut short is none."""
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        try:
            told = json.loads(line)
        except json.JSONDecodeError:
            continue
        found[told.pop("cell")] = told
    return found


def _planted(results: list[tuple[Any, dict[str, Any]]]) -> list[Any]:
    import answers

    return [
        (
            answers.from_plain(told["answers"]),
            [answers.clue(one) for one in told["clues"]],
            {name: {int(token): value for token, value in ranks.items()} for name, ranks in told["baselines"].items()},
        )
        for cell, told in results
        if cell.prevalence
    ]


def show(results: list[tuple[Any, dict[str, Any]]], measured: list[Any]) -> None:
    """The tables, and what happened on the way."""
    import answers
    import score

    honest = [
        score.alarms(answers.from_plain(told["answers"]), [answers.clue(one) for one in told["clues"]])
        for cell, told in results
        if not cell.prevalence
    ]
    rows, seconds = (sum(told[name] for _, told in results) for name in ("rows", "seconds"))
    print(f"\n{len(results)} cities, {rows:,} events, {seconds:,.0f} s of processor time in this process\n")
    if measured:
        print(score.table(measured), score.headline(measured), score.mistakes(_planted(results)), sep="\n\n")
    if honest:
        print("\n" + score.alarm_table(honest))
    for cell, told in results:
        if told["stopped"] or told["refused"]:
            print(f"{cell.title()}: stopped {told['stopped']}, set aside {told['refused']}")


def _calibration(given: argparse.Namespace) -> int:
    from chengxin import city
    from chengxin.city import calibration

    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        made = city.write(folder, given.size, seed=seeds_of(given.seeds)[0], prevalence=0.0)
        seconds = time.monotonic() - began
        rows = sum(made.rows.values())
        print(f"{rows:,} events in {seconds:.1f} s ({rows / seconds:,.0f} a second): {made.rows}\n")
        figures = calibration.measure(Path(folder))
        print(calibration.table(figures))
        return 0 if all(one.holds for one in figures) else 1


def _keep_figures(given: argparse.Namespace, measured: list[Any]) -> None:
    """Renew the entries of chengxin/detection/learning/figures.yaml whose detectors were run and whose type was planted."""
    import score
    import yaml

    from chengxin import detectors

    path = ROOT / "chengxin/detection/learning/figures.yaml"
    text = path.read_text(encoding="utf-8")
    head = "".join(line for line in text.splitlines(keepends=True) if line.startswith("#"))
    known = yaml.safe_load(text)
    by_behaviour: dict[str, dict[str, Any]] = {}
    for type_, levels in score.figures(measured).items():
        by_behaviour.setdefault(score.BEHAVIOURS[type_], {})[type_] = levels
    about = {"size": given.size, "seeds": given.seeds.replace("..", "-"), "prevalence": wanted(given)[0].prevalence}
    for name in given.detectors or detectors.names():
        types = by_behaviour.get(detectors.load(name).behaviour, {})
        if mine := types.get(score.TYPE_OF.get(name, next(iter(types), ""))):
            known[name] = {"date": date.today(), **about, "levels": mine}
    path.write_text(head + "".join(_entry(name, known[name]) for name in sorted(known)), encoding="utf-8")


def _entry(name: str, told: dict[str, Any]) -> str:
    """A detector's figures as the file has them: a line for each level."""
    about = [f"  {key}: {value}" for key, value in told.items() if key != "levels"]
    levels = [f"    - {json.dumps(level, ensure_ascii=False)}" for level in told["levels"]]
    return "\n".join([f"{name}:", *about, "  levels:", *levels]) + "\n"


if __name__ == "__main__":
    sys.exit(main())
