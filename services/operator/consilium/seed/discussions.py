"""The demo network's discussions and posts, in several languages. No patient is described."""

from __future__ import annotations

import random
from typing import Any

from consilium.seed.groups import own_id

# group, language, kind, title, body, topics, answers
TALKS: tuple[tuple[str, str, str, str, str, list[str], list[tuple[str, str]]], ...] = (
    ("cardio-eu", "en", "QUESTION", "Starting all four pillars at once?",
     "Our unit starts the four drug classes for reduced ejection fraction within two weeks. How fast are you, and who "
     "follows potassium and kidney function?", ["heart failure", "medication"],
     [("en", "We take four weeks; a nurse checks blood pressure and electrolytes each week."),
      ("de", "Bei uns übernimmt die Hausarztpraxis die Laborkontrollen, das klappt nur mit festen Terminen."),
      ("es", "En nuestro hospital lo hace la consulta de enfermería, con protocolo escrito.")]),
    ("cardio-eu", "en", "DISCUSSION", "Telemonitoring: who pays where you work?",
     "Germany reimburses it for some heart failure patients. What about your country?", ["telemonitoring", "policy"],
     [("fr", "En France, la télésurveillance est remboursée depuis 2023 sous conditions."),
      ("en", "Not yet in Ireland; we run it on a research grant.")]),
    ("amr-watch", "en", "DISCUSSION", "Carbapenem use after a stewardship round",
     "A weekly round of one hour cut our carbapenem days by about a fifth in six months. The data are local and small; "
     "who has done it for longer?", ["antimicrobial stewardship"],
     [("en", "Ours held for two years, then drifted when the pharmacist left. Staffing is the intervention."),
      ("fr", "Chez nous, la réévaluation à 48 heures a eu plus d'effet que la visite hebdomadaire.")]),
    ("amr-watch", "fr", "QUESTION", "Durée de traitement des pyélonéphrites",
     "Sept jours vous suffisent-ils lorsque l'évolution est favorable ?", ["durée"],
     [("fr", "Oui, sept jours si bonne réponse clinique."), ("en", "Same here, with follow-up by phone.")]),
    ("neuro-iberia", "es", "DISCUSSION", "Código ictus: tiempos puerta-aguja",
     "¿Qué cambio organizativo os ha ahorrado más minutos?", ["ictus"],
     [("pt", "A tomografia na sala de emergência, sem mudança de maca."),
      ("es", "El aviso previo de la ambulancia al neurólogo de guardia.")]),
    ("kinder-dach", "de", "QUESTION", "Fieberkrampf: wer wird stationär aufgenommen?",
     "Nehmt ihr nach einem einfachen ersten Fieberkrampf noch regelhaft auf?", ["Fieberkrampf"],
     [("de", "Nein, nach Beobachtung und guter Aufklärung geht es nach Hause."),
      ("de", "In der Schweiz ähnlich, mit Kontrolle am nächsten Tag.")]),
    ("psy-nordic", "sv", "DISCUSSION", "Öppenvård på landsbygden",
     "Hur löser ni bemanningen utanför städerna?", ["öppenvård"],
     [("nb", "Vi bruker ambulante team to dager i uken."), ("en", "Video works if the first visit is in person.")]),
    ("gp-commons", "en", "DISCUSSION", "Ten-minute consultations",
     "Has anyone moved to fifteen minutes and kept access?", ["workload"],
     [("en", "Yes, by moving paperwork out of the consultation."), ("nl", "Bij ons werkt een dubbel consult per dagdeel.")]),
    ("migrant-health", "en", "QUESTION", "Vaccination records nobody can read",
     "What do you do when the record is in a script that nobody in the clinic reads?", ["records", "vaccination"],
     [("en", "We keep a shared glossary of vaccine names by language."),
      ("fr", "Nous faisons traduire, et revaccinons en cas de doute.")]),
    ("onco-board", "en", "DISCUSSION", "Who sits in your tumour board?",
     "Ours has grown to fourteen people. Who must be there, and who can be called in?", ["tumour board"],
     [("en", "Radiology, pathology, surgery, oncology, radiotherapy and the nurse; all others on call.")]),
    ("midwives", "fr", "DISCUSSION", "Suivi global : quels freins chez vous ?",
     "Le suivi par une seule sage-femme reste rare. Quels sont les obstacles ?", ["continuité"],
     [("en", "Rota design. It needs small teams and protected time off."), ("fr", "Le financement, surtout.")]),
    ("icu-nights", "en", "DISCUSSION", "Night handover on one page",
     "We moved to one page with goals instead of organ systems. Errors fell; who has measured it?", ["handover"],
     [("de", "Wir haben die Übergabe auf zwölf Minuten begrenzt, mit Checkliste.")]),
    ("radio-benelux", "nl", "DISCUSSION", "Kunstmatige intelligentie bij thoraxfoto's",
     "Wie gebruikt het al in de avonddienst?", ["AI"], [("fr", "Uniquement pour le tri, jamais pour le compte rendu.")]),
    ("pharma-safety", "en", "QUESTION", "Shortages: how do you tell prescribers?",
     "E-mail is not read. What works?", ["shortages"],
     [("en", "A banner in the ordering system, with the substitute one click away.")]),
    ("derma-kenya", "en", "DISCUSSION", "Teledermatology with low bandwidth",
     "Store and forward works for us with three photos and a form.", ["teledermatology"],
     [("sw", "Sisi tunatumia simu za kawaida na fomu fupi.")]),
)  # fmt: skip


def discussions(
    members: dict[str, list[str]],
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Discussions and posts.

    Args:
        members: by group reference, the ids of who may have written there.
    """
    chance = random.Random(13)
    opened: list[dict[str, Any]] = []
    posts: list[dict[str, Any]] = []
    for number, (group, language, kind, title, body, topics, answers) in enumerate(TALKS):
        ref = f"{group}/{number}"
        day = chance.randint(1, 25)
        opened.append(
            {
                "ref": ref, "id": own_id("discussion", ref), "group": own_id("group", group),
                "author": chance.choice(members[group]), "kind": kind, "title": title, "body": body,
                "language": language, "topics": topics, "created_at": f"2026-10-{day:02}T09:00:00Z",
            }
        )  # fmt: skip
        for place, (tongue, text) in enumerate(answers):
            posts.append(
                {
                    "ref": f"{ref}/{place}", "id": own_id("post", f"{ref}/{place}"),
                    "discussion": own_id("discussion", ref), "author": chance.choice(members[group]), "body": text,
                    "language": tongue, "created_at": f"2026-10-{day:02}T{11 + place:02}:30:00Z",
                }
            )  # fmt: skip
    return opened, posts
