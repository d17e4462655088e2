"""What the demo network shows beside talk: a case, a poll, a live session, an alert, reactions, translations, a disputed
claim with its context note and its report. No patient is described."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from consilium.seed.groups import own_id

Rows = dict[str, list[dict[str, Any]]]


def _discussion(
    ref: str, group: str | None, author: str, kind: str, title: str, body: str, **more: Any
) -> dict[str, Any]:
    return {
        "ref": ref, "id": own_id("discussion", ref), "author": author, "kind": kind, "title": title, "body": body,
        **({"group": own_id("group", group)} if group else {}), **more,
    }  # fmt: skip


def _post(ref: str, author: str, body: str, at: str, **more: Any) -> dict[str, Any]:
    return {
        "ref": ref, "id": own_id("post", ref), "discussion": own_id("discussion", ref.split("/")[0]), "author": author,
        "body": body, "created_at": at, **more,
    }  # fmt: skip


def _reaction(ref: str, person: str, reaction: str) -> dict[str, Any]:
    kind = "Post" if "/" in ref else "Discussion"
    return {"ref": ref, "subject": own_id(kind.lower(), ref), "kind": kind, "person": person, "reaction": reaction}


def scenes(by_ref: Mapping[str, str], members: Mapping[str, list[str]]) -> Rows:
    """Rows to import, by kind, in the order in which they must be.

    Args:
        by_ref: a person's id by reference.
        members: by group reference, the ids of its members.
    """
    maria, jonas, amina, mod = (by_ref[name] for name in ("maria", "jonas", "amina", "mod"))
    now = datetime.now(UTC)
    euro, amr, dach = members["cardio-eu"], members["amr-watch"], members["cardio-dach"]
    discussions = [
        _discussion(
            "scene-case", "cardio-dach", jonas, "CASE", "Antikoagulation nach Ablation und Blutung",
            "Nach der Ablation kam es zu einer Blutung im Magen, seitdem ist der Verlauf ruhig. Ein Vorhofohrverschluss "
            "ist besprochen. Wann beginnt ihr wieder, und womit?",
            language="de", topics=["Vorhofflimmern", "Antikoagulation"], created_at="2026-11-02T08:00:00Z",
            case_details={
                "question": "Wann wieder antikoagulieren, und womit?", "age_band": "70-79", "setting": "Universitätsklinik",
                "urgency": "SOON", "consent_scope": "THIS_GROUP",
            },
        ),
        _discussion(
            "scene-poll", "cardio-eu", maria, "POLL", "Who titrates heart failure drugs where you work?",
            "One answer please, for the place where you spend most of your week.",
            language="en", topics=["heart failure"], created_at="2026-11-03T09:00:00Z",
            poll_options=["A nurse-led clinic", "The cardiologist", "Primary care", "A pharmacist"],
        ),
        _discussion(
            "scene-live", "amr-watch", amina, "LIVE_QA", "Ask us about carbapenem-sparing regimens",
            "An hour with three stewardship teams. Put your questions here; the most helpful ones come first.",
            language="en", topics=["stewardship"], created_at="2026-11-05T12:00:00Z",
            live_details={
                "starts_at": (now + timedelta(days=7)).isoformat(), "ends_at": (now + timedelta(days=7, hours=1)).isoformat(),
                "join_url": "https://meet.example.org/amr-watch", "hosts": [amina],
            },
        ),
        _discussion(
            "scene-question", "cardio-eu", jonas, "QUESTION", "Finerenon auch bei erhaltener Pumpfunktion?",
            "Setzt ihr es schon ein, und wer bezahlt es bei euch?",
            language="de", topics=["heart failure"], created_at="2026-11-06T07:30:00Z",
            sources=[{"doi": "10.1056/NEJMoa2407107", "title": "Finerenone in heart failure"}],
        ),
        _discussion(
            "scene-claim", "amr-watch", amr[2], "DISCUSSION", "Shorter is always better?",
            "Every infection can be treated for three days; longer courses only breed resistance.",
            language="en", topics=["duration"], created_at="2026-11-07T15:00:00Z",
        ),
        _discussion(
            "scene-alert", None, mod, "ALERT", "Recall: one batch of an adrenaline auto-injector",
            "The needle may not deploy. Exchange the affected batch, and tell whoever carries one to keep two with them.",
            language="en", created_at="2026-11-10T06:00:00Z",
            alert_details={
                "regions": ["ES", "DE"], "specialties": [], "issuer": "Invented medicines agency",
                "expires_at": (now + timedelta(days=60)).isoformat(),
            },
        ),
    ]  # fmt: skip
    posts = [
        _post("scene-case/1", maria, "Nach zwei Wochen mit halber Dosis, wenn die Endoskopie unauffällig war.", "2026-11-02T10:00:00Z", language="de"),
        _post("scene-case/2", dach[2], "Wir warten auf das Gespräch im Team und dokumentieren die Entscheidung gemeinsam.", "2026-11-02T12:00:00Z", language="de"),
        _post("scene-live/1", jonas, "Which test changed your prescribing most?", "2026-11-06T08:00:00Z", language="en"),
        _post("scene-live/2", maria, "¿Cómo convencéis a cirugía?", "2026-11-06T09:00:00Z", language="es"),
        _post("scene-question/1", maria, "Sí, en consulta de insuficiencia cardíaca; el sistema lo financia con visado.", "2026-11-06T09:00:00Z", language="es"),
        _post("scene-question/2", euro[3], "In the clinic yes, reimbursed since this summer; we check potassium after four weeks.", "2026-11-06T11:00:00Z", language="en", answers=True),
        _post("scene-claim/1", amina, "Not for every infection: think of bone, valves and tuberculosis.", "2026-11-07T16:00:00Z", language="en"),
    ]  # fmt: skip
    translations = [
        {
            "ref": "scene-question/de-en", "id": own_id("translation", "scene-question/en"), "kind": "Discussion",
            "subject": own_id("discussion", "scene-question"), "author": jonas, "language": "en",
            "title": "Finerenone with preserved ejection fraction?", "body": "Do you use it yet, and who pays for it?",
        },
        {
            "ref": "scene-live/2/en", "id": own_id("translation", "scene-live/2/en"), "kind": "Post",
            "subject": own_id("post", "scene-live/2"), "author": maria, "language": "en",
            "body": "How do you convince the surgeons?",
        },
    ]  # fmt: skip
    reactions = [
        _reaction("scene-live/2", person, "HELPFUL") for person in (jonas, amina, *amr[3:6])
    ] + [
        _reaction("scene-live/1", amr[4], "HELPFUL"),
        _reaction("scene-question", maria, "THANKS"),
        _reaction("scene-question/2", jonas, "HELPFUL"),
        _reaction("scene-claim/1", maria, "AGREE"),
        _reaction("scene-case/1", jonas, "THANKS"),
    ]  # fmt: skip
    votes = [
        {
            "ref": f"scene-poll/{n}",
            "discussion": own_id("discussion", "scene-poll"),
            "person": person,
            "option": (0, 2, 0, 1, 0, 3, 0, 2, 1, 0, 0, 2)[n],
        }
        for n, person in enumerate([jonas, *euro[1:12]])
    ]
    claim = own_id("discussion", "scene-claim")
    raters = [(amina, "KE"), (maria, "ES"), (jonas, "DE")]
    notes = [
        {
            "ref": "scene-note", "id": own_id("note", "scene-note"), "kind": "Discussion", "subject": claim,
            "group": own_id("group", "amr-watch"), "author": amr[5],
            "body": "Short courses are shown for some infections, like pneumonia and pyelonephritis that respond quickly; "
            "not for endocarditis, bone infection or tuberculosis.",
            "sources": [{"doi": "10.7326/M19-1509", "title": "Best practice advice on short-course antibiotics"}],
            "ratings": [{"person": person, "country": country, "helpful": True} for person, country in raters],
            "created_at": "2026-11-08T08:00:00Z",
        }
    ]  # fmt: skip
    flags = [
        {
            "ref": "scene-flag", "id": own_id("flag", "scene-flag"), "kind": "Discussion", "subject": claim,
            "author": amr[2], "group": own_id("group", "amr-watch"), "reporter": maria, "reason": "MISINFORMATION",
            "detail": "This is too general and may harm; the discussion below says why.", "created_at": "2026-11-08T09:00:00Z",
        }
    ]  # fmt: skip
    return {
        "discussions": discussions, "posts": posts, "translations": translations, "reactions": reactions, "votes": votes,
        "notes": notes, "flags": flags,
    }  # fmt: skip
