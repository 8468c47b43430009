"""Real logs, through their connectors, come out of the batch as the figures that are known of them."""

import csv
import json
from collections import Counter
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest
from egovhub import cli

from services.compute import main

CONNECTORS = Path(__file__).parents[3] / "connectors"


def preview(connector: str, log: Path, facts: Path) -> Path:
    """The facts of a log as `egovhub preview` prints them."""
    with facts.open("w", encoding="utf-8") as file, redirect_stdout(file):
        assert cli.main(["preview", str(CONNECTORS / connector), "--input", str(log)]) == 0
    return facts


@pytest.fixture(scope="module")
def receipt(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return preview(
        "receipt", shared_data / "receipt.csv", tmp_path_factory.mktemp("receipt") / "facts.ndjson"
    )


def rows(capsys: pytest.CaptureFixture[str], facts: Path, *options: str) -> list[dict[str, Any]]:
    assert main(["--facts", str(facts), *options]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def year_of(capsys: pytest.CaptureFixture[str], receipt: Path, as_of: str, year: str) -> dict[str, int]:
    """The buckets of one year over everything."""
    found = rows(capsys, receipt, "--as-of", as_of, "--zone", "Europe/Amsterdam", "--json")
    names = ("indicator", "policy", "view", "unit", "procedure", "period")
    wanted = ("2.1", "national-portal@1", "as-was", "all", "all", year)
    [row] = [row for row in found if tuple(row[name] for name in names) == wanted]
    buckets: dict[str, int] = row["buckets"]
    return buckets


@pytest.mark.parametrize(
    ("as_of", "open_", "overdue"), [("2011-07-01T00:00+02:00", 228, 44), ("2011-12-31T00:00+01:00", 145, 45)]
)
def test_the_receipt_log_has_its_open_cases(
    capsys: pytest.CaptureFixture[str], receipt: Path, as_of: str, open_: int, overdue: int
) -> None:
    buckets = year_of(capsys, receipt, as_of, "2011")
    assert (buckets["in_time"] + buckets["overdue"], buckets["overdue"]) == (open_, overdue)


def test_the_receipt_log_has_its_ends_by_year(capsys: pytest.CaptureFixture[str], receipt: Path) -> None:
    after = "2012-12-31T00:00+01:00"
    years = [year_of(capsys, receipt, after, year) for year in ("2010", "2011", "2012")]
    assert [year["on_time"] for year in years] == [97, 826, 29]
    assert [year["on_time"] + year["late"] for year in years] == [114, 1164, 51]


def test_the_receipt_log_has_its_cases_by_channel(capsys: pytest.CaptureFixture[str], receipt: Path) -> None:
    found = rows(capsys, receipt, "--as-of", "2012-12-31T00:00+01:00", "--cases")
    cases = Counter(row["channel"] for row in found)
    ended = Counter(row["channel"] for row in found if row["ended_at"])
    on_time = Counter(row["channel"] for row in found if row["bucket"] == "on_time")
    assert {channel: (cases[channel], ended[channel], on_time[channel]) for channel in cases} == {
        "ONLINE": (1250, 1148, 835),
        "IN_PERSON": (109, 107, 68),
        "PUBLIC_POST": (53, 52, 35),
        "EMAIL": (21, 21, 13),
        "INTERNAL": (1, 1, 1),
    }
    assert (ended.total(), on_time.total()) == (1329, 952)


def test_every_flag_of_the_boston_log_is_reproduced(
    shared_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = shared_data / "boston311_100.csv"
    facts = preview("boston311", log, tmp_path / "facts.ndjson")
    zone = ("--zone", "America/New_York")
    found = rows(capsys, facts, "--as-of", "2022-06-01T00:00-04:00", *zone, "--cases")
    with log.open(encoding="utf-8", newline="") as file:
        requests = {f"boston311:{row['case_enquiry_id']}": row for row in csv.DictReader(file)}
    assert {case["case_id"] for case in found} == requests.keys()
    assert len(requests) == 100
    for case in found:
        request = requests[case["case_id"]]
        in_time = ("on_time", "in_time") if request["target_dt"] else ("no_deadline",)
        assert case["bucket"] in (in_time if request["ontime"] == "ONTIME" else ("late", "overdue"))
