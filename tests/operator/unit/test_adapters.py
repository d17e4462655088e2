"""Published files, row by row: what their adapters make of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from catalogues.specialties import by_nucc, professions, specialties
from consilium.importers.adapters.adapter import REGISTER, SANCTIONS, adapters
from consilium.importers.adapters.entries import FURTHER, PublishedFile, adapter_of
from consilium.importers.adapters.names import full_name, written
from consilium.importers.adapters.people import DirectoryEntry, directory_entry
from consilium.importers.nppes import convert
from consilium.importers.stream import Row as FileRow
from consilium.importers.stream import Skip, lines_and_rows
from kit.delimited import Refusal, Row
from kit.errors import Invalid
from tests.support import nppes

DATA = Path(__file__).parents[2] / "data" / "registers"
RPPS, LEIE = DATA / "rpps_personne_activite.txt", DATA / "leie_updated.csv"


def read(path: Path) -> list[DirectoryEntry]:
    """The people in a file of the US registry."""
    adapter = adapters()["nppes"]
    with path.open("rb") as file:
        (_, header), *rows = lines_and_rows(file, adapter.form)
    reader = adapter.reader(header)
    return [directory_entry(adapter, reader(cells)) for _, cells in rows]


def entries(path: Path, holds: str) -> tuple[list[Row], list[Refusal], dict[str, int]]:
    """The entries of a published file, what was refused of it, and what was skipped."""
    adapter = adapter_of(path, holds, "auto")
    assert adapter is not None
    with path.open("rb") as file:
        published = PublishedFile(file, adapter)
        found = list(published.rows())
    assert [one.line for one in found] == sorted(one.line for one in found)
    rows = [one for one in found if isinstance(one, Row)]
    return rows, [one for one in found if isinstance(one, Refusal)], dict(published.skipped)


def read_rows(path: Path, *rows: dict[str, str], further: Sequence[str] = ()) -> list[DirectoryEntry]:
    """What becomes of rows in a file of the US registry."""
    nppes.write_rows(path / "npi.csv", rows, further=further)
    return read(path / "npi.csv")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("MCDONALD", "McDonald"),
        ("MACARTHUR", "MacArthur"),
        ("MACHADO", "Machado"),
        ("MACK", "Mack"),
        ("O'BRIEN-MCCARTHY", "O'Brien-McCarthy"),
        ("O’NEILL", "O’Neill"),
        ("VAN DER BERG", "van der Berg"),
        ("VON DER BERG", "von der Berg"),
        ("SMITH-VAN DER BERG", "Smith-van der Berg"),
        ("DE LA CRUZ", "de la Cruz"),
        ("LA ROSA", "La Rosa"),
        ("DER BEDROSIAN", "Der Bedrosian"),
        ("GARCÍA Y VEGA", "García y Vega"),
        ("VAN", "Van"),
        ("DO", "Do"),
        ("WINDSOR IV", "Windsor IV"),
        ("VAN III", "Van III"),
        ("SMITH, JR.", "Smith Jr."),
        ("VI", "Vi"),
        ("ÉCHANTILLON", "Échantillon"),
        ("de Souza", "de Souza"),
        ("DeVito", "DeVito"),
    ],
)
def test_a_family_name_in_capitals_is_written_as_people_write_it(given: str, expected: str) -> None:
    """With its particles, the capitals inside it and the mark of a generation; what is not in capitals stays."""
    assert written(given, family=True) == expected


def test_a_first_name_has_no_particles() -> None:
    """Van, De and Do are first names, and middle names, of many people."""
    assert full_name("VAN", "DE", "NGUYEN", "") == "Van De Nguyen"


@pytest.mark.parametrize(
    ("last", "suffix", "expected"),
    [
        ("SAMPLE", "JR.", "Anna Sample Jr."),
        ("SAMPLE", "III", "Anna Sample III"),
        ("SAMPLE III", "III", "Anna Sample III"),
        ("SAMPLE", "M.D.", "Anna Sample"),
    ],
)
def test_the_mark_of_a_generation_stands_behind_a_name_once(last: str, suffix: str, expected: str) -> None:
    """And what is none of these does not."""
    assert full_name("ANNA", "", last, suffix) == expected


def test_degrees_and_titles_are_not_part_of_a_name(tmp_path: Path) -> None:
    """They are what people say of themselves; a suffix is a part of the name."""
    (entry,) = read_rows(
        tmp_path,
        nppes.a_person(150_000_001, last="MCDONALD", middle="Q", prefix="DR.", suffix="JR.", credential="M.D., PH.D."),
    )
    assert entry.name == "Anna Q McDonald Jr."


def test_every_code_for_individuals_gives_a_profession_and_each_of_a_physician_a_specialty() -> None:
    """What a specialty's code says of the profession, the profession agrees with."""
    known = by_nucc()
    assert len(known) == 698
    assert {found.profession for found in known.values()} <= set(professions())
    assert {found.specialty for found in known.values()} - {None} <= set(specialties())
    of_physicians = {code for code in known if code[:2] == "20"}
    assert len(of_physicians) == 238
    assert [code for code in of_physicians if known[code].specialty is None] == []
    assert [
        code
        for code, found in known.items()
        if found.specialty and specialties()[found.specialty].profession != found.profession
    ] == []


