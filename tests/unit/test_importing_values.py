"""Single values: dates, amounts, places, texts."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from folkmoot_node.importing.countries import country_code
from folkmoot_node.importing.dates import closing_ms, day_number, iso_date
from folkmoot_node.importing.fields import read_uri, split_words
from folkmoot_node.importing.money import Amounts, currency_code, minor_units, read_amounts
from folkmoot_node.importing.places import read_written_place
from folkmoot_node.importing.report import ENTRIES_MAX, Report
from folkmoot_node.importing.text import clip, line, paragraph


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("2014", "2014"),
        ("2014-06", "2014-06"),
        ("2014-06-29", "2014-06-29"),
        ("2014-6-9", "2014-06-09"),
        ("2014/06", "2014-06"),
        ("20140629", "2014-06-29"),
        ("06/2014", "2014-06"),
        ("29/06/2014", "2014-06-29"),
        ("06/29/2014", "2014-06-29"),
        ("05/06/2014", "2014"),
        ("June 2014", "2014-06"),
        ("Jun. 2014", "2014-06"),
        ("29 June 2014", "2014-06-29"),
        ("June 29, 2014", "2014-06-29"),
        ("juin 2014", "2014-06"),
        ("2014年6月", "2014-06"),
        ("2014-06-29T10:00:00+02:00", "2014-06-29"),
        ("2014-06-29T10:00:00.000Z", "2014-06-29"),
        ("2014-02-30", "2014-02"),
        ("2014-00-00", "2014"),
        ("2014-13", None),
        ("0001-01-01", None),
        ("soon", None),
        ("", None),
    ],
)
def test_a_date_is_cut_to_what_is_known(written: str, iso: str | None) -> None:
    assert iso_date(written) == iso


def test_only_a_whole_date_has_a_day_number() -> None:
    assert day_number("1970-01-02") == 1
    assert day_number("1970-01") is None


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2030-05-01", datetime(2030, 5, 1, 23, 59, 59, 999_000, UTC)),
        ("2030-02", datetime(2030, 2, 28, 23, 59, 59, 999_000, UTC)),
        ("2030-12", datetime(2030, 12, 31, 23, 59, 59, 999_000, UTC)),
        ("2030-05-01T17:00:00-04:00", datetime(2030, 5, 1, 21, tzinfo=UTC)),
        ("2030-05-01 17:00", datetime(2030, 5, 1, 17, tzinfo=UTC)),
        ("2030-05-01T17:00:00.250Z", datetime(2030, 5, 1, 17, 0, 0, 250_000, UTC)),
        ("2030-05-01T24:00:00", datetime(2030, 5, 1, 23, 59, 59, 999_000, UTC)),
        ("2030-05-01T10:00:00+99:99", datetime(2030, 5, 1, 10, tzinfo=UTC)),
    ],
)
def test_a_closing_date_lasts_to_its_end_in_utc(written: str, moment: datetime) -> None:
    closes = closing_ms(written)
    assert closes is not None
    assert closes == round(moment.timestamp() * 1000)


@pytest.mark.parametrize("written", ["2030", "05/06/2030", "when filled"])
def test_a_vague_closing_date_is_none(written: str) -> None:
    assert closing_ms(written) is None


@pytest.mark.parametrize(
    ("loose", "least", "most", "currency", "model"),
    [
        (50000, "50000", "50000", None, None),
        (12.5, "12.5", "12.5", None, None),
        ("50000-60000", "50000", "60000", None, None),
        ("$50,000 - $60,000 per year", "50000", "60000", None, "year"),
        ("£25/hr", "25", "25", "GBP", "hour"),
        ("20k-30k EUR", "20000", "30000", "EUR", None),
        ("20-30k EUR", "20000", "30000", "EUR", None),
        ("45.000 € pro Jahr", "45000", "45000", "EUR", "year"),
        ("1.234,50 €", "1234.50", "1234.50", "EUR", None),
        ("US$ 1,234.50 monthly", "1234.50", "1234.50", "USD", "month"),
        ("CHF 120 000", "120000", "120000", "CHF", None),
        ("up to 900 EUR per day", None, "900", "EUR", "day"),
        ("from 900 EUR per day", "900", None, "EUR", "day"),
        ("competitive", None, None, None, None),
        (True, None, None, None, None),
        (0, None, None, None, None),
        ({"currency": "EUR", "value": {"minValue": "10", "unitText": "HOUR"}}, "10", None, "EUR", "hour"),
        ({"currency": "eur", "value": 10, "unitText": "DAY"}, "10", "10", "EUR", "day"),
        ({"value": {"value": "20.5", "unitCode": "HUR", "currency": "SEK"}}, "20.5", "20.5", "SEK", "hour"),
        ({"price": "99", "priceCurrency": "USD"}, "99", "99", "USD", None),
        ([None, {"value": 7}], "7", "7", None, None),
    ],
)
def test_an_amount_is_read_however_it_is_written(
    loose: object, least: str | None, most: str | None, currency: str | None, model: str | None
) -> None:
    low, high = (None if part is None else Decimal(part) for part in (least, most))
    assert read_amounts(loose) == Amounts(low, high, currency, model)


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("12.50", "EUR", 1250),
        ("285000", "JPY", 285000),
        ("1.5", "KWD", 1500),
        ("1", "CLF", 10000),
        ("0.005", "EUR", 1),
        ("0.001", "EUR", None),
        ("90071992547409.92", "EUR", None),
    ],
)
def test_minor_units_follow_the_currency(amount: str, currency: str, minor: int | None) -> None:
    assert minor_units(Decimal(amount), currency) == minor


def test_a_bare_dollar_names_no_currency() -> None:
    assert currency_code("$") is None
    assert currency_code("C$ 20") == "CAD"
    assert currency_code("all included") is None


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("de", "DE"),
        ("USA", "US"),
        ("U.S.", "US"),
        ("United  States", "US"),
        ("Deutschland", "DE"),
        ("Côte d'Ivoire", "CI"),
        ("Bonaire, Sint Eustatius and Saba", "BQ"),
        ("Worldwide", None),
        ("ZZ", None),
    ],
)
def test_a_country_is_known_by_code_or_name(written: str, code: str | None) -> None:
    assert country_code(written) == code


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ("Lyon, Rhône, France", {"city": "Lyon", "region": "Rhône", "country": "FR"}),
        ("Nakano, Tokyo Metropolis", {"city": "Nakano", "region": "Tokyo Metropolis"}),
        ("Palo Alto, CA", {"city": "Palo Alto", "region": "CA"}),
        ("Berlin, Germany", {"city": "Berlin", "country": "DE"}),
        ("Germany", {"country": "DE"}),
        ("12 Rue X, 75001 Paris, France", {"country": "FR"}),
        ("", {}),
    ],
)
def test_a_place_in_one_line_keeps_no_street(written: str, place: dict[str, str]) -> None:
    assert read_written_place(written, "location", Report()) == place


def test_html_becomes_lines_and_entities_become_characters() -> None:
    html = "<p>One &amp; two</p><ul><li>three<li>four</ul><script>evil()</script><!-- x --><style>p{}</style>"
    assert paragraph(html, "x", 500, Report()) == "One & two\n\n- three\n- four"


def test_html_escaped_twice_loses_its_tags() -> None:
    assert paragraph("&lt;p&gt;one&lt;br&gt;two&lt;/p&gt;", "x", 500, Report()) == "one\ntwo"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>a<![x", "a [x"),
        ("<p>a<!x", "a x"),
        ("<p>a<?x", "a x"),
        ("<p>a</", "a</"),
        ("<p>a&#xffffffff;&#0;", "a\ufffd\ufffd"),
        ("<p>a<!-- b", "a"),
        ("<p>a<script>b", "a"),
    ],
)
def test_broken_html_is_no_reason_to_fail(html: str, text: str) -> None:
    assert paragraph(html, "x", 500, Report()) == text


def test_less_than_and_generics_are_no_html() -> None:
    text = "if a < b and Map<String, T> then x > y"
    assert paragraph(text, "x", 500, Report()) == text


def test_text_loses_what_a_record_may_not_hold() -> None:
    dirty = "a\x00b\u202ec\u2066d\ufdd0e\ud800f\r\ng\u2028h\x85i\U0001ffffj\u200bk"
    assert paragraph(dirty, "x", 500, Report()) == "abcdef\ng\nh\nijk"


def test_an_address_cannot_hide_behind_invisible_characters() -> None:
    report = Report()
    assert line("I am jo\u200b@exam\u00adple.com", "name", 100, report) == "I am [contact left out]"
    assert [entry.what for entry in report.left_out] == ["e-mail address in name"]


def test_a_text_that_is_nothing_but_contact_data_is_left_out_whole() -> None:
    report = Report()
    assert line("jo@example.com, t.me/jo", "name", 100, report) is None
    assert len(report.left_out) == 2


def test_a_long_text_is_cut_at_a_space_and_says_so() -> None:
    report = Report()
    assert line("word " * 100, "headline", 20, report) == "word word word…"
    assert report.notes == ("headline was shortened to 20 characters",)
    assert len(clip("x" * 100, 20)) == 20


def test_labels_are_parted_but_not_inside_brackets() -> None:
    assert split_words("AWS (EC2, S3), Python; SQL\n• C++. ") == ["AWS (EC2, S3)", "Python", "SQL", "C++"]
    assert split_words(["a, b", None, 3, {"name": "c"}]) == ["a", "b", "3", "c"]


@pytest.mark.parametrize(
    ("written", "uri"),
    [
        ("https://x.example/a", "https://x.example/a"),
        ("www.x.example/a", "https://www.x.example/a"),
        ("http://user:secret@x.example", None),
        ("javascript:alert(1)", None),
        ("http://[x", None),
        ("https://x.example/" + "a" * 300, None),
        ("https://www.linkedin.com/in/somebody", None),
        ("", None),
    ],
)
def test_only_a_usable_web_address_is_kept(written: str, uri: str | None) -> None:
    assert read_uri(written, "x", Report()) == uri


def test_a_report_names_each_thing_once_and_is_bounded() -> None:
    report = Report()
    for number in range(ENTRIES_MAX + 3):
        report.note(f"note {number}")
        report.note("note 0")
        report.leave_out(f"thing {number}", "why")
    assert len(report.notes) == len(report.left_out) == ENTRIES_MAX + 1
    assert report.left_out[-1].what == "3 more"
