"""Real input: the US registry's file and an existing community, through the command line."""

from __future__ import annotations

import csv
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gateway.ids import encode
from kit.clock import new_id
from tests.e2e.test_verification import submit
from tests.support import nppes
from tests.support.casework import decide
from tests.support.stack import Stack, eventually

CKM = Path(__file__).parents[1] / "data" / "ckm"


def consilium(stack: Stack, *arguments: str | Path) -> str:
    """The output of a command that must succeed."""
    done = subprocess.run(
        [sys.executable, "-m", "consilium", *map(str, arguments)],
        env=dict(os.environ) | stack.environment, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def counts(output: str) -> dict[str, int]:
    """The figures that an import prints."""
    return {name: int(figure.replace(",", "")) for figure, name in re.findall(r"(\d[\d,]*) (\w+)", output)}


@pytest.mark.parametrize("gender", ["Provider Sex Code", "Provider Gender Code"])
def test_nppes_individuals_become_directory_profiles_once(stack: Stack, tmp_path: Path, gender: str) -> None:
    """Organisations and deactivated numbers are skipped, bad rows are written down, repeating changes nothing."""
    file = tmp_path / "npidata.csv"
    expected = nppes.write(file, 600, seed=len(gender), gender_column=gender)
    with file.open("a", encoding="iso-8859-1", newline="") as stream:
        row = [""] * len(nppes.columns())
        row[0], row[1] = "1234567890", "1"  # a wrong check digit
        csv.writer(stream, quoting=csv.QUOTE_ALL).writerow(row)
        stream.write('"short","row"\n')
    first = counts(consilium(stack, "import", "nppes", file))
    assert first["stored"] + first["unchanged"] == expected["individuals"]
    assert (first["skipped"], first["refused"]) == (expected["skipped"], 2)
    assert (first["organisations"], first["deactivated"]) == (expected["organisations"], expected["deactivated"])
    again_output = consilium(stack, "import", "nppes", file)
    again = counts(again_output)
    assert (again["stored"], again["unchanged"], again["refused"]) == (0, expected["individuals"], 2)
    rejected = Path(re.findall(r"reason: (.*)", again_output)[0].strip())
    with rejected.open(encoding="utf-8", newline="") as stream:
        assert [(r["line"], r["reason"]) for r in csv.DictReader(stream)] == [
            ("602", "the NPI is not valid"),
            ("603", "has 2 cells instead of 330"),
        ]
    maria = stack.sign_in("maria")
    query = """{ peers(filter: {text: "specimen", includeUnclaimed: true, regions: ["US"]}, first: 1) { totalCount nodes {
      claimed verification provenance { field source asOf } regions { code } } } }"""
    (person,) = stack.data(query, maria)["peers"]["nodes"]
    assert (person["claimed"], person["verification"]) == (False, "UNVERIFIED")
    assert {"field": "name", "source": "NPPES, the US National Plan and Provider Enumeration System", "asOf": "2024-03-09"} in person["provenance"]  # fmt: skip
    hidden = stack.data('{ peers(filter: {text: "specimen", regions: ["US"]}, first: 1) { totalCount } }', maria)
    assert hidden["peers"]["totalCount"] == 0


LISTED = """query($text: String!) { peers(filter: {text: $text, includeUnclaimed: true}, first: 9) {
  nodes { id handle claimed practiceStatus verification } } }"""
SHOWN = "query($handle: String!) { professional(by: {handle: $handle}) { claimed practiceStatus } }"


def write_entry(file: Path, cells: dict[str, str]) -> Path:
    """A file with one row of the registry, of which these cells are filled."""
    names = nppes.columns()
    assert cells.keys() <= set(names)
    with file.open("w", encoding="iso-8859-1", newline="") as stream:
        writer = csv.writer(stream, quoting=csv.QUOTE_ALL)
        writer.writerow(names)
        writer.writerow([cells.get(name, "") for name in names])
    return file


def active(file: Path, number: str, first: str, last: str, updated: str) -> Path:
    """A file with one individual."""
    return write_entry(
        file,
        {
            "NPI": number, "Entity Type Code": "1", "Provider First Name": first, "Provider Last Name (Legal Name)": last,
            "Healthcare Provider Taxonomy Code_1": "207RC0000X", "Last Update Date": updated,
        },
    )  # fmt: skip


def test_a_deactivated_number_leaves_peers_and_an_older_file_does_not_bring_it_back(
    stack: Stack, tmp_path: Path
) -> None:
    """The profile says that the person does not practise; the registry leaves all else blank."""
    number, maria = nppes.with_check_digit(234_000_001), stack.sign_in("maria")
    listed = active(tmp_path / "npidata_pfile_20050523-20261001.csv", number, "SEAN", "VANISHED", "09/01/2026")
    consilium(stack, "import", "nppes", listed)
    (person,) = stack.data(LISTED, maria, text="vanished sean")["peers"]["nodes"]
    assert (person["claimed"], person["practiceStatus"]) == (False, "PRACTISING")
    ended = write_entry(
        tmp_path / "npidata_pfile_20050523-20261108.csv", {"NPI": number, "NPI Deactivation Date": "08/15/2026"}
    )
    assert counts(consilium(stack, "import", "nppes", ended))["deactivated"] == 1
    assert stack.data(LISTED, maria, text="vanished sean")["peers"]["nodes"] == []
    shown = stack.data(SHOWN, maria, handle=person["handle"])["professional"]
    assert shown == {"claimed": False, "practiceStatus": "NOT_PRACTISING"}
    older = active(tmp_path / "older.csv", number, "SEAN", "OVERWRITTEN", "01/01/2010")
    assert "1 unchanged (of them 1 older" in consilium(stack, "import", "nppes", older)
    assert stack.data(LISTED, maria, text="overwritten")["peers"]["nodes"] == []


def test_a_validated_number_takes_its_directory_profile_over(stack: Stack, tmp_path: Path) -> None:
    """Also where it was submitted without a claim: there is one Jane, and she is verified."""
    number, maria = nppes.with_check_digit(234_000_002), stack.sign_in("maria")
    file = active(tmp_path / "npidata_pfile_20050523-20261101.csv", number, "JANE", "ONCEONLY", "10/01/2026")
    consilium(stack, "import", "nppes", file)
    token = stack.sign_up("Jane Onceonly", f"{new_id()}@imports.example", ["US-NY"])
    assert len(stack.data(LISTED, maria, text="jane onceonly")["peers"]["nodes"]) == 2
    case = submit(
        stack,
        token,
        jurisdiction="US",
        authority=encode("Authority", "us-npi"),
        number=number,
        specialty=None,
        credentialKind="IDENTIFIER",
    )
    assert decide(stack, stack.sign_in("vera"), case["id"])["userErrors"] == []
    (jane,) = stack.data(LISTED, maria, text="jane onceonly")["peers"]["nodes"]
    assert jane["claimed"] is True


def test_a_subject_without_an_account_has_a_profile_hidden_by_a_verifier(stack: Stack, tmp_path: Path) -> None:
    """Nobody who only knows the public number does; a verifier shows it again."""
    number, maria, vera = nppes.with_check_digit(234_000_003), stack.sign_in("maria"), stack.sign_in("vera")
    file = active(tmp_path / "npidata_pfile_20050523-20261101.csv", number, "OBI", "JECTOR", "10/01/2026")
    consilium(stack, "import", "nppes", file)
    (person,) = stack.data(LISTED, maria, text="obi jector")["peers"]["nodes"]
    public = {"handle": person["handle"], "authority": encode("Authority", "us-npi"), "number": number}
    for token, code in ((None, "UNAUTHENTICATED"), (maria, "NOT_VERIFIED")):
        refused = stack.change("hideDirectoryProfile", "hidden", token, **public)
        assert ([error["code"] for error in refused["userErrors"]], refused["hidden"]) == ([code], None)
    asked = stack.change(
        "requestHiding",
        "received",
        None,
        contact="obi@objects.example",
        note="I am the person and object to it.",
        **public,
    )
    assert (asked["userErrors"], asked["received"]) == ([], True)
    requests = "{ hidingRequests(first: 50) { nodes { id handle contact numberMatches professionalId } } }"
    found = stack.data(requests, vera)["hidingRequests"]["nodes"]
    (request,) = (one for one in found if one["handle"] == person["handle"])
    log, admin = "{ auditLog(first: 100) { nodes { action } } }", stack.sign_in("admin")
    eventually(lambda: {"action": "directory.list-hiding-requests"} in stack.data(log, admin)["auditLog"]["nodes"], 10)
    assert (request["contact"], request["numberMatches"]) == ("obi@objects.example", True)
    assert len(stack.data(LISTED, maria, text="obi jector")["peers"]["nodes"]) == 1
    decided = stack.change("decideHiding", "hidingRequest { outcome decidedBy { handle } }", vera,
                           id=request["id"], outcome="HIDDEN")  # fmt: skip
    assert (decided["userErrors"], decided["hidingRequest"]["outcome"]) == ([], "HIDDEN")
    assert stack.data(LISTED, maria, text="obi jector")["peers"]["nodes"] == []
    restored = stack.change("restoreDirectoryProfile", "restored", vera, professional=request["professionalId"],
                            reason="Asked for by somebody else")  # fmt: skip
    assert (restored["userErrors"], restored["restored"]) == ([], True)
    assert len(stack.data(LISTED, maria, text="obi jector")["peers"]["nodes"]) == 1


def test_people_of_the_us_registry_are_found_by_what_they_are_and_where(stack: Stack, tmp_path: Path) -> None:
    """By their names as people write them, their occupation, and both codes of a territory; titles are not part of a name."""
    file = tmp_path / "npidata.csv"
    people = [
        nppes.a_person(150_000_101, last="MCDONALD-VAN DER ZYXW", first="JOSÉ", state="PR", code="207WX0107X",
                       prefix="DR.", suffix="JR.", credential="M.D., PH.D."),
        nppes.a_person(150_000_102, last="ZYXW IV", first="VAN", state="GU", code="363LF0000X"),
        nppes.a_person(150_000_103, last="O'ZYXW ZYXW", state="PW", code="146N00000X"),
        nppes.a_person(150_000_104, last="MACARTHUR ZYXW", state="", country="VI", code="101Y00000X"),
    ]  # fmt: skip
    nppes.write_rows(file, people, further=nppes.NPD_COLUMNS, end="\r\n")
    assert "4 stored" in consilium(stack, "import", "nppes", file)
    maria = stack.sign_in("maria")
    query = """query($filter: PeerFilter!) { peers(filter: $filter, first: 10, orderBy: NAME) { nodes { name profession { code }
      practisedSpecialties { specialty { code } } regions { code } } } }"""

    def found(**criteria: object) -> list[dict[str, object]]:
        nodes = stack.data(query, maria, filter={"text": "zyxw", "includeUnclaimed": True} | criteria)["peers"]["nodes"]
        return [
            {
                "name": one["name"],
                "profession": one["profession"]["code"],
                "specialties": [item["specialty"]["code"] for item in one["practisedSpecialties"]],
                "regions": [place["code"] for place in one["regions"]],
            }
            for one in nodes
        ]

    jose = {
        "name": "José McDonald-van der Zyxw Jr.", "profession": "2212", "specialties": ["ophthalmology"], "regions": ["US-PR"],
    }  # fmt: skip
    van = {"name": "Van Zyxw IV", "profession": "2221", "specialties": ["nursing"], "regions": ["US-GU"]}
    anna = {"name": "Anna O'Zyxw Zyxw", "profession": "3258", "specialties": [], "regions": ["PW"]}
    arthur = {"name": "Anna MacArthur Zyxw", "profession": "2635", "specialties": [], "regions": ["US-VI"]}
    assert found() == [arthur, anna, jose, van]
    for places, expected in (
        (["PR"], [jose]), (["US-PR"], [jose]), (["M49:029"], [arthur, jose]), (["US"], [arthur, jose, van]),
        (["GU"], [van]), (["M49:057"], [anna, van]), (["VI"], [arthur]), (["US-NY"], []),
    ):  # fmt: skip
        assert found(regions=places) == expected, places
    assert found(specialties=["ophthalmology"]) == [jose]


def test_a_killed_import_goes_on_where_it_stopped(stack: Stack, tmp_path: Path) -> None:
    """Nothing is lost and nothing is there twice."""
    file = tmp_path / "killed.csv"
    expected = nppes.write(file, 12_000, seed=77)
    process = subprocess.Popen(
        [sys.executable, "-m", "consilium", "import", "nppes", str(file)],
        env=dict(os.environ) | stack.environment, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    checkpoints = Path(stack.environment["CONSILIUM_HOME"]) / "imports"
    deadline = time.monotonic() + 60
    while not list(checkpoints.glob("*.json")) and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    output = consilium(stack, "import", "nppes", file)
    assert "going on at line" in output
    done = counts(output.split("Read", 1)[1])
    assert done["stored"] + done["unchanged"] == expected["individuals"]
    assert done["skipped"] == expected["skipped"]


def test_another_file_is_refused_by_name_of_the_missing_column(stack: Stack, tmp_path: Path) -> None:
    """Before anything is stored."""
    file = tmp_path / "other.csv"
    file.write_text("a,b\n1,2\n")
    done = subprocess.run(
        [sys.executable, "-m", "consilium", "import", "nppes", str(file)],
        env=dict(os.environ) | stack.environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "no column 'NPI'" in done.stderr


def test_the_ckm_physicians_come_with_each_connection_once(stack: Stack) -> None:
    """246 people; repeating changes nothing; the map of ids finds them in the API."""
    first = consilium(stack, "import", "network", CKM)
    again = consilium(stack, "import", "network", CKM)
    row = r"professionals\.csv\D+(\d+)\D+(\d+)\D+(\d+)\D+(\d+)"
    assert re.findall(row, first) == [("246", "246", "0", "0")]
    assert re.findall(row, again) == [("246", "0", "246", "0")]
    pairs = r"connections\.csv\D+(\d+)\D+(\d+)\D+(\d+)\D+(\d+)"
    assert re.findall(pairs, first) == [("924", "924", "0", "0")]
    assert re.findall(pairs, again) == [("924", "0", "924", "0")]
    with Path(re.findall(r"ref to id: (.*)", first)[0].strip()).open(encoding="utf-8", newline="") as stream:
        ids = {r["ref"]: r["id"] for r in csv.DictReader(stream)}
    assert len(ids) == 246
    person = stack.data(
        "query($id: ID!) { node(id: $id) { ... on Professional { name verification } } }",
        stack.sign_in("maria"),
        id=ids["17"],
    )
    assert person["node"] == {"name": "Physician 17", "verification": "UNVERIFIED"}


def test_a_whole_community_comes_with_groups_and_discussions(stack: Stack, tmp_path: Path) -> None:
    """All six files; a row that names nobody is refused with its line, and the others are stored."""
    folder = tmp_path / "village"
    folder.mkdir()
    files = {
        "professionals": "ref,name,email,profession,specialties,regions,languages,institution,interests\n"
        "a,Ada Village,,2212,Kardiologie;neurology,DE;AT,de;en,Dorfklinik,heart failure\n"
        "b,Bob Village,,Nursing professionals,,DE,de,,\n"
        "c,Cyd Village,,,astrology,DE,de,,\n",
        "connections": "a,b,since\na,b,2020-05-01\nb,a,\na,z,\n",
        "groups": "ref,name,purpose,language,visibility,join_policy,owner,created_at\n"
        "g,Village Round,Talk,de,listed,open,a,2021-01-01\n",
        "memberships": "group,professional,role,joined_at\ng,b,member,2021-02-01\n",
        "discussions": "ref,group,author,title,body,language,created_at\nd,g,a,Erste Frage,Wie geht das?,de,2021-03-01\n",
        "posts": "ref,discussion,author,in_reply_to,body,language,created_at\n"
        "p1,d,b,,So geht das.,de,2021-03-02\np2,d,a,p1,Danke.,de,2021-03-03\np3,d,a,nope,Verloren.,de,2021-03-04\n",
    }
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    output = consilium(stack, "import", "network", folder)
    for kind, figures in {
        "professionals": ("3", "2", "0", "1"), "connections": ("3", "1", "1", "1"), "groups": ("1", "1", "0", "0"),
        "memberships": ("1", "1", "0", "0"), "discussions": ("1", "1", "0", "0"), "posts": ("3", "2", "0", "1"),
    }.items():  # fmt: skip
        assert re.findall(rf"{kind}\.csv\D+(\d+)\D+(\d+)\D+(\d+)\D+(\d+)", output) == [figures], kind
    found = stack.data(
        """{ groups(first: 1, filter: {text: "village round"}) { nodes { memberCount discussions { nodes { title postCount
             createdAt posts { nodes { body inReplyTo { body } } } } } } } }""",
        stack.sign_in("maria"),
    )["groups"]["nodes"][0]
    assert found["memberCount"] == 2
    (discussion,) = found["discussions"]["nodes"]
    assert discussion["createdAt"].startswith("2021-03-01")
    assert discussion["posts"]["nodes"] == [
        {"body": "So geht das.", "inReplyTo": None},
        {"body": "Danke.", "inReplyTo": {"body": "So geht das."}},
    ]