@pytest.mark.parametrize(
    ("code", "second", "primary", "status"),
    [
        ("390200000X", "", "1", "TRAINEE"),
        ("207RC0000X", "390200000X", "2", "TRAINEE"),
        ("207RC0000X", "390200000X", "1", None),
        ("207RC0000X", "", "1", None),
        ("", "", "1", None),
    ],
)
def test_who_is_a_student_first_of_all_is_a_trainee(
    tmp_path: Path, code: str, second: str, primary: str, status: str | None
) -> None:
    """A code that stayed beside that of a profession says nothing; the profile says where the status came from."""
    nppes.write_rows(tmp_path / "npi.csv", [nppes.a_person(
        150_000_001, code=code, second_code=second, first_is_primary="NY"[primary == "1"], second_is_primary="NY"[primary == "2"],
    )])  # fmt: skip
    adapter = adapters()["nppes"]
    with (tmp_path / "npi.csv").open("rb") as file:
        (_, header), (line, cells) = lines_and_rows(file, adapter.form)
    row = convert(FileRow(line, adapter.reader(header)(cells)))
    assert row["practice_status"] == status
    assert ("practiceStatus" in {source["field"] for source in row["provenance"]}) == (status is not None)


@pytest.mark.parametrize(
    ("code", "profession", "specialty"),
    [
        ("207WX0107X", "2212", "ophthalmology"),
        ("207Q00000X", "2211", "family-medicine"),
        ("363LF0000X", "2221", "nursing"),
        ("367500000X", "2221", "nursing"),
        ("163WC0200X", "2221", "critical-care-nursing"),
        ("164W00000X", "3221", None),
        ("146N00000X", "3258", None),
        ("101Y00000X", "2635", None),
        ("1223E0200X", "2261", "dentistry"),
        ("183700000X", "3213", None),
    ],
)
def test_a_code_says_what_somebody_practises(tmp_path: Path, code: str, profession: str, specialty: str | None) -> None:
    """Whether it is a physician's or not."""
    (entry,) = read_rows(tmp_path, nppes.a_person(150_000_001, code=code))
    assert (entry.profession, entry.specialties) == (profession, (specialty,) if specialty else ())


def test_the_primary_code_comes_first_and_an_unknown_one_is_left_out(tmp_path: Path) -> None:
    """It says the profession; the specialties of the others stay."""
    cells = {"code": "163W00000X", "first_is_primary": "N", "second_code": "207RC0000X", "second_is_primary": "Y"}
    entry, unknown = read_rows(
        tmp_path, nppes.a_person(150_000_001, **cells), nppes.a_person(150_000_002, code="999X00000X")
    )
    assert (entry.profession, entry.specialties) == ("2212", ("cardiology", "nursing"))
    assert (unknown.profession, unknown.specialties) == (None, ())


