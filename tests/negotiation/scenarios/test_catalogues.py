"""Figures that are shipped: each says where it is from, and a blank is unknown."""

from __future__ import annotations

import math
from datetime import date

import pytest

from negotiation.scenarios import catalogues

PLACEMENT = catalogues.load("gcp_placement")
COLUMNS = [(table, column) for table, entry in PLACEMENT.tables.items() for column in entry.columns]


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_every_column_has_source_licence_and_date(table: str, column: str) -> None:
    source = PLACEMENT.source_of(table, column)

    assert source.url.startswith("https://")
    assert source.licence in {"Apache-2.0", "facts, no licence needed"}
    assert date(2020, 1, 1) < date.fromisoformat(source.date) <= date(2026, 12, 31)
    assert PLACEMENT.tables[table].columns[column].label


def test_every_measured_column_has_a_unit() -> None:
    for table, column in COLUMNS:
        entry = PLACEMENT.tables[table].columns[column]
        assert entry.kind == "text" or entry.unit, f"{table}.{column}"


def test_the_notice_names_the_licence() -> None:
    described = (catalogues.FOLDER / "gcp_placement" / "catalogue.json").read_text(encoding="utf-8")

    assert "Apache License, Version 2.0" in described


def test_known_figures_are_the_sources() -> None:
    prices, regions = PLACEMENT.tables["prices"], PLACEMENT.tables["regions"]

    assert prices.cell(("europe-west3", "t2d-standard-8"), "on_demand_usd_h") == 0.435416
    # 146.8... months of 730 hours: 200.0492 USD a month, committed for a year.
    assert prices.cell(("europe-west3", "t2d-standard-8"), "one_year_usd_h") == pytest.approx(
        200.0492 / 730, abs=1e-6
    )
    assert regions.cell(("europe-north1",), "grid_gco2_kwh") == 39.32
    assert regions.cell(("europe-north2",), "iso3") == "SWE"


def test_n2_is_compared_without_its_hidden_discount() -> None:
    """The source's monthly price of N2 in Frankfurt is 292.36, 80 % of 730 hours."""
    hourly = PLACEMENT.tables["prices"].cell(("europe-west3", "n2-standard-8"), "on_demand_usd_h")

    assert float(hourly) * 730 == pytest.approx(365.36, abs=0.01)


@pytest.mark.parametrize(
    ("table", "key", "column"),
    [
        ("machine_types", ("c4-standard-8",), "coremark"),
        ("machine_types", ("n4-standard-8",), "idle_watts_vcpu"),
        ("regions", ("europe-west9",), "rtt_frankfurt_ms"),
        ("prices", ("europe-west4", "t2a-standard-8"), "one_year_usd_h"),
        ("prices", ("europe-north2", "t2d-standard-8"), "on_demand_usd_h"),
        ("regions", ("moon-base1",), "grid_gco2_kwh"),
    ],
)
def test_a_blank_or_missing_figure_is_unknown(
    table: str, key: tuple[str, ...], column: str
) -> None:
    assert math.isnan(float(PLACEMENT.tables[table].cell(key, column)))


def test_no_figure_is_zero() -> None:
    """Nothing here is free, idle or next door: a zero would be a blank in disguise."""
    for table in PLACEMENT.tables.values():
        for key, row in table.rows.items():
            assert 0.0 not in row.values(), key


def test_a_missing_text_is_unknown() -> None:
    assert PLACEMENT.tables["regions"].cell(("moon-base1",), "iso3") == ""


def test_an_unknown_catalogue_is_a_fact() -> None:
    with pytest.raises(catalogues.UnknownCatalogue, match="There is no catalogue 'moon'"):
        catalogues.load("moon")
