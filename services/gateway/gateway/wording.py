"""Short texts that the gateway writes itself, in the reader's language: English where there is no translation."""

from __future__ import annotations

from gateway.completion import unknown_value

# Each text by language; {actor} and {subject} are filled in.
NOTIFICATIONS: dict[str, dict[str, str]] = {
    "CONNECTION_REQUESTED": {
        "en": "{actor} would like to connect with you.",
        "de": "{actor} möchte sich mit Ihnen vernetzen.",
        "es": "{actor} quiere conectar con usted.",
        "fr": "{actor} souhaite entrer en contact avec vous.",
        "it": "{actor} desidera entrare in contatto con Lei.",
        "pt": "{actor} gostaria de se conectar consigo.",
    },
    "CONNECTION_ACCEPTED": {
        "en": "You and {actor} are connected.",
        "de": "Sie und {actor} sind vernetzt.",
        "es": "Usted y {actor} están conectados.",
        "fr": "Vous êtes en contact avec {actor}.",
        "it": "Lei e {actor} siete in contatto.",
        "pt": "Está ligado a {actor}.",
    },
    "INTRODUCTION_REQUESTED": {
        "en": "{actor} asks for an introduction.",
        "de": "{actor} bittet um eine Vorstellung.",
        "es": "{actor} pide una presentación.",
        "fr": "{actor} demande une mise en relation.",
        "it": "{actor} chiede una presentazione.",
        "pt": "{actor} pede uma apresentação.",
    },
    "GROUP_INVITED": {
        "en": "{actor} invites you to the group {subject}.",
        "de": "{actor} lädt Sie in die Gruppe {subject} ein.",
        "es": "{actor} le invita al grupo {subject}.",
        "fr": "{actor} vous invite dans le groupe {subject}.",
        "it": "{actor} La invita nel gruppo {subject}.",
        "pt": "{actor} convida-o para o grupo {subject}.",
    },
    "GROUP_JOIN_REQUESTED": {
        "en": "{actor} asks to join the group {subject}.",
        "de": "{actor} möchte der Gruppe {subject} beitreten.",
        "es": "{actor} pide entrar en el grupo {subject}.",
        "fr": "{actor} demande à rejoindre le groupe {subject}.",
        "it": "{actor} chiede di entrare nel gruppo {subject}.",
        "pt": "{actor} pede para entrar no grupo {subject}.",
    },
    "MEMBERSHIP_CHANGED": {
        "en": "Your membership of the group {subject} has changed.",
        "de": "Ihre Mitgliedschaft in der Gruppe {subject} hat sich geändert.",
        "es": "Su participación en el grupo {subject} ha cambiado.",
        "fr": "Votre adhésion au groupe {subject} a changé.",
        "it": "La Sua iscrizione al gruppo {subject} è cambiata.",
        "pt": "A sua participação no grupo {subject} mudou.",
    },
    "MENTIONED": {
        "en": "{actor} mentioned you in {subject}.",
        "de": "{actor} hat Sie in {subject} erwähnt.",
        "es": "{actor} le ha mencionado en {subject}.",
        "fr": "{actor} vous a mentionné dans {subject}.",
        "it": "{actor} L'ha menzionata in {subject}.",
        "pt": "{actor} mencionou-o em {subject}.",
    },
    "REPLIED": {
        "en": "{actor} answered you in {subject}.",
        "de": "{actor} hat Ihnen in {subject} geantwortet.",
        "es": "{actor} le ha respondido en {subject}.",
        "fr": "{actor} vous a répondu dans {subject}.",
        "it": "{actor} Le ha risposto in {subject}.",
        "pt": "{actor} respondeu-lhe em {subject}.",
    },
    "DISCUSSION_ADDED": {
        "en": "{actor} opened {subject}.",
        "de": "{actor} hat {subject} eröffnet.",
        "es": "{actor} ha abierto {subject}.",
        "fr": "{actor} a ouvert {subject}.",
        "it": "{actor} ha aperto {subject}.",
        "pt": "{actor} abriu {subject}.",
    },
    "ALERT": {
        "en": "Alert: {subject}",
        "de": "Warnmeldung: {subject}",
        "es": "Alerta: {subject}",
        "fr": "Alerte : {subject}",
        "it": "Allerta: {subject}",
        "pt": "Alerta: {subject}",
    },
    "CREDENTIAL_DECIDED": {
        "en": "There is news about one of your credentials.",
        "de": "Es gibt Neues zu einem Ihrer Nachweise.",
        "es": "Hay novedades sobre una de sus credenciales.",
        "fr": "Il y a du nouveau concernant l'un de vos justificatifs.",
        "it": "Ci sono novità su una delle Sue credenziali.",
        "pt": "Há novidades sobre uma das suas credenciais.",
    },
    "CREDENTIAL_EXPIRING": {
        "en": "One of your credentials expires soon or has expired.",
        "de": "Einer Ihrer Nachweise läuft bald ab oder ist abgelaufen.",
        "es": "Una de sus credenciales caduca pronto o ha caducado.",
        "fr": "L'un de vos justificatifs expire bientôt ou a expiré.",
        "it": "Una delle Sue credenziali sta per scadere o è scaduta.",
        "pt": "Uma das suas credenciais expira em breve ou expirou.",
    },
    "MODERATION_DECIDED": {
        "en": "The moderators have decided about something you wrote or reported.",
        "de": "Die Moderation hat über etwas entschieden, das Sie geschrieben oder gemeldet haben.",
        "es": "La moderación ha decidido sobre algo que usted escribió o denunció.",
        "fr": "La modération a statué sur un texte que vous avez écrit ou signalé.",
        "it": "La moderazione ha deciso su qualcosa che Lei ha scritto o segnalato.",
        "pt": "A moderação decidiu sobre algo que escreveu ou denunciou.",
    },
}
SOMETHING = {
    "en": "a discussion", "de": "einer Diskussion", "es": "una discusión", "fr": "une discussion",
    "it": "una discussione", "pt": "uma discussão",
}  # fmt: skip
SOMEBODY = {
    "en": "Somebody", "de": "Jemand", "es": "Alguien", "fr": "Quelqu'un", "it": "Qualcuno", "pt": "Alguém"
}  # fmt: skip
CLAUSES: dict[str, dict[str, str]] = {
    "LEVEL": {
        "en": "Is verified to the level that the group asks for.",
        "de": "Ist bis zu der Stufe geprüft, die die Gruppe verlangt.",
        "es": "Está verificado hasta el nivel que pide el grupo.",
        "fr": "Est vérifié jusqu'au niveau demandé par le groupe.",
        "it": "È verificato fino al livello richiesto dal gruppo.",
        "pt": "Está verificado até ao nível exigido pelo grupo.",
    },
    "LICENSED_IN": {
        "en": "Holds a verified licence in one of: {values}.",
        "de": "Hat eine geprüfte Zulassung in einem von: {values}.",
        "es": "Tiene una licencia verificada en uno de: {values}.",
        "fr": "Possède une autorisation vérifiée dans l'un de : {values}.",
        "it": "Ha un'abilitazione verificata in uno di: {values}.",
        "pt": "Tem uma licença verificada num de: {values}.",
    },
    "SPECIALTY": {
        "en": "Is verified in one of these specialties or a narrower one: {values}.",
        "de": "Ist in einem dieser Fachgebiete oder einem engeren geprüft: {values}.",
        "es": "Está verificado en una de estas especialidades o una más específica: {values}.",
        "fr": "Est vérifié dans l'une de ces spécialités ou une plus étroite : {values}.",
        "it": "È verificato in una di queste specialità o in una più ristretta: {values}.",
        "pt": "Está verificado numa destas especialidades ou numa mais restrita: {values}.",
    },
    "CHECKED_WITHIN": {
        "en": "The licence was checked within {values} days.",
        "de": "Die Zulassung wurde innerhalb von {values} Tagen geprüft.",
        "es": "La licencia se comprobó en los últimos {values} días.",
        "fr": "L'autorisation a été contrôlée dans les {values} derniers jours.",
        "it": "L'abilitazione è stata controllata negli ultimi {values} giorni.",
        "pt": "A licença foi verificada nos últimos {values} dias.",
    },
}
LABELS: dict[str, dict[str, str]] = {
    "DISPUTED": {
        "en": "Experts dispute this.", "de": "Fachleute widersprechen dem.", "es": "Los expertos lo discuten.",
        "fr": "Des experts le contestent.", "it": "Gli esperti lo contestano.", "pt": "Os especialistas contestam-no.",
    },
    "CORRECTED": {
        "en": "This was corrected.", "de": "Dies wurde berichtigt.", "es": "Esto se ha corregido.",
        "fr": "Ceci a été corrigé.", "it": "Questo è stato corretto.", "pt": "Isto foi corrigido.",
    },
    "RETRACTED_SOURCE": {
        "en": "A source of this has been retracted.", "de": "Eine Quelle hierzu wurde zurückgezogen.",
        "es": "Una fuente de esto ha sido retractada.", "fr": "Une source a été rétractée.",
        "it": "Una fonte è stata ritrattata.", "pt": "Uma fonte foi retratada.",
    },
    "APPLIES_ELSEWHERE": {
        "en": "This may not apply in your country.", "de": "Dies gilt in Ihrem Land möglicherweise nicht.",
        "es": "Esto puede no aplicarse en su país.", "fr": "Ceci peut ne pas s'appliquer dans votre pays.",
        "it": "Questo potrebbe non valere nel Suo paese.", "pt": "Isto pode não se aplicar no seu país.",
    },
}  # fmt: skip