@pytest.mark.parametrize(
    ("state", "country", "region"),
    [
        ("NY", "US", "US-NY"),
        ("California", "US", "US-CA"),
        ("PR", "US", "US-PR"),
        ("", "PR", "US-PR"),
        ("PUERTO RICO", "PR", "US-PR"),
        ("GU", "US", "US-GU"),
        ("VI", "US", "US-VI"),
        ("AS", "US", "US-AS"),
        ("MP", "US", "US-MP"),
        ("FM", "US", "FM"),
        ("MH", "US", "MH"),
        ("PW", "", "PW"),
        ("AE", "US", "US"),
        ("BAYERN", "DE", "DE-BY"),
        ("Somewhere", "CA", "CA"),
    ],
)
def test_a_place_is_a_state_a_territory_or_a_country(tmp_path: Path, state: str, country: str, region: str) -> None:
    """A territory has one form, whether it is written as a state or as a country."""
    (entry,) = read_rows(tmp_path, nppes.a_person(150_000_001, state=state, country=country))
    assert entry.region == region


def test_a_number_that_was_deactivated_says_since_when(tmp_path: Path) -> None:
    """All else of its row is blank, as the registry writes it; one that was given back is in use."""
    number = nppes.with_check_digit(150_000_001)
    blank, back, again = read_rows(
        tmp_path,
        {"NPI": number, "NPI Deactivation Date": "11/01/2026"},
        nppes.a_person(150_000_002, deactivated="01/02/2020", reactivated="02/03/2021"),
        nppes.a_person(150_000_003, deactivated="05/06/2022", reactivated="02/03/2021"),
    )
    assert blank == DirectoryEntry(number, "", None, (), None, "US", None, "2026-11-01")
    assert (back.deactivated_on, back.name) == (None, "Anna Sample")
    assert again.deactivated_on == "2022-05-06"


@pytest.mark.parametrize(
    ("status", "since"), [("active", None), ("soon_to_be_deactivated", None), ("", None), ("deactive", "2024-03-09")]
)
def test_the_directory_that_replaces_the_registry_says_the_status_itself(
    tmp_path: Path, status: str, since: str | None
) -> None:
    """Since the day of its row's last change, where it says no other."""
    row = nppes.a_person(150_000_001, status=status)
    (entry,) = read_rows(tmp_path, row, further=nppes.NPD_COLUMNS)
    assert entry.deactivated_on == since


@pytest.mark.parametrize(("encoding", "end"), [("iso-8859-1", "\r\n"), ("utf-8-sig", "\n"), ("utf-8", "\r\n")])
def test_letters_are_read_in_both_encodings(tmp_path: Path, encoding: str, end: str) -> None:
    """Of the registry, and of the directory that replaces it; line ends do not matter."""
    file = tmp_path / "npi.csv"
    nppes.write_rows(file, [nppes.a_person(150_000_001, last="ÉCHANTILLON", first="ZOË")], encoding=encoding, end=end)
    assert [entry.name for entry in read(file)] == ["Zoë Échantillon"]


def test_a_date_that_is_none_is_named_with_its_column(tmp_path: Path) -> None:
    """The row is refused."""
    with pytest.raises(Invalid, match=r"'2024-03-09' in the column 'Last Update Date' is no date like 12/31/2027"):
        read_rows(tmp_path, nppes.a_person(150_000_001, updated="2024-03-09"))


def test_organisations_are_skipped_by_name(tmp_path: Path) -> None:
    """Their rows are counted as what they are."""
    with pytest.raises(Skip, match="organisations"):
        read_rows(tmp_path, nppes.a_person(150_000_001) | {"Entity Type Code": "2"})


