"""Generate cities, import them through the product's ordinary intake, run its detectors, and score what they say.

    python bench/city/run.py [--size M] [--seeds 5] [--prevalence 0.05] [--levels 0 1 2 3 4] [--types F1 F2 F6 …] [--detectors …]

Each seed gives a city with fraud and one without. Every city is imported into a fresh data directory in a process of its own. Prints the
score table with trivial baselines, the false alarms by look-alike class, and the speeds; `--json FILE` keeps them, `--figures`
renews what the model page shows of the detectors that look for the planted types. `--calibration` only
prints how near the honest layer comes to the published quantiles.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from datetime import date
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(ROOT)]

import answers  # noqa: E402
import baselines  # noqa: E402
import score  # noqa: E402
import yaml  # noqa: E402

from chengxin import city  # noqa: E402
from chengxin.city import calibration  # noqa: E402


def main() -> int:
    given = _arguments()
    if given.one:
        _one(json.loads(given.one))
        return 0
    if given.calibration:
        return _calibration(given)
    planted, honest, speeds = [], [], []
    for seed in range(given.first_seed, given.first_seed + given.seeds):
        for prevalence in (given.prevalence, 0.0):
            made = _in_a_process(given, seed, prevalence)
            speeds.append(made["speed"])
            truth = _answers(made["answers"])
            clues = [_clue(one) for one in made["clues"]]
            if prevalence:
                planted.append((truth, clues, {name: _ints(ranks) for name, ranks in made["baselines"].items()}))
            else:
                honest.append(score.alarms(truth, clues))
    _show(given, planted, honest, speeds)
    if given.figures:
        _keep_figures(given, planted)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", default="M", choices=list(city.SIZES))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--prevalence", type=float, default=0.05)
    parser.add_argument("--levels", type=int, nargs="*", default=[0, 1, 2, 3, 4])
    parser.add_argument("--types", nargs="*", default=["F1", "F2", "F6", "F5"])
    parser.add_argument("--detectors", nargs="*", default=[], help="all when none is named")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--figures", action="store_true")
    parser.add_argument("--calibration", action="store_true")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    return parser.parse_args()


def _calibration(given: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        made = city.write(folder, given.size, seed=given.first_seed, prevalence=0.0)
        seconds = time.monotonic() - began
        rows = sum(made.rows.values())
        print(f"{rows:,} events in {seconds:.1f} s ({rows / seconds:,.0f} a second): {made.rows}\n")
        figures = calibration.measure(Path(folder))
        print(calibration.table(figures))
        return 0 if all(one.holds for one in figures) else 1


def _in_a_process(given: argparse.Namespace, seed: int, prevalence: float) -> dict:
    """One city generated, imported, searched and told, in a fresh process with a fresh data directory."""
    with tempfile.TemporaryDirectory() as folder:
        wanted = {"folder": folder, "size": given.size, "seed": seed, "prevalence": prevalence}
        wanted |= {"levels": given.levels, "types": given.types, "detectors": given.detectors}
        environment = {
            **os.environ,
            "CHENGXIN_DATA": f"{folder}/data",
            "CHENGXIN_DEMO": "true",
            "DJANGO_SETTINGS_MODULE": "chengxin.settings",
        }
        print(f"seed {seed}, prevalence {prevalence:g} …", file=sys.stderr, flush=True)
        subprocess.run([sys.executable, __file__, "--one", json.dumps(wanted)], check=True, env=environment)
        return json.loads(Path(folder, "told.json").read_text())


def _one(wanted: dict) -> None:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    folder = Path(wanted["folder"])
    clock = time.monotonic
    speed = {"began": clock()}
    recipe = city.Recipe.of(
        wanted["size"], seed=wanted["seed"], prevalence=wanted["prevalence"], levels=tuple(wanted["levels"]), types=tuple(wanted["types"])
    )
    made = city.write(folder / "city", recipe=recipe)
    speed["written"] = clock()
    refused = _import(made)
    speed["imported"] = clock()
    clues = _detect(wanted["detectors"])
    speed["searched"] = clock()
    truth = answers.load(made.folder, _tokens)
    told = {
        "clues": clues,
        "answers": _plain(truth),
        "baselines": baselines.rankings(made.folder, _tokens),
        "speed": _speed(speed, made, refused),
    }
    Path(folder, "told.json").write_text(json.dumps(told))


def _import(made: city.City) -> dict[str, int]:
    """Send every report through the ordinary intake; returns why rows were set aside (nothing should be)."""
    from chengxin.facts import sources
    from chengxin.facts.actions import accept_batch
    from chengxin.subjects.actions import register_platform

    names = {path.parts[-2] for path in made.batches}
    platforms = {name: register_platform(name, name, "system:bench") for name in sorted(names)}
    refused: dict[str, int] = {}
    for path in made.batches:
        receipt = accept_batch(platforms[path.parts[-2]], path.stem, path, "parquet", "system:bench", limits=sources.COMMAND)
        for reason, rows in receipt.reasons.items():
            refused[f"{path.stem} {reason}"] = refused.get(f"{path.stem} {reason}", 0) + rows
    return refused


def _detect(names: list[str]) -> list[dict]:
    from chengxin.detection.actions import run, window_of

    done = run(names, window_of(), "system:bench")
    return [
        {
            "detector": one.detector,
            "behaviour": one.behaviour,
            "shops": [*one.shops, *_outlets(one.picture)],
            "accounts": one.accounts,
            "score": one.score,
        }
        for one in done.found.all()
    ]


def _outlets(picture: dict) -> list[int]:
    return _tokens("outlet", [about["name"] for about in picture.get("about", [])])


def _tokens(domain: str, values: list[str]) -> list[int]:
    from chengxin.kernel.encryption import keyed_tokens

    return [int(token) for token in keyed_tokens(domain, values)]


def _plain(truth: answers.Answers) -> dict:
    return json.loads(json.dumps(asdict(truth), default=sorted))


def _answers(plain: dict) -> answers.Answers:
    campaigns = tuple(
        answers.Campaign(**{**one, "also": tuple(one["also"]), "shops": frozenset(one["shops"]), "accounts": frozenset(one["accounts"])})
        for one in plain["campaigns"]
    )
    lookalikes = tuple(answers.LookAlike(one["type"], frozenset(one["shops"]), frozenset(one["accounts"])) for one in plain["lookalikes"])
    return answers.Answers(plain["name"], frozenset(plain["shops"]), plain["days"], campaigns, lookalikes)


def _clue(one: dict) -> answers.Clue:
    shops, accounts = (frozenset(int(token) for token in one[name]) for name in ("shops", "accounts"))
    return answers.Clue(one["detector"], one["behaviour"], shops, accounts, float(one["score"]))


def _ints(ranks: dict[str, float]) -> dict[int, float]:
    return {int(token): value for token, value in ranks.items()}


def _speed(at: dict[str, float], made: city.City, refused: dict[str, int]) -> dict:
    rows = sum(made.rows.values())
    return {
        "city": f"seed {made.recipe.seed}, prevalence {made.recipe.prevalence:g}",
        "rows": rows,
        "refused": refused,
        "generate_s": round(at["written"] - at["began"], 2),
        "import_s": round(at["imported"] - at["written"], 2),
        "detect_s": round(at["searched"] - at["imported"], 2),
    }


def _keep_figures(given: argparse.Namespace, planted: list) -> None:
    """Renew the entries of chengxin/detection/learning/figures.yaml whose detectors were run and whose type was planted."""
    from chengxin import detectors

    path = ROOT / "chengxin/detection/learning/figures.yaml"
    text = path.read_text(encoding="utf-8")
    head = "".join(line for line in text.splitlines(keepends=True) if line.startswith("#"))
    known = yaml.safe_load(text)
    by_behaviour = {score.BEHAVIOURS[type_]: levels for type_, levels in score.figures(planted).items()}
    last = given.first_seed + given.seeds - 1
    about = {"date": date.today(), "size": given.size, "seeds": f"{given.first_seed}-{last}", "prevalence": given.prevalence}
    for name in given.detectors or detectors.names():
        if levels := by_behaviour.get(detectors.load(name).behaviour):
            known[name] = {**about, "levels": levels}
    path.write_text(head + yaml.safe_dump(known, allow_unicode=True, sort_keys=True, width=200), encoding="utf-8")


def _show(given: argparse.Namespace, planted: list, honest: list, speeds: list) -> None:
    head = f"City {given.size}, {given.seeds} seed(s), prevalence {given.prevalence:g}"
    told = "\n\n".join([head, score.table(planted), score.mistakes(planted), score.alarm_table(honest), ""])
    print(told)
    for one in speeds:
        print(one)
    if given.json:
        given.json.write_text(
            json.dumps({"table": told, "speeds": speeds, "alarms": honest}, ensure_ascii=False, indent=1), encoding="utf-8"
        )


if __name__ == "__main__":
    sys.exit(main())
