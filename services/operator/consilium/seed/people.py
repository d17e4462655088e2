"""The demo network's people: the eight who sign in, and 650 others in 26 countries and specialties."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from catalogues.specialties import specialties, specialty_name
from consilium.banner import DEMO_PASSWORD
from consilium.seed.names import COUNTRIES

SOURCE = "demo"
PER_COUNTRY = 25
SPECIALTIES = (
    "cardiology", "infectious-diseases", "neurology", "paediatrics", "psychiatry", "family-medicine", "dermatology",
    "endocrinology", "rheumatology", "nephrology", "respiratory-medicine", "gastroenterology", "anaesthetics",
    "emergency-medicine", "intensive-care-medicine", "medical-oncology", "diagnostic-radiology", "pathology", "surgery",
    "orthopaedics", "obstetrics-gynaecology", "ophthalmology", "public-health", "nursing", "midwifery", "pharmacy",
    "physiotherapy",
)  # fmt: skip
INTERESTS = (
    "heart failure", "antimicrobial stewardship", "stroke", "telemonitoring", "rare diseases", "palliative care",
    "migrant health", "point-of-care ultrasound", "medical education", "clinical trials", "long COVID", "sepsis",
    "maternal health", "vaccination", "chronic pain", "quality improvement", "tropical medicine", "genomics",
    "primary care research", "climate and health",
)  # fmt: skip
HEADLINES = {
    "en": "{} at {}", "de": "{}, {}", "es": "{} en {}", "fr": "{}, {}", "it": "{}, {}", "pt": "{}, {}",
}  # fmt: skip


@dataclass(frozen=True)
class DemoPerson:
    """A row to import, and what the other parts of the seed need to know."""

    row: dict[str, Any]
    country: str
    specialty: str


def _profession(specialty: str) -> str:
    return specialties()[specialty].profession


def _named(
    ref: str, handle: str, name: str, country: str, specialty: str, languages: list[str], **more: Any
) -> DemoPerson:
    row = {
        "ref": ref, "handle": handle, "name": name, "email": f"{ref}@demo.example", "password": DEMO_PASSWORD,
        "profession": _profession(specialty), "specialties": [specialty], "regions": [country],
        "languages": languages, "joined_at": "2025-01-15T09:00:00Z", **more,
    }  # fmt: skip
    return DemoPerson(row, country, specialty)


SIGN_INS = (
    _named("maria", "maria-arribas", "María Arribas Núñez", "ES", "cardiology", ["es", "en", "de"],
           headline="Cardiologist, heart failure across borders", regions=["ES", "DE-BY"],
           institution="Hospital Universitario de Valladolid",
           interests=["heart failure", "telemonitoring", "clinical trials"],
           about="I run a heart failure clinic in Valladolid and spend one week a month in Munich."),
    _named("jonas", "jonas-lindner", "Jonas Lindner", "DE", "cardiology", ["de", "en"],
           headline="Cardiologist in Leipzig", regions=["DE-SN"], institution="Klinikum Leipzig",
           interests=["heart failure", "point-of-care ultrasound"]),
    _named("amina", "amina-abdalla", "Amina Abdalla", "KE", "infectious-diseases", ["en", "sw"],
           headline="Infectious diseases physician", institution="Kisumu County Referral Hospital",
           interests=["antimicrobial stewardship", "tropical medicine", "sepsis"]),
    _named("noel", "noel-brannigan", "Noel Brannigan", "IE", "family-medicine", ["en"],
           headline="General practitioner in training"),
    _named("vera", "vera-kessler", "Vera Kessler", "DE", "public-health", ["de", "en"], roles=["VERIFIER"],
           headline="Verifies credentials"),
    _named("vito", "vito-donati", "Vito Donati", "IT", "public-health", ["it", "en"], roles=["VERIFIER"],
           headline="Verifies credentials"),
    _named("mod", "mo-delorme", "Morgane Delorme", "FR", "public-health", ["fr", "en"], roles=["MODERATOR"],
           headline="Moderates discussions"),
    _named("admin", "ada-holloway", "Ada Holloway", "GB", "public-health", ["en"], roles=["ADMIN"],
           headline="Runs this demo"),
)  # fmt: skip


def people() -> list[DemoPerson]:
    """Everybody, in the same order and with the same lives at every call."""
    chance = random.Random(20261121)
    found = list(SIGN_INS)
    for country in COUNTRIES:
        pairs = [(given, family) for given in country.given for family in country.family]
        for number, (given, family) in enumerate(chance.sample(pairs, PER_COUNTRY)):
            # Each specialty is somewhere; a few are common everywhere.
            specialty = SPECIALTIES[(number + COUNTRIES.index(country)) % len(SPECIALTIES)]
            if chance.random() < 0.25:
                specialty = chance.choice(SPECIALTIES[:6])
            ref = f"{country.code.lower()}-{number:02}"
            hospital = country.hospital.format(chance.choice(country.towns))
            family_first = country.code == "JP"
            name = f"{family} {given}" if family_first else f"{given} {family}"
            home = country.languages[0].split("-")[0]
            title = specialty_name(specialty, home)
            extra = chance.sample(("en", "fr", "es", "de", "ar", "it"), chance.randint(0, 2))
            languages = list(dict.fromkeys([*country.languages, *extra]))
            year, month, day = chance.randint(2023, 2026), chance.randint(1, 10), chance.randint(1, 28)
            row = {
                "ref": ref,
                "handle": f"demo-{ref}",
                "name": name,
                "email": f"{ref}@people.demo.example",
                "profession": _profession(specialty),
                "specialties": [specialty, *([chance.choice(SPECIALTIES[:19])] if chance.random() < 0.15 else [])],
                "regions": [country.code],
                "languages": languages,
                "interests": sorted(chance.sample(INTERESTS, chance.randint(1, 4))),
                "institution": hospital,
                "headline": HEADLINES.get(home, "{}, {}").format(title, hospital),
                "joined_at": f"{year}-{month:02}-{day:02}T{chance.randint(6, 20):02}:00:00Z",
            }
            row["specialties"] = list(dict.fromkeys(row["specialties"]))
            found.append(DemoPerson(row, country.code, specialty))
    return found