def test_the_french_register_has_one_entry_a_person() -> None:
    """However many posts they have; with their specialty, or else their profession."""
    assert adapter_of(RPPS, REGISTER, "auto") is adapters()["rpps"]
    rows, refused, skipped = entries(RPPS, REGISTER)
    assert [(row.line, *row.cells.values()) for row in rows] == [
        (2, "00000000018", "MARIE-ODILE DE L'INVENTION", "Cardiologie et maladies vasculaires"),
        (5, "00000000026", "ZOÉ EXEMPLE", "Infirmier"),
        (8, "00000000042", "ANNE LE MODÈLE", "Sage-Femme"),
        (10, "000000000429", "EVE TROP LONGUE", "Opticien-Lunetier"),
    ]
    assert list(rows[0].cells) == ["number", "name", "specialty"]
    assert skipped == {FURTHER: 3, "rows with other numbers than RPPS": 1, "rows of students": 1}
    assert refused == []


@pytest.mark.parametrize("change", [lambda text: text.replace("\n", "\r\n"), lambda text: text.replace("'", "’")])
def test_the_french_register_is_told_with_other_line_ends_and_apostrophes(tmp_path: Path, change) -> None:  # type: ignore[no-untyped-def]
    """As its releases differ."""
    path = tmp_path / "rpps.txt"
    path.write_bytes(change(RPPS.read_text(encoding="utf-8")).encode())
    assert adapter_of(path, REGISTER, "auto") is adapters()["rpps"]
    assert [row.cells["number"] for row in entries(path, REGISTER)[0]] == [
        "00000000018", "00000000026", "00000000042", "000000000429",
    ]  # fmt: skip


def test_two_names_under_one_number_are_named(tmp_path: Path) -> None:
    """The first counts."""
    path = tmp_path / "rpps.txt"
    lines = RPPS.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([lines[0], lines[1], lines[2].replace("MARIE-ODILE", "MARIUS"), "a|b"]), encoding="utf-8")
    rows, refused, _ = entries(path, REGISTER)
    assert [(row.line, row.cells["name"]) for row in rows] == [(2, "MARIE-ODILE DE L'INVENTION")]
    assert refused == [
        Refusal(3, None, "line 2 has the same number and another name; line 2 counts"),
        Refusal(4, None, "has 2 cells instead of 56"),
    ]


def test_the_us_exclusion_list_has_people_with_and_without_a_number() -> None:
    """Businesses and people who were reinstated are counted, and a date that is none is refused."""
    assert adapter_of(LEIE, SANCTIONS, "auto") is adapters()["leie"]
    rows, refused, skipped = entries(LEIE, SANCTIONS)
    anybody = {"country": "US"}
    assert [(row.line, row.cells) for row in rows] == [
        (3, anybody | {
            "name": "DORIAN Q FICTION", "imposed_on": "2020-02-20", "authority": "us-npi", "number": "1999999901",
        }),
        (4, anybody | {"name": "NEMO O'NOBODY", "imposed_on": "1999-12-31"}),
    ]  # fmt: skip
    assert skipped == {"businesses": 1, "people who were reinstated": 1}
    assert refused == [Refusal(6, None, "'20151399' in the column 'EXCLDATE' is no date like 20271231")]


def test_a_file_of_our_own_columns_is_none_of_the_published_ones(tmp_path: Path) -> None:
    """And a format that is named must be the file's."""
    path = tmp_path / "own.csv"
    path.write_text("number,name\n1,A B\n")
    assert adapter_of(path, REGISTER, "auto") is None
    assert adapter_of(RPPS, REGISTER, "csv") is None
    for other in (b"", b"\x81\x8d,name\n", "number,name\n".encode("utf-16")):
        path.write_bytes(other)
        assert adapter_of(path, REGISTER, "auto") is None
    path.write_text("number,name\n1,A B\n")
    with pytest.raises(Invalid, match=r'no file of RPPS, .* has no column "Type d\'identifiant PP"'):
        adapter_of(path, REGISTER, "rpps")
    with pytest.raises(Invalid, match=r"no file of LEIE, .* has no column 'FIRSTNAME'"):
        adapter_of(path, SANCTIONS, "leie")
