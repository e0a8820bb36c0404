"""What the model is worth: validation, hindcast, forecasts and their scores, calibration."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.places import make_room_for_file
from sim.cli.shared import AsCsv, AsJson, Jobs, Seed, Uncertain, Uncertainty, Worlds, progress_bar, tell
from sim.errors import BrinkError
from sim.words import say


def validate(out: Annotated[Path | None, typer.Option(help="Directory for the report; else validation.")] = None,
             worlds: Worlds = 4096, seed: Seed = 1, jobs: Jobs = 2, as_csv: AsCsv = False, as_json: AsJson = False) -> None:
    """Compare the model with what is known; exit code 1 if a check fails."""
    from sim.ensemble.files import make_folder
    from sim.report.html.validation import write
    from sim.report.text.validation import show
    from sim.validation.experiments_runner import Laboratory
    from sim.validation.validate import validate as check_all

    laboratory = Laboratory(worlds, seed)
    place = None if (as_json or as_csv) and out is None else make_folder(out or Path("validation"))
    with progress_bar(1) as progress:
        results = check_all(laboratory, jobs=jobs, done=progress)
    if place is not None:
        write(results, laboratory, place)
    rows = [result.as_dict() for result in results]
    tell(lambda: rows, as_json, lambda: show(results, laboratory, place),
         [{"check": row["id"], **reading} for row in rows for reading in row["readings"]] if as_csv else None)
    if not all(result.finding.passed for result in results):
        raise typer.Exit(1)


def hindcast(scenario: Annotated[str, typer.Argument(help="A scenario that begins on 30 December 2025, or june_2025.")]
             = "baseline", worlds: Worlds = 4096, seed: Seed = 1, uncertainty: Uncertain = Uncertainty.none, jobs: Jobs = 1,
             as_csv: AsCsv = False, as_json: AsJson = False) -> None:
    """Score the dated targets to 11 February 2026 against base rates; of june_2025, compare the war with the real one."""
    from sim.ensemble.files import plain
    from sim.report.text import validation as display
    from sim.validation import hindcast, june_2025

    if scenario == "june_2025":
        replay = june_2025.june_2025(worlds, seed)
        tell(lambda: plain(asdict(replay)), as_json, lambda: display.show_replay(replay),
             asdict(replay)["lines"] if as_csv else None)
        return
    result = hindcast.hindcast(scenario, worlds, seed, jobs, uncertainty.value)
    tell(result.as_dict, as_json, lambda: display.show_hindcast(result), result.as_dict()["targets"] if as_csv else None)


def forecast(out: Annotated[Path, typer.Option(help="The forecast file; it must not exist yet.")],
             start: Annotated[str, typer.Option("--from", metavar="DATE", help="The day on which the documents end.")]
             = "2026-02-11", worlds: Worlds = 8192, seed: Seed = 1, as_csv: AsCsv = False, as_json: AsJson = False) -> None:
    """Write a frozen forecast: probabilities of dated questions, from worlds that agree with the reports."""
    from sim.scenario.interventions import parsed_date

    day = parsed_date(start)
    from sim.report.text import validation as display
    from sim.validation import forecast as forecasting

    forecasting.check_free(out)
    make_room_for_file(out)
    made = forecasting.forecast(day, worlds, seed)
    forecasting.write(made, out)
    rows = [{"id": one["id"], "says": one["says"], **by} for one in made["questions"] for by in one["deadlines"]]
    tell(lambda: made, as_json, lambda: display.show_forecast(made, str(out)), rows if as_csv else None)


def score(forecast: Annotated[Path, typer.Argument(help="A file that brink forecast wrote.")],
          resolutions: Annotated[Path, typer.Argument(help="A YAML file: what happened, and when somebody looked.")],
          out: Annotated[Path | None, typer.Option(help="The calibration picture; else beside the resolutions.")] = None,
          as_csv: AsCsv = False, as_json: AsJson = False) -> None:
    """Score a frozen forecast by what happened, and draw how well it was calibrated.

    \b
    The resolutions say how questions stand, a line each:
      round_two: {happened: 2026-05-04, as_of: 2026-05-06, note: a strike}
      deal: {happened: null, as_of: 2026-05-06}
      hamas_disarms: annulled

    happened: the day on which it came, or null if it had not by as_of, the day on which somebody looked. A note is free
    text. Questions that nobody has looked at are left out; one that can no longer be answered is annulled: it is not scored.
    """
    from sim.report.text import validation as display
    from sim.validation import scoring

    content = scoring.read_forecast(forecast)
    scored = scoring.score(content, scoring.read_resolutions(resolutions, content))
    if not scored.pairs:
        annulled = all(row.annulled for row in scored.rows)
        raise BrinkError(f"{resolutions}: " + ("all that it names is annulled, and there is nothing to score" if annulled else
                                               "settles no deadline of the forecast yet"))
    from sim.ensemble.files import check_writable
    from sim.report.figures import look
    from sim.report.figures.validation import calibration

    place = (out or resolutions.with_name(f"{resolutions.stem}-calibration.png")).with_suffix(".png")
    check_writable(place)
    about = f"Forecast of {content['from']} by brink {content['version']}, model {content['model']}."
    look.write(calibration(scored.pairs, about), place, about)
    tell(lambda: {**scored.as_dict(), "picture": str(place)}, as_json, lambda: display.show_scored(scored, str(place)),
         scored.as_dict()["questions"] if as_csv else None)


def calibrate(seed: Seed = 1, waves: Annotated[int, typer.Option(min=1, max=9, help="Rounds of exclusion.")] = 3,
              jobs: Jobs = 2,
              out: Annotated[Path | None, typer.Option(help="Directory for calibration.json and calibration.md.")] = None,
              quick: Annotated[bool, typer.Option(help="So small that it only shows that all works.")] = False,
              as_json: AsJson = False) -> None:
    """Rule out parameter values that cannot give the target figures, and say what is left; takes some minutes."""
    from sim.ensemble.files import make_folder
    from sim.report.html import calibration as calibration_page
    from sim.validation.calibrate import QUICK, Effort
    from sim.validation.calibrate import calibrate as match

    if out is not None:
        make_folder(out)
    result = match(seed, waves, jobs, QUICK if quick else Effort(), lambda line: say(f"brink: {line}", err=True))
    written = calibration_page.write(result, out) if out is not None else []
    tell(lambda: result, as_json, lambda: say("\n".join(map(str, written)) or calibration_page.page(result)))
