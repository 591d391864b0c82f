"""Finding contact data: what must be found, and what only looks like it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from folkmoot_node.importing import find_contacts

CONTACTS = [
    "mail me at jo@example.com.",
    "jo [at] example [dot] com",
    "jo at example dot com",
    "x@sub.domain.co.uk",
    "(912) 555-4321",
    "+41000000000",
    "(34)-600000000",
    "+58 (400) 000-10-90",
    "+44 20 7946 0958",
    "020 7946 0958",
    "tel 555 0199",
    "Tel.: 030 1234567",
    "06 12 34 56 78",
    "06.12.34.56.78",
    "415-555-2671",
    "415.555.2671",
    "4155552671",
    "9876543210",
    "98765 43210",
    "13812345678",
    "0049 151 1234567",
    "WhatsApp 0151 23456789",
    "phone (mobile) 01512345678",
    "030/1234567",
    "call 555-1234",
    "tel:+4930123456",
    "https://t.me/somebody",
    "wa.me/4915123456",
    "https://www.linkedin.com/in/some-body/",
    "discord.gg/abc",
    "instagram.com/somebody",
    "mailto:x@y.example",
    "telegram: @some_body",
    "Telegram @somebody",
    "Skype: live:somebody",
    "WeChat: somebody_123",
    "signal: @somebody.01",
    "twitter @somebody",
]

OTHERS = [
    "2014-2016",
    "2014 - 2016",
    "2014-06-29",
    "29.06.2014",
    "from 06/2014 - 08/2015",
    "2014 2015 2016",
    "2020/10-2021/09",
    "Q3 2019-Q1 2020",
    "from 2019-01 to 2020-05",
    "version 1.2.3.4",
    "v10.15.7",
    "2.5.0-2.6.1",
    "192.168.100.200",
    "ISBN 978-3-16-148410-0",
    "9783161484100",
    "ISSN 2049-3630",
    "10.1145/3292500.3330701",
    "10.1145/358916",
    "1 234 567 890 altogether",
    "978-3-16-148410-0",
    "arXiv:2301.12345",
    "$50,000-60,000",
    "50000-60000",
    "50 000 000 users",
    "100 000 000 requests",
    "1.000.000 EUR",
    "€ 12 500 000",
    "1234567 rows",
    "grew from 1500 to 150000 followers",
    "1700000000",
    "1920x1080",
    "24/7",
    "300-400-500",
    "52.520008, 13.404954",
    "ISO 9001:2015",
    "EU 2016/679",
    "550e8400-e29b-41d4-a716-446655440000",
    "https://example.com/id/4155552671",
    "https://x.com/name/status/123",
    "npm i @angular/core",
    "use left-pad@1.3.0",
    "@Override on the next line",
    "WhatsApp: integrated the business interface",
    "Signal: processing",
    "Discord: a chat bot",
    "look at docs and meet at work",
]


@pytest.mark.parametrize("text", CONTACTS)
def test_contact_data_is_found_once(text: str) -> None:
    assert len(find_contacts(text)) == 1


@pytest.mark.parametrize("text", OTHERS)
def test_what_only_looks_like_contact_data_is_let_be(text: str) -> None:
    assert find_contacts(text) == []


def test_kinds_and_places_are_named() -> None:
    text = "Write to jo@example.com or ring +44 20 7946 0958, or t.me/somebody."
    found = [(contact.kind, text[contact.start : contact.end]) for contact in find_contacts(text)]
    assert found == [
        ("e-mail address", "jo@example.com"),
        ("telephone number", "+44 20 7946 0958"),
        ("contact link", "t.me/somebody"),
    ]


@settings(deadline=None)  # the machine may be busy
@given(st.text(alphabet=st.sampled_from("a1 .@+-()/:\n[]tel"), max_size=300))
def test_places_are_in_order_and_never_overlap(text: str) -> None:
    ends = 0
    for contact in find_contacts(text):
        assert ends <= contact.start < contact.end <= len(text)
        ends = contact.end
