"""Reference data: what is loaded, what is refused, and what makes it another version."""

import shutil
from pathlib import Path

import pytest
from egovhub.errors import ConfigurationError

from services.domain.periods import month_of_label
from services.domain.policy import BUCKETS, Stands
from services.rules import REFERENCE_DIR, Edge, load_rules
from tests.unit.domain.build import at

ZONE = "Asia/Ho_Chi_Minh"
POLICY = (REFERENCE_DIR / "policies.toml").read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The reference data of the release, to be changed."""
    return Path(shutil.copytree(REFERENCE_DIR, tmp_path / "reference"))


def problems(folder: Path, zone: str = ZONE) -> list[str]:
    with pytest.raises(ConfigurationError) as refusal:
        load_rules(zone, folder)
    return refusal.value.problems


def test_the_data_of_the_release_loads() -> None:
    rules = load_rules(ZONE)
    assert rules.policy.label == "national-portal@1"
    assert str(rules.periods.zone) == ZONE
    assert rules.organisations.path("10507@2025-07-01") == ("10507@2025-07-01", "31@2025-07-01", "all")
    assert rules.law.owners.owner("onestop", 2**40) == "onestop"
    assert rules.law.owners.sole_owner("anything") == "anything"
    assert "2.1" in {indicator.DEFINITION.id for indicator in rules.indicators}


def test_the_national_portal_judges_every_bucket_but_orphans() -> None:
    policy = load_rules(ZONE).policy
    assert policy.total == frozenset(BUCKETS) - {"orphan"}
    assert policy.denominator == policy.numerator | {"late", "overdue"}
    assert "no_deadline" not in policy.denominator


def test_the_same_data_and_zone_are_the_same_version_wherever_they_lie(folder: Path) -> None:
    assert load_rules(ZONE, folder).reference == load_rules(ZONE).reference
    assert load_rules(ZONE, folder).code == load_rules(ZONE).code


def test_other_data_or_another_zone_is_another_version(folder: Path) -> None:
    before = load_rules(ZONE, folder).reference
    assert load_rules("Europe/Amsterdam", folder).reference != before
    owners = folder / "owners.toml"
    owners.write_text(owners.read_text(encoding="utf-8") + "\n# a comment\n", encoding="utf-8")
    assert load_rules(ZONE, folder).reference != before


def test_the_files_that_make_another_version_are_named(folder: Path) -> None:
    before = load_rules(ZONE, folder)
    assert before.changed_files(before.reference_files) == []
    assert {"calendar.toml", "imports/catalogue.toml", "zone"} <= set(before.reference_files)
    assert load_rules("Asia/Bangkok", folder).changed_files(before.reference_files) == ["zone"]
    owners = folder / "owners.toml"
    owners.write_text(owners.read_text(encoding="utf-8") + "\n# a comment\n", encoding="utf-8")
    (folder / "imports" / "portal.toml").rename(folder / "imports" / "portal-2026.toml")
    assert load_rules(ZONE, folder).changed_files(before.reference_files) == [
        "imports/portal-2026.toml",
        "imports/portal.toml",
        "owners.toml",
    ]


def test_the_labels_are_in_the_order_of_the_joint_buckets() -> None:
    policies = load_rules(ZONE).law.policies
    tracks = [policy.stands for policy in policies]
    labels = load_rules(ZONE).labels
    assert labels[0] == "national-portal@1"
    assert sorted(labels) == sorted(policy.label for policy in policies)
    assert labels[: tracks.count(Stands.PROCESSING)] == tuple(
        policy.label for policy in policies if policy.stands is Stands.PROCESSING
    )


def test_the_edges_are_those_of_thresholds_and_imports_in_the_zone(folder: Path) -> None:
    (folder / "imports" / "portal-more.toml").write_text(
        'count = [{ unit = "31", period = "2026-11", synchronised = 1, known_to_portal = 2,'
        ' as_of = 2026-12-01T08:00:00+07:00, source = "s", verified = "illustrative" }]'
    )
    edges = load_rules(ZONE, folder).edges
    june_2022, november_2026 = (month_of_label(name) for name in ("2022-06", "2026-11"))
    counted = Edge(at("Tue 2026-12-01 08:00"), november_2026)
    assert list(edges) == sorted(set(edges))
    assert Edge(at("Thu 2022-06-23 00:00"), june_2022) in edges, "the first day of the thresholds"
    assert counted in edges, "the portal counted a month that is over"
    assert counted not in load_rules(ZONE).edges


def test_all_problems_of_all_files_are_told_at_once(folder: Path) -> None:
    (folder / "owners.toml").write_text('[[owner]]\nnamespace = "a"\nowner = "b"\nsource = "c"\n')
    (folder / "organisations.toml").write_text('[[unit]]\ncode = "1"\n')
    (folder / "policies.toml").unlink()
    assert [line.split(":")[0] for line in problems(folder, "Mars")] == [
        "HUB_ZONE",
        "owners.toml",
        "policies.toml",
        *["policies.toml"] * 3,
        "organisations.toml",
    ]


OWNER = '[[owner]]\nnamespace = "a"\nvalid_from = 2020-01-01T00:00:00Z\nowner = "b"\nsource = "law"\n'
UNIT = '[[unit]]\ncode = "1"\nname = "n"\nkind = "ward"\nsource = "law"\n'


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("owners.toml", OWNER.replace("T00:00:00Z", ""), "row 1: valid_from: "),
        ("owners.toml", OWNER.replace("00Z", "00"), "is not an instant with an offset"),
        ("owners.toml", OWNER.replace('"law"', '" "'), "row 1: source: is empty"),
        ("owners.toml", OWNER + OWNER.replace('owner = "b"\n', ""), "row 2: field 'owner' is missing"),
        ("owners.toml", "owner = 1", "has no [[owner]] rows"),
        ("owners.toml", "", "has no [[owner]] rows"),
        ("owners.toml", "[[owner", "is not TOML"),
        ("organisations.toml", UNIT + 'parent = "9"\n', "unit 1: parent 9 is not in the registry"),
        ("organisations.toml", UNIT + UNIT, "unit 1: given twice"),
        ("organisations.toml", UNIT.replace('"1"', '"all"'), "unit all: is the name of the root"),
        ("organisations.toml", UNIT + 'valid_from = "2025"\n', "row 1: valid_from: '2025' is not a date"),
        (
            "policies.toml",
            POLICY.replace('"paused"]', '"waiting"]', 1),
            "unknown bucket 'waiting'; the closed list",
        ),
        ("policies.toml", POLICY.replace('numerator = ["early"', 'numerator = ["orphan"'), "must lie within"),
        (
            "policies.toml",
            POLICY.replace("national-portal", "other"),
            "the first row must be 'national-portal'",
        ),
    ],
)
def test_a_bad_row_is_named_by_file_row_and_field(folder: Path, file: str, text: str, message: str) -> None:
    (folder / file).write_text(text, encoding="utf-8")
    found = problems(folder)
    assert any(line.startswith(f"{file}: ") and message in line for line in found), found


def test_a_file_that_is_not_text_is_named(folder: Path) -> None:
    (folder / "owners.toml").write_bytes(b"\xff\xfe")
    assert problems(folder)[0].startswith("owners.toml: is not TOML")


@pytest.mark.parametrize("zone", ["", "Mars", "/etc/passwd", "../x", "Asia"])
def test_what_is_no_zone_is_refused(zone: str) -> None:
    [line] = problems(REFERENCE_DIR, zone)
    assert line.startswith(f"HUB_ZONE: {zone!r} is not a time zone; use")
