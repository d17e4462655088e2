"""A person's profile: its fields, what may stand in them, and the snapshot that others' view is made from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from catalogues import languages, regions, specialties
from kit import cards, verification
from kit.checks import check_each
from kit.errors import Invalid
from kit.profile_fields import PLAIN, Kind, ProfileField
from kit.sentences import Sentence
from kit.snapshots import SCHEMA, Snapshot
from kit.texts import check_text, fold
from profiles.credentials.kinds import IDENTIFYING_RANK, IDENTITY, kind_of

MAX_SPECIALTIES = 10
MAX_REGIONS = 10
MAX_INSTITUTIONS = 10
MAX_OTHER_NAMES = 10
MAX_HANDLE_CHANGES, HANDLE_CHANGES_DAYS = 3, 365
NAME_USES = ("FORMER", "MARRIED", "TRANSLITERATED", "PREFERRED")


@dataclass(frozen=True)
class Person:
    """A person as stored; texts are as written, codes are the catalogues'.

    Args:
        plain: the fields that `kit.profile_fields` declares as plain.
        practice_status: as the person or a register says; None where neither has.
        former_handles: those that the person had before, by which they are found still.
    """

    id: str
    handle: str
    name: str
    profession: str | None
    specialties: list[dict[str, Any]]
    regions: list[str]
    institutions: list[dict[str, Any]]
    contacts: list[dict[str, Any]]
    visibility: dict[str, str]
    claimed: bool
    provenance: list[dict[str, Any]]
    version: int
    created_at: datetime
    plain: Mapping[str, Any]
    hidden: bool = False
    path_opt_in: bool = False
    practice_status: str | None = None
    former_handles: Sequence[str] = ()

    @classmethod
    def stored(cls, row: Mapping[str, Any]) -> Person:
        """Return the person of a row."""
        plain = {field.name: row[field.name] for field in PLAIN}
        return cls(plain=plain, **{name: value for name, value in row.items() if name not in plain})

    def values(self) -> dict[str, Any]:
        """Return every field by its name."""
        found = asdict(self)
        return found | found.pop("plain")


@dataclass(frozen=True)
class Holder:
    """Who a person says they are: what a case shows to its verifier, and what others see once it is validated.

    Args:
        specialties: codes of the specialties that the person declares.
    """

    name: str
    profession: str | None
    specialties: tuple[str, ...] = ()

    @classmethod
    def declared_by(cls, person: Person) -> Holder:
        """Return what a person's own profile says."""
        return cls(person.name, person.profession, tuple(item["code"] for item in person.specialties))

    @classmethod
    def stored(cls, value: dict[str, Any] | None) -> Holder | None:
        """Return the holder behind a stored JSON value."""
        return cls(value["name"], value["profession"], tuple(value["specialties"])) if value else None


@dataclass(frozen=True)
class OtherName:
    """A name of a person beside the verified one.

    Args:
        use: one of NAME_USES.
    """

    text: str
    use: str

    @classmethod
    def stored(cls, value: dict[str, Any] | None) -> OtherName | None:
        """Return the name behind a stored JSON value."""
        return cls(value["text"], value["use"]) if value else None


@dataclass(frozen=True)
class ValidCredential:
    """A validated credential, as far as a profile shows it.

    Args:
        holder: the person as the credential was validated for them; None for those of versions before.
        other_name: what a NAME says.
        proves_identity: whether a licence says who its owner is too.
    """

    id: str
    kind: str
    authority: str | None
    specialty: str | None
    jurisdiction: str
    standing: str
    method: str | None
    source_as_of: date | None
    checked_on: date | None
    expires_on: date | None
    institution_id: str | None = None
    holder: Holder | None = None
    decided_at: datetime | None = None
    other_name: OtherName | None = None
    proves_identity: bool = False

    @property
    def proven_specialty(self) -> str | None:
        """The specialty that it proves; rows from before some kinds could name none prove none."""
        return self.specialty if kind_of(self.kind).proves_specialty else None


@dataclass(frozen=True)
class Standing:
    """What stands beside the profile: the account's state and the validated credentials.

    Args:
        unconfirmed: whether there is an account whose address nobody has confirmed.
        lost: {jurisdiction, standing} of licences that an authority suspended or revoked.
    """

    credentials: Sequence[ValidCredential] = ()
    suspended: bool = False
    unconfirmed: bool = False
    roles: Sequence[str] = ()
    lost: Sequence[dict[str, str]] = ()


def _distinct(values: Iterable[str], *, field: str, most: int) -> list[str]:
    found = list(dict.fromkeys(values))
    if len(found) > most:
        raise Invalid(
            Sentence(
                "{field} may have at most {most} entries; this has {count}.", field=field, most=most, count=len(found)
            ),
            field=[field],
        )
    return found


def _known_region(code: str) -> str:
    known = regions.region(code.upper())
    if known is None:
        raise Invalid(Sentence("{code} is no region; use ISO 3166 codes like DE or DE-BY.", code=repr(code)))
    if known.kind not in {regions.COUNTRY, regions.SUBDIVISION}:
        raise Invalid(
            Sentence("{code} is an area of several countries; name a country or a part of one.", code=repr(code))
        )
    return code.upper()