COLLEAGUE = {
    "en": "a colleague", "de": "eine Person aus Ihrem Fachkreis", "es": "un colega", "fr": "un confrère ou une consœur",
    "it": "un collega", "pt": "um colega",
}  # fmt: skip
COLLEAGUE_IN = {
    "en": "a colleague in {country}", "de": "eine Person aus Ihrem Fachkreis in: {country}", "es": "un colega en {country}",
    "fr": "un confrère ou une consœur ({country})", "it": "un collega in {country}", "pt": "um colega em {country}",
}  # fmt: skip
COLLEAGUE_IN_GROUP = {
    "en": "a colleague in your group {group}", "de": "eine Person aus Ihrer Gruppe {group}",
    "es": "un colega de su grupo {group}", "fr": "un membre de votre groupe {group}",
    "it": "un collega del Suo gruppo {group}", "pt": "um colega do seu grupo {group}",
}  # fmt: skip


# Why somebody is ranked or suggested; {count} or {values} is filled in.
REASONS: dict[str, dict[str, str]] = {
    "MUTUAL_CONNECTIONS": {
        "en": "{count} mutual connections", "de": "{count} gemeinsame Kontakte", "es": "{count} contactos en común",
        "fr": "{count} relations en commun", "it": "{count} contatti in comune", "pt": "{count} contactos em comum",
    },
    "SHARED_GROUPS": {
        "en": "{count} groups in common", "de": "{count} gemeinsame Gruppen", "es": "{count} grupos en común",
        "fr": "{count} groupes en commun", "it": "{count} gruppi in comune", "pt": "{count} grupos em comum",
    },
    "SHARED_INTERESTS": {
        "en": "{count} interests in common", "de": "{count} gemeinsame Interessen", "es": "{count} intereses en común",
        "fr": "{count} centres d'intérêt en commun", "it": "{count} interessi in comune",
        "pt": "{count} interesses em comum",
    },
    "SAME_SPECIALTY": {
        "en": "Same specialty: {values}", "de": "Gleiches Fachgebiet: {values}", "es": "Misma especialidad: {values}",
        "fr": "Même spécialité : {values}", "it": "Stessa specialità: {values}", "pt": "Mesma especialidade: {values}",
    },
    "RELATED_SPECIALTY": {
        "en": "Related specialty: {values}", "de": "Verwandtes Fachgebiet: {values}",
        "es": "Especialidad afín: {values}", "fr": "Spécialité voisine : {values}",
        "it": "Specialità affine: {values}", "pt": "Especialidade afim: {values}",
    },
    "SAME_REGION": {
        "en": "Also practises in: {values}", "de": "Praktiziert auch in: {values}",
        "es": "También ejerce en: {values}", "fr": "Exerce aussi en : {values}", "it": "Esercita anche in: {values}",
        "pt": "Também exerce em: {values}",
    },
    "SHARED_LANGUAGE": {
        "en": "Also speaks: {values}", "de": "Spricht auch: {values}", "es": "También habla: {values}",
        "fr": "Parle aussi : {values}", "it": "Parla anche: {values}", "pt": "Também fala: {values}",
    },
    "BRIDGES_COUNTRY": {
        "en": "Would be your first connection in: {values}", "de": "Wäre Ihr erster Kontakt in: {values}",
        "es": "Sería su primer contacto en: {values}", "fr": "Serait votre premier contact en : {values}",
        "it": "Sarebbe il Suo primo contatto in: {values}", "pt": "Seria o seu primeiro contacto em: {values}",
    },
    "NEWCOMER": {
        "en": "New here, and verified", "de": "Neu hier und geprüft", "es": "Nuevo aquí y verificado",
        "fr": "Nouveau ici et vérifié", "it": "Nuovo qui e verificato", "pt": "Novo aqui e verificado",
    },
}  # fmt: skip
REASONS_ONE: dict[str, dict[str, str]] = {
    "MUTUAL_CONNECTIONS": {
        "en": "1 mutual connection", "de": "1 gemeinsamer Kontakt", "es": "1 contacto en común",
        "fr": "1 relation en commun", "it": "1 contatto in comune", "pt": "1 contacto em comum",
    },
    "SHARED_GROUPS": {
        "en": "1 group in common", "de": "1 gemeinsame Gruppe", "es": "1 grupo en común", "fr": "1 groupe en commun",
        "it": "1 gruppo in comune", "pt": "1 grupo em comum",
    },
    "SHARED_INTERESTS": {
        "en": "1 interest in common", "de": "1 gemeinsames Interesse", "es": "1 interés en común",
        "fr": "1 centre d'intérêt en commun", "it": "1 interesse in comune", "pt": "1 interesse em comum",
    },
}  # fmt: skip


def wording(table: dict[str, dict[str, str]], kind: str, code: str) -> dict[str, str]:
    """Return the texts for a code that a service answered.

    Raises:
        UnknownValue: this release does not know the code; what it stands in is left out.
    """
    if code not in table:
        raise unknown_value(kind, code)
    return table[code]


def worded(texts: dict[str, str], language: str | None, **values: str) -> str:
    """A text in a language, or in English, with its values."""
    text = texts.get((language or "en").split("-")[0], texts["en"])
    return text.format(**values) if values else text
