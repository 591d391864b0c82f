"""Cases of the suite `text-forms`: ids as people see and mistype them."""

from collections.abc import Sequence

from vectors.craft import ALICE, Case, accepted, refused

from folkmoot.ids import ID_BYTES, IdPrefix, id_to_text

_ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_BECH32 = 1
_BECH32M = 0x2BC830A3


def _polymod(values: Sequence[int]) -> int:
    """Compute the checksum as BIP-350 gives it, apart from the code that is tested."""
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= generator if top >> bit & 1 else 0
    return check


def bech32(prefix: str, fives: Sequence[int], *, constant: int = _BECH32M) -> str:
    """Write any groups of five bits under any prefix, with a checksum that fits."""
    expanded = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]
    polymod = _polymod([*expanded, *fives, *[0] * 6]) ^ constant
    checksum = [polymod >> 5 * (5 - place) & 31 for place in range(6)]
    return prefix + "1" + "".join(_ALPHABET[five] for five in (*fives, *checksum))


def _fives(value: bytes) -> list[int]:
    bits = "".join(f"{byte:08b}" for byte in value)
    bits += "0" * (-len(bits) % 5)
    return [int(bits[at : at + 5], 2) for at in range(0, len(bits), 5)]


def cases() -> list[Case]:
    """Return every case of the suite."""
    alice = bech32("folk", _fives(ALICE.id))
    ones = _fives(b"\xff" * ID_BYTES)
    return [
        *(_valid(prefix, ALICE.id) for prefix in IdPrefix),
        accepted("all-zero", text=bech32("rec", _fives(bytes(ID_BYTES))), prefix="rec", id=bytes(ID_BYTES).hex()),
        accepted("all-one", text=bech32("doc", ones), prefix="doc", id=(b"\xff" * ID_BYTES).hex()),
        accepted("upper-case", text=alice.upper(), prefix="folk", id=ALICE.id.hex()),
        accepted("expected-among-two", text=alice, expected=["rec", "folk"], prefix="folk", id=ALICE.id.hex()),
        refused("empty", "IDS-1", text=""),
        refused("ninety-one-characters", "IDS-1", text=bech32("folk", [0] * 80), why="Its checksum fits."),
        refused("no-separator", "IDS-1", text=alice.replace("1", "", 1)),
        refused("mixed-case", "IDS-1", text=alice[:-1] + alice[-1].upper()),
        refused("prefix-in-capitals-only", "IDS-1", text="FOLK" + alice[4:]),
        refused("prefix-unknown", "IDS-1", text=bech32("npub", _fives(ALICE.id)), why="Its checksum fits."),
        refused("prefix-empty", "IDS-1", text=alice[4:]),
        refused("character-outside-the-alphabet", "IDS-1", text=alice[:-1] + "b"),
        refused("space-before", "IDS-1", text=" " + alice),
        refused("line-feed-after", "IDS-1", text=alice + "\n"),
        refused(
            "kelvin-sign-for-k",
            "IDS-1",
            text=alice.upper().replace("K", "\u212a"),
            why="Its lower case is an ASCII k: fold only after looking at the characters.",
        ),
        refused("character-mistyped", "IDS-2", text=alice[:-1] + ("q" if alice[-1] != "q" else "p")),
        refused("two-characters-swapped", "IDS-2", text=alice[:8] + alice[9] + alice[8] + alice[10:]),
        refused("character-left-out", "IDS-2", text=alice[:20] + alice[21:]),
        refused("prefix-of-another-thing", "IDS-2", text="rec" + alice[4:]),
        refused(
            "checksum-of-bech32", "IDS-2", text=bech32("folk", _fives(ALICE.id), constant=_BECH32), why="BIP-173."
        ),
        refused("thirty-one-bytes", "IDS-3", text=bech32("folk", _fives(ALICE.id[:-1]))),
        refused("thirty-three-bytes", "IDS-3", text=bech32("folk", _fives(ALICE.id + b"\x00"))),
        refused("padding-not-zero", "IDS-3", text=bech32("folk", [*_fives(ALICE.id)[:-1], 31])),
        refused("padding-of-a-whole-group", "IDS-3", text=bech32("folk", [*_fives(ALICE.id), 0])),
        refused("no-bytes-at-all", "IDS-3", text=bech32("folk", [])),
        refused("names-something-else", "IDS-4", text=alice, expected=["rec", "doc"]),
    ]


def _valid(prefix: IdPrefix, value: bytes) -> Case:
    text = bech32(prefix.value, _fives(value))
    assert text == id_to_text(prefix, value)
    return accepted(f"id-of-prefix-{prefix.value}", text=text, prefix=prefix.value, id=value.hex())