def check_regions(codes: Iterable[str], *, field: str = "regions") -> list[str]:
    """Countries and subdivisions where somebody practises, in canonical case.

    Raises:
        Invalid: a code is unknown, or names an area of several countries.
    """
    return _distinct(check_each(codes, _known_region, field=[field]), field=field, most=MAX_REGIONS)


def _known_specialty(code: str) -> str:
    if code not in specialties.specialties():
        raise Invalid(Sentence("{code} is no specialty; search `specialties` for its code.", code=repr(code)))
    return code


def check_specialties(codes: Iterable[str], primary: str | None) -> list[dict[str, Any]]:
    """Practised specialties, the primary one marked; the first is primary when none is named."""
    known = check_each(codes, _known_specialty, field=["specialties"])
    clean = _distinct(known, field="specialties", most=MAX_SPECIALTIES)
    if primary is not None and primary not in clean:
        raise Invalid(Sentence("primarySpecialty must be one of the specialties."), field=["primarySpecialty"])
    chosen = primary or (clean[0] if clean else None)
    return [{"code": code, "primary": code == chosen} for code in clean]


def check_profession(code: str | None) -> str | None:
    """A profession's code, or None."""
    if code is not None and code not in specialties.professions():
        raise Invalid(
            Sentence("{code} is no profession; search `professions` for its ISCO-08 code.", code=repr(code)),
            field=["profession"],
        )
    return code


def check_languages(tags: Iterable[str], *, field: str, most: int) -> list[str]:
    """Language tags in canonical case."""
    return _distinct(check_each(tags, _known_language, field=[field]), field=field, most=most)


def _known_language(tag: str) -> str:
    known = languages.canonical(tag)
    if known is None:
        raise Invalid(Sentence("{tag} is no language tag; use BCP 47 like pt-BR.", tag=repr(tag)))
    return known


def check_lines(texts: Iterable[str], field: ProfileField) -> list[str]:
    """Texts of one line, each written once whatever its case and accents."""
    clean: dict[str, str] = {}
    checked = check_each(
        texts,
        lambda text: check_text(text, field=field.name, longest=field.max_length, one_line=True, guarded=field.guarded),
        field=[field.name],
    )
    for text in checked:
        if text:
            clean.setdefault(fold(text), text)
    return _distinct(clean.values(), field=field.name, most=field.max_items)


def check_plain(field: ProfileField, given: Any) -> Any:
    """What is stored of a plain field, by its declaration; empty where null is given.

    Raises:
        Invalid: it breaks a limit.
    """
    if field.kind is Kind.LANGUAGES:
        return check_languages(given or [], field=field.name, most=field.max_items)
    if field.kind is Kind.LINES:
        return check_lines(given or [], field)
    text = check_text(
        given or "", field=field.name, longest=field.max_length, one_line=field.kind is Kind.LINE, guarded=field.guarded
    )
    return text or None


def _decided(credential: ValidCredential) -> float:
    return credential.decided_at.timestamp() if credential.decided_at else 0.0


def _newest(credentials: Iterable[ValidCredential]) -> ValidCredential | None:
    """The credential that was decided last."""
    return max((c for c in credentials if c.holder is not None), key=lambda c: (_decided(c), c.id), default=None)


def _naming(credentials: Sequence[ValidCredential]) -> list[ValidCredential]:
    """The credentials that say who their owner is: identities and licences, or else all others that name a person."""
    ranked = [(rank, c) for c in credentials if (rank := kind_of(c.kind).naming_rank) is not None and c.holder]
    identifying = [c for rank, c in ranked if rank <= IDENTIFYING_RANK]
    return identifying or [c for _, c in ranked]


def verified_name(credentials: Sequence[ValidCredential]) -> str | None:
    """Return the name under which a verifier has validated a person last; None where nobody has."""
    named = _newest(_naming(credentials))
    return named.holder.name if named and named.holder else None


def identifying(credentials: Sequence[ValidCredential]) -> list[ValidCredential]:
    """Return the credentials that give the level IDENTITY, each until its last day: the only place that knows which do.

    Identities do, and licences whose verifier has seen the name in a document. Such a licence says it of that name alone: it
    counts while it is in good standing and the person is verified under the name that it was validated for.
    """
    verified = verified_name(credentials)
    return [
        c
        for c in credentials
        if c.kind == IDENTITY
        or (
            c.proves_identity
            and c.standing in verification.COUNTING_STANDINGS
            and c.holder is not None
            and c.holder.name == verified
        )
    ]


def other_names(credentials: Sequence[ValidCredential]) -> list[dict[str, Any]]:
    """Return the names beside the verified one, the one that was decided last first.

    Each stands beside the verified name beside which its verifier saw it. After that has changed, a verifier looks at the
    other names again before they are shown.

    Returns:
        {text, use, until}: the last day on which it is shown, None where it has none.
    """
    verified = verified_name(credentials)
    found = [
        (_decided(c), c.id, {"text": c.other_name.text, "use": c.other_name.use, "until": c.expires_on})
        for c in credentials
        if c.other_name and c.holder and c.holder.name == verified
    ]
    found.sort(key=lambda one: one[:2], reverse=True)
    return [shown for _, _, shown in found[:MAX_OTHER_NAMES]]


