"""The page on scale says what its figures say, and the law is fitted as it says."""

import pytest
from benchmarks.fit_scale import FIGURES, PAGE, amount, embedded, read, tables
from benchmarks.growth import Stored, fit, foretell, law


def test_the_tables_of_the_page_follow_from_the_figures() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert embedded(page, tables(*read(FIGURES))) == page


def test_a_law_that_holds_exactly_is_found() -> None:
    amounts = [(10.0, 1.0), (20.0, 7.0), (5.0, 400.0)]
    found = fit(amounts, [3 * one + 11 * other for one, other in amounts])
    assert found.coefficients == pytest.approx((3, 11))
    assert found.error == pytest.approx(0, abs=1e-9)


def test_one_coefficient_lies_between_those_of_the_measurements() -> None:
    found = fit([(1.0,), (100.0,)], [2.0, 300.0])
    assert 2 < found.coefficients[0] < 3
    assert found.error > 0.1


def test_spaces_bound_what_a_node_pays_but_for_operations() -> None:
    networks, stores = read(FIGURES)
    found = law(networks, stores)
    some, more = foretell(found, 10**5, hosted=5_000), foretell(found, 10**7, hosted=5_000)
    assert some.gossip_bytes == more.gossip_bytes
    assert some.sync_bytes == more.sync_bytes
    operations, _records = found.disk.coefficients
    assert more.disk_bytes - some.disk_bytes == pytest.approx(operations * (10**7 - 10**5))


def test_the_law_of_what_is_stored_has_a_part_for_identities_and_one_for_records() -> None:
    networks, _stores = read(FIGURES)
    stores = [
        Stored(
            identities=one, records=many, database_bytes=700 * one + 900 * many, first_bytes=300 * one + 510 * many
        )
        for one, many in ((1, 100), (50, 100), (9, 1000))
    ]
    found = law(networks, stores)
    assert found.disk.coefficients == pytest.approx((700, 900))
    assert found.first.coefficients == pytest.approx((300, 510))


def test_bytes_are_written_as_people_read_them() -> None:
    assert [amount(size) for size in (0, 254, 1_234, 56_789, 7e6, 123e9, 5e15)] == [
        *["0 B", "254 B", "1.2 KB", "57 KB"],
        *["7 MB", "123 GB", "5000 TB"],
    ]
