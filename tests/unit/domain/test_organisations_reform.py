"""The reform of 2025-07-01 in the registry of the release: Hai Duong into Hai Phong, 374 communes into 114."""

import tomllib
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from services.domain.organisations import ALL, COMMUNE_LEVEL, Organisations, Unit
from services.load_organisations import SUCCESSIONS, load
from services.rules import REFERENCE_DIR

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
REFORM = date(2025, 7, 1)
CITY = "31@2025-07-01"


def registry() -> Organisations:
    problems: list[str] = []
    loaded = load(REFERENCE_DIR, problems, ZONE)
    assert problems == []
    return loaded


HAI_PHONG = registry()
OLD = [u for u in HAI_PHONG.units.values() if u.kind in COMMUNE_LEVEL and u.valid_to == REFORM]
NEW = [u for u in HAI_PHONG.units.values() if u.kind in COMMUNE_LEVEL and u.valid_from == REFORM]


def at(text: str) -> int:
    """An instant in Hai Phong."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp()) * 1000


BEFORE, AFTER = at("2025-06-30T23:59:59"), at("2025-07-01T00:00:00")


def same(name: str) -> str:
    """A name without case and without regard to which vowel of a diphthong carries the tone."""
    plain = unicodedata.normalize("NFD", name.casefold())
    tones = "".join(sorted(c for c in plain if c in "\u0300\u0301\u0303\u0309\u0323"))
    return "".join(c for c in plain if c not in tones) + tones


def name_now(unit: str) -> str:
    row = HAI_PHONG.unit(HAI_PHONG.now(unit))
    assert row is not None
    return row.name


def test_374_communes_became_114() -> None:
    assert len(OLD) == 374
    assert Counter(u.kind for u in NEW) == {"commune": 67, "ward": 45, "special_zone": 2}
    assert all(u.valid_to is None for u in NEW)
    assert {HAI_PHONG.path(u.id)[-2] for u in OLD} == {"30", "31"}
    assert Counter(HAI_PHONG.path(u.id)[-2] for u in OLD) == {"31": 167, "30": 207}
    assert {HAI_PHONG.path(u.id) for u in NEW} == {(u.id, CITY, ALL) for u in NEW}


def edges_of_communes() -> Iterator[tuple[str, str, int | None]]:
    departments = {u.code for u in HAI_PHONG.units.values() if u.kind == "department"} | {"30", "31"}
    for row in tomllib.loads((REFERENCE_DIR / SUCCESSIONS).read_text(encoding="utf-8"))["succession"]:
        if row["old"] not in departments:
            yield row["old"], row["new"], row.get("share")


def test_304_units_went_whole_and_71_were_split_of_which_14_gave_land_alone() -> None:
    shares: dict[str, list[int | None]] = defaultdict(list)
    for old, _, share in edges_of_communes():
        shares[old].append(share)
    assert set(shares) == {u.code for u in OLD} | {"318"}
    assert Counter(map(len, shares.values())) == {1: 304, 2: 66, 3: 5}
    split = {old for old, edges in shares.items() if len(edges) > 1}
    land = {old for old in split if shares[old].count(0) == len(shares[old]) - 1}
    assert len(land) == 14
    heirs = {old: HAI_PHONG.successor(HAI_PHONG.unit_at(old, BEFORE)) for old in shares}
    assert {old for old, heir in heirs.items() if heir.startswith("unassigned")} == split - land
    assert {heir for old, heir in heirs.items() if old not in split - land} <= {u.id for u in NEW}
    assert {u.code for u in OLD if HAI_PHONG.is_split(u.id)} == split - land


def test_what_split_communes_left_lies_with_pseudo_units_under_the_new_city() -> None:
    splits = [u.id for u in OLD if HAI_PHONG.is_split(u.id)]
    assert len(splits) == 57
    for unit in splits:
        pseudo = HAI_PHONG.now(unit)
        assert pseudo == f"unassigned successor of {unit}"
        assert HAI_PHONG.path(pseudo) == HAI_PHONG.path_now(unit) == (pseudo, CITY, ALL)
        assert (HAI_PHONG.level(pseudo), HAI_PHONG.jurisdiction(pseudo)) == ("commune", "VN")
        assert HAI_PHONG.starts_at(pseudo) == AFTER
        assert HAI_PHONG.group(pseudo) is None


def test_113_of_the_114_codes_were_another_commune_the_day_before() -> None:
    old = {u.code: u for u in OLD}
    again = [u for u in NEW if u.code in old]
    assert len(again) == 113
    assert {u.code for u in NEW} - old.keys() == {"11948"}
    assert sum((same(u.name), u.kind) != (same(old[u.code].name), old[u.code].kind) for u in again) == 95
    for unit in again:
        assert HAI_PHONG.unit_at(unit.code, BEFORE) == old[unit.code].id
        assert HAI_PHONG.unit_at(unit.code, AFTER) == unit.id == f"{unit.code}@2025-07-01"


def test_seven_new_names_had_been_those_of_units_that_went_elsewhere() -> None:
    heirs = defaultdict(set)
    for old, new, _ in edges_of_communes():
        heirs[old].add(new)
    before = defaultdict(list)
    for unit in OLD:
        before[same(unit.name)].append(unit.code)
    elsewhere = {u.name for u in NEW if any(u.code not in heirs[code] for code in before[same(u.name)])}
    assert elsewhere == {
        "Phường Trần Hưng Đạo",
        "Phường An Dương",
        "Phường Nguyễn Trãi",
        "Xã Quyết Thắng",
        "Xã Hùng Thắng",
        "Xã Vĩnh Hòa",
        "Xã Tân An",
    }


def test_two_units_of_one_name_are_told_apart_by_their_codes() -> None:
    assert [HAI_PHONG.units[unit].name for unit in ("10525", "11512@2025-01-01", "10570@2025-07-01")] == [
        "Phường Trần Hưng Đạo"
    ] * 3
    assert name_now("10525") == "Phường Hải Dương"
    assert name_now("11512@2025-01-01") == "Phường Lưu Kiếm"
    assert HAI_PHONG.unit_at("11512", AFTER) == HAI_PHONG.now("11512@2025-01-01")
    assert name_now("10570") == "unassigned successor of Phường Cộng Hoà"
    assert name_now("11401@2025-01-01") == "Phường An Biên"
    assert name_now("11581@2025-01-01") == "unassigned successor of Phường Lê Lợi"
    assert name_now("11581@2025-07-01") == "Phường An Dương"


def test_land_alone_does_not_split_the_cases_of_a_commune() -> None:
    assert HAI_PHONG.successor("10798@2024-12-01") == "10804@2025-07-01"
    assert not HAI_PHONG.is_split("10798@2024-12-01")


def test_the_city_keeps_its_code_across_the_merger_and_is_another_unit() -> None:
    assert HAI_PHONG.unit_at("31", BEFORE) == "31"
    assert HAI_PHONG.unit_at("31", AFTER) == CITY
    assert HAI_PHONG.unit_at("30", BEFORE) == "30"
    assert HAI_PHONG.unit_at("30", AFTER) == CITY
    assert HAI_PHONG.path_now("31") == HAI_PHONG.path_now("30") == HAI_PHONG.path(CITY) == (CITY, ALL)
    assert [HAI_PHONG.level(unit) for unit in ("31", "30", CITY)] == ["province"] * 3


def test_districts_end_without_a_successor_and_roll_up_through_their_communes() -> None:
    districts = [u.id for u in HAI_PHONG.units.values() if u.kind == "district"]
    assert len(districts) == 27
    one_heir = {"317": "11914@2025-07-01", "318": "11948@2025-07-01"}
    assert {d: HAI_PHONG.successor(d) for d in districts} == {
        d: one_heir.get(d, f"unassigned successor of {d}") for d in districts
    }
    assert {HAI_PHONG.path_now(d)[1:] for d in districts} == {(CITY, ALL)}
    assert HAI_PHONG.path("10507") == ("10507", "288", "30", ALL)


@pytest.mark.parametrize(
    ("code", "days"),
    [
        (
            "x31-tttt",
            {
                "2025-02-28": "x31-tttt",
                "2025-03-01": "x31-khcn-202503@2025-03-01",
                "2025-07-01": "x31-khcn-202507@2025-07-01",
            },
        ),
        (
            "x30-khdt",
            {
                "2025-02-19": "x30-khdt",
                "2025-02-20": "x30-tc-202502@2025-02-20",
                "2025-07-01": "x31-tc-202507@2025-07-01",
            },
        ),
        (
            "10798",
            {
                "2024-11-30": "10798@2024-12-01",
                "2024-12-01": "10798@2024-12-01",
                "2025-07-01": "10804@2025-07-01",
            },
        ),
        (
            "11512",
            {
                "2024-12-31": "11512@2025-01-01",
                "2025-06-30": "11512@2025-01-01",
                "2025-07-01": "11488@2025-07-01",
            },
        ),
        ("x30-kcn", {"2025-06-30": "x30-kcn", "2025-07-01": "x31-kkt"}),
        ("x31-ngv", {"2024-01-01": "x31-ngv", "2026-01-01": "x31-ngv"}),
    ],
)
def test_a_code_follows_the_reorganisations_of_its_unit(code: str, days: dict[str, str]) -> None:
    assert {text: HAI_PHONG.unit_at(code, at(text)) for text in days} == days


def test_the_edges_of_the_registry_are_the_days_of_the_reorganisations() -> None:
    days = ["2024-12-01", "2025-01-01", "2025-02-20", "2025-03-01", "2025-07-01"]
    assert HAI_PHONG.edges_after(0) == tuple(at(text) for text in days)


def test_one_case_in_every_unit_makes_equal_totals_in_both_views() -> None:
    was: Counter[str] = Counter()
    now: Counter[str] = Counter()
    for unit in HAI_PHONG.units:
        was.update(HAI_PHONG.path(unit))
        now.update(HAI_PHONG.path_now(unit))
    assert was[ALL] == now[ALL] == now[CITY] == 579
    assert was["31"] + was["30"] + was[CITY] == 579
    assert not any(HAI_PHONG.ends_at(unit) for unit in now)


def valid_units(start: int, end: int) -> list[Unit]:
    return [u for u in HAI_PHONG.units.values() if HAI_PHONG.valid_in(u.id, start, end)]


def test_today_the_city_ranks_114_communes_and_14_departments() -> None:
    today = valid_units(AFTER, AFTER + 1)
    assert Counter(HAI_PHONG.group(u.id) for u in today) == {
        f"{CITY}/commune": 114,
        f"{CITY}/department": 14,
        None: 1,
    }


def test_the_day_before_communes_were_ranked_within_their_districts() -> None:
    groups = Counter(HAI_PHONG.group(u.id) for u in valid_units(BEFORE, BEFORE + 1))
    assert groups["31/district"] == 15
    assert groups["30/district"] == 12
    assert sum(n for group, n in groups.items() if group and group.endswith("/commune")) == 374
    assert groups["288/commune"] == sum(u.parent == "288" for u in OLD)
