"""The demo network's groups: most of them span several countries."""

from __future__ import annotations

import random
from typing import Any

from consilium.seed.people import SOURCE, DemoPerson
from kit import ids


def own_id(kind: str, ref: str) -> str:
    """The same id for the same thing at every start."""
    return ids.imported(SOURCE, kind, ref)


# ref, name, purpose, languages, specialties, regions, visibility, join policy, how many members, only these countries
GROUPS: tuple[tuple[str, str, str, list[str], list[str], list[str], str, str, int, set[str] | None], ...] = (
    ("cardio-eu", "Cardio-EU", "Heart failure and rhythm across Europe: what we do differently, and why.",
     ["en"], ["cardiology"], ["M49:150"], "LISTED", "OPEN", 26, None),
    ("amr-watch", "AMR Watch", "Antimicrobial resistance: local data, stewardship that worked, and what did not.",
     ["en", "fr"], ["infectious-diseases", "medical-microbiology"], ["M49:001"], "LISTED", "OPEN", 30, None),
    ("neuro-iberia", "Neurología Ibérica", "Ictus, epilepsia y cefaleas entre España, Portugal y Brasil.",
     ["es", "pt"], ["neurology"], ["ES", "PT", "BR"], "LISTED", "OPEN", 14, {"ES", "PT", "BR"}),
    ("kinder-dach", "Kinderheilkunde DACH", "Pädiatrie in Deutschland, Österreich und der Schweiz.",
     ["de"], ["paediatrics"], ["DE", "AT", "CH"], "LISTED", "REQUEST", 16, {"DE", "AT", "CH"}),
    ("psy-nordic", "Nordic Psychiatry", "Community psychiatry in the Nordic countries.",
     ["en", "sv", "nb", "da", "fi"], ["psychiatry"], ["M49:154"], "LISTED", "OPEN", 18, {"SE", "NO", "DK", "FI"}),
    ("gp-commons", "GP Commons", "General practice everywhere: consultations, guidelines, and staying sane.",
     ["en"], ["family-medicine"], ["M49:001"], "LISTED", "OPEN", 34, None),
    ("rare-kidney", "Rare Kidney Exchange", "Second opinions on rare kidney disease, without patients being identifiable.",
     ["en"], ["nephrology"], ["M49:150", "CA", "AU"], "UNLISTED", "REQUEST", 15, None),
    ("icu-nights", "ICU Nights", "Intensive care, staffing and sleep.",
     ["en"], ["intensive-care-medicine", "anaesthetics"], ["M49:001"], "LISTED", "OPEN", 22, None),
    ("migrant-health", "Health on the Move", "Care for people who cross borders: records, languages, entitlements.",
     ["en", "fr", "es"], ["public-health", "family-medicine"], ["WHO:EURO", "WHO:AFRO"], "LISTED", "OPEN", 28, None),
    ("onco-board", "Oncology Board", "How tumour boards decide in different systems.",
     ["en"], ["medical-oncology"], ["M49:001"], "LISTED", "REQUEST", 20, None),
    ("midwives", "Midwives without Borders", "Midwifery models and maternal health.",
     ["en", "fr"], ["midwifery", "obstetrics-gynaecology"], ["M49:001"], "LISTED", "OPEN", 24, None),
    ("derma-kenya", "Dermatology Kenya", "Skin of colour, teledermatology, training.",
     ["en", "sw"], ["dermatology"], ["KE"], "LISTED", "OPEN", 6, {"KE"}),
    ("radio-benelux", "Radiologie Benelux", "Beeldvorming en radiologie in België en Nederland.",
     ["nl", "fr"], ["diagnostic-radiology"], ["BE", "NL"], "LISTED", "OPEN", 9, {"BE", "NL"}),
    ("pharma-safety", "Medication Safety", "Clinical pharmacists on interactions, shortages and substitutions.",
     ["en"], ["pharmacy"], ["M49:001"], "LISTED", "OPEN", 20, None),
    ("cardio-dach", "Kardiologie DACH, geprüft", "Für Kolleginnen und Kollegen mit geprüfter Zulassung in einem der drei Länder.",
     ["de"], ["cardiology"], ["DE", "AT", "CH"], "LISTED", "OPEN", 12, {"DE", "AT", "CH"}),
    ("founders", "Founding Circle", "Where the hosts of this demo talk.",
     ["en"], ["public-health"], ["M49:001"], "SECRET", "INVITE", 8, None),
)  # fmt: skip


GUESTS = {
    "cardio-eu": ("maria", "jonas"), "amr-watch": ("maria", "jonas"), "cardio-dach": ("maria",),
}  # fmt: skip
# What some groups ask of their members' credentials.
POLICIES = {
    "cardio-dach": {"level": "RIGHT_TO_PRACTISE", "licensed_in": ["DE", "AT", "CH"], "checked_within_days": 365},
}


def groups(people: list[DemoPerson], by_ref: dict[str, str]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Groups and memberships.

    Args:
        by_ref: the person's id by reference.
    """
    chance = random.Random(11)
    made: list[dict[str, Any]] = []
    memberships: list[dict[str, Any]] = []
    hosts = {"cardio-eu": "de-03", "amr-watch": "amina", "founders": "admin", "cardio-dach": "jonas"}
    regular = [p for p in people if "password" not in p.row]
    for ref, name, purpose, tongues, specialties, regions, visibility, policy, size, only in GROUPS:
        near = [p for p in regular if p.specialty in specialties and (only is None or p.country in only)]
        others = [p for p in regular if (only is None or p.country in only) and p not in near]
        chosen = (near + chance.sample(others, min(len(others), size)))[:size]
        # Who signs in meets people in the groups that are theirs.
        chosen += [p for p in people if p.row["ref"] in GUESTS.get(ref, ())]
        if ref == "founders":
            chosen = [p for p in people if p.row["ref"] in {"vera", "vito", "mod", "admin"}]
        owner = hosts.get(ref, chosen[0].row["ref"])
        created = f"2024-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}T08:00:00Z"
        made.append(
            {
                "ref": ref, "id": own_id("group", ref), "handle": ref, "name": name, "purpose": purpose,
                "languages": tongues, "specialties": specialties, "regions": regions, "visibility": visibility,
                "join_policy": policy, "credential_policy": POLICIES.get(ref), "owner": by_ref[owner], "created_at": created,
            }
        )  # fmt: skip
        for number, person in enumerate(chosen):
            if person.row["ref"] != owner:
                memberships.append(
                    {
                        "ref": f"{ref}/{person.row['ref']}",
                        "group": own_id("group", ref),
                        "person": by_ref[person.row["ref"]],
                        "role": "MODERATOR" if number == 1 else "MEMBER",
                        "joined_at": f"2025-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}T10:00:00Z",
                    }
                )
    return made, memberships