def shown_holder(person: Person, credentials: Sequence[ValidCredential]) -> Holder:
    """Return name, profession and specialties as others see them.

    What is verified comes from the credentials as they were validated, never from the profile, which its owner edits:
    the name from the identity or licence that was decided last, the profession from the licence, and of the declared
    specialties those that a verifier of a licence has seen. Without such a credential, the profile counts. Another name of
    the person (NAME) is never shown in place of the name.
    """
    declared = Holder.declared_by(person)
    licences = [c for c in credentials if c.kind == "LICENCE"]
    licensed = _newest(licences)
    agreed = {code for c in licences if c.holder for code in c.holder.specialties} | {
        c.proven_specialty for c in credentials if c.proven_specialty
    }
    return Holder(
        verified_name(credentials) or declared.name,
        licensed.holder.profession if licensed and licensed.holder else declared.profession,
        tuple(code for code in declared.specialties if licensed is None or code in agreed),
    )


def under_review(person: Person, credentials: Sequence[ValidCredential]) -> dict[str, Any] | None:
    """Return what the profile says and no verifier has agreed to, or None.

    Returns:
        {name, profession, specialties}: null or empty where nothing differs.
    """
    declared, shown = Holder.declared_by(person), shown_holder(person, credentials)
    if declared == shown:
        return None
    return {
        "name": declared.name if declared.name != shown.name else None,
        "profession": declared.profession if declared.profession != shown.profession else None,
        "specialties": [code for code in declared.specialties if code not in shown.specialties],
    }


def visibility_of(snapshot: Snapshot) -> list[dict[str, str]]:
    """Who sees each field, the defaults included."""
    return [{"field": field, "audience": cards.audience_of(snapshot, field)} for field in cards.VISIBILITY_FIELDS]


def snapshot(person: Person, standing: Standing) -> Snapshot:
    """The whole of a person as the graph needs it; never a delta.

    The level is left to the reader, because it changes with the date alone.

    Returns:
        plain JSON values: the profile's fields, `licences` (validated ones), `identity` (the last days, or
        None, of what proves it), `lost` (licences suspended or revoked), `other_names` (with their last days), `former_handles`,
        `suspended` (shown to nobody, for whatever reason), `unconfirmed`, `roles`, `version`, and the `schema` of it all.
    """
    shown = shown_holder(person, standing.credentials)
    verified: dict[str, list[dict[str, Any]]] = {}
    for credential in standing.credentials:
        if credential.proven_specialty and credential.standing in verification.COUNTING_STANDINGS:
            verified.setdefault(credential.proven_specialty, []).append(
                {"country": regions.country_of(credential.jurisdiction), "until": credential.expires_on}
            )
    employed = {c.institution_id for c in standing.credentials if c.kind == "EMPLOYMENT"}
    declared = [item for item in person.specialties if item["code"] in shown.specialties]
    if declared and not any(item["primary"] for item in declared):
        declared = [item | {"primary": place == 0} for place, item in enumerate(declared)]
    values = {
        "schema": SCHEMA,
        "id": person.id,
        "version": person.version,
        "handle": person.handle,
        "former_handles": list(person.former_handles),
        "name": shown.name,
        "other_names": other_names(standing.credentials),
        "claimed": person.claimed,
        "provenance": person.provenance,
        **person.plain,
        "profession": shown.profession,
        "practice_status": person.practice_status,
        "specialties": [{**item, "verified": verified.get(item["code"], [])} for item in declared]
        + [
            # A specialty that a credential proves counts even where the profile does not name it.
            {"code": code, "primary": False, "verified": where}
            for code, where in verified.items()
            if code not in shown.specialties
        ],
        "regions": person.regions,
        "institutions": [{**place, "verified": place["id"] in employed} for place in person.institutions],
        "contacts": person.contacts,
        "visibility": person.visibility,
        "licences": [
            {
                "id": c.id,
                "jurisdiction": c.jurisdiction,
                "authority": c.authority,
                "holder_name": c.holder.name if c.holder else person.name,
                "profession": c.holder.profession if c.holder else person.profession,
                "specialty": c.specialty,
                "standing": c.standing,
                "method": c.method or "SELF_ASSERTED",
                "source_as_of": c.source_as_of,
                "checked_on": c.checked_on,
                "expires_on": c.expires_on,
            }
            for c in standing.credentials
            if c.kind == "LICENCE"
        ],
        "path_opt_in": person.path_opt_in,
        "lost": list(standing.lost),
        "identity": [c.expires_on for c in identifying(standing.credentials)],
        "suspended": standing.suspended or person.hidden or standing.unconfirmed,
        "unconfirmed": standing.unconfirmed,
        "roles": sorted(standing.roles),
        "joined_at": person.created_at,
    }
    return Snapshot(values)
