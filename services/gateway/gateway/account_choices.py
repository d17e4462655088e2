"""What the pages say on which people agree or refuse with one button, by page and language; see `gateway.account_texts`."""

from __future__ import annotations

CHANGE_EMAIL: dict[str, dict[str, str]] = {
    "en": {
        "title": "Confirm another address",
        "lead": "You agree that your account gets another address.",
        "hint": "If you did not ask for this, do not confirm it.",
        "button": "Confirm",
        "done": "You have confirmed. The address changes when the other mailbox has confirmed too, or at the time that the message "
        "names.",
    },
    "de": {
        "title": "Andere Adresse bestätigen",
        "lead": "Sie stimmen zu, dass Ihr Konto eine andere Adresse bekommt.",
        "hint": "Wenn Sie das nicht wollten, bestätigen Sie es nicht.",
        "button": "Bestätigen",
        "done": "Sie haben bestätigt. Die Adresse ändert sich, wenn auch das andere Postfach bestätigt hat, oder zu der Zeit, die in "
        "der Nachricht steht.",
    },
    "es": {
        "title": "Confirme otra dirección",
        "lead": "Acepta que su cuenta tenga otra dirección.",
        "hint": "Si no lo ha pedido, no lo confirme.",
        "button": "Confirmar",
        "done": "Ha confirmado. La dirección cambia cuando también haya confirmado el otro buzón, o en el momento que indica el mensaje.",
    },
    "fr": {
        "title": "Confirmez une autre adresse",
        "lead": "Vous acceptez que votre compte reçoive une autre adresse.",
        "hint": "Si vous n’avez rien demandé, ne confirmez pas.",
        "button": "Confirmer",
        "done": "Vous avez confirmé. L’adresse change quand l’autre boîte a confirmé aussi, ou à la date indiquée dans le message.",
    },
    "it": {
        "title": "Confermi un altro indirizzo",
        "lead": "Accetta che il Suo account abbia un altro indirizzo.",
        "hint": "Se non l’ha chiesto, non confermi.",
        "button": "Conferma",
        "done": "Ha confermato. L’indirizzo cambia quando ha confermato anche l’altra casella, o alla data indicata nel messaggio.",
    },
    "pt": {
        "title": "Confirme outro endereço",
        "lead": "Aceita que a sua conta passe a ter outro endereço.",
        "hint": "Se não o pediu, não confirme.",
        "button": "Confirmar",
        "done": "Confirmou. O endereço muda quando a outra caixa também tiver confirmado, ou na data indicada na mensagem.",
    },
}
KEEP_EMAIL: dict[str, dict[str, str]] = {
    "en": {
        "title": "Keep your address",
        "lead": "You refuse that your account gets another address. It stays as it is, and all sessions end.",
        "hint": "Whoever asked for it knows your password: set a new one next.",
        "button": "Keep my address",
        "done": "Your address stays, and everybody is signed out. Now ask for a new password where you sign in.",
    },
    "de": {
        "title": "Adresse behalten",
        "lead": "Sie lehnen ab, dass Ihr Konto eine andere Adresse bekommt. Es bleibt, wie es ist, und alle Sitzungen enden.",
        "hint": "Wer das wollte, kennt Ihr Passwort: Setzen Sie danach ein neues.",
        "button": "Adresse behalten",
        "done": "Ihre Adresse bleibt, und alle sind abgemeldet. Fordern Sie jetzt beim Einloggen ein neues Passwort an.",
    },
    "es": {
        "title": "Conserve su dirección",
        "lead": "Rechaza que su cuenta tenga otra dirección. Todo queda como está y terminan todas las sesiones.",
        "hint": "Quien lo pidió conoce su contraseña: elija después una nueva.",
        "button": "Conservar mi dirección",
        "done": "Su dirección se conserva y todas las sesiones han terminado. Pida ahora una contraseña nueva al iniciar sesión.",
    },
    "fr": {
        "title": "Gardez votre adresse",
        "lead": "Vous refusez que votre compte reçoive une autre adresse. Rien ne change et toutes les sessions se terminent.",
        "hint": "La personne qui l’a demandé connaît votre mot de passe : choisissez-en ensuite un nouveau.",
        "button": "Garder mon adresse",
        "done": "Votre adresse reste et toutes les sessions sont terminées. Demandez maintenant un nouveau mot de passe à la connexion.",
    },
    "it": {
        "title": "Mantenga il Suo indirizzo",
        "lead": "Rifiuta che il Suo account abbia un altro indirizzo. Resta com’è e tutte le sessioni terminano.",
        "hint": "Chi l’ha chiesto conosce la Sua password: ne scelga poi una nuova.",
        "button": "Mantieni il mio indirizzo",
        "done": "Il Suo indirizzo resta e tutte le sessioni sono terminate. Chieda ora una nuova password all’accesso.",
    },
    "pt": {
        "title": "Mantenha o seu endereço",
        "lead": "Recusa que a sua conta passe a ter outro endereço. Fica tudo como está e todas as sessões terminam.",
        "hint": "Quem o pediu conhece a sua palavra-passe: escolha depois uma nova.",
        "button": "Manter o meu endereço",
        "done": "O seu endereço mantém-se e todas as sessões terminaram. Peça agora uma nova palavra-passe ao iniciar sessão.",
    },
}
KEEP_SECOND_FACTOR: dict[str, dict[str, str]] = {
    "en": {
        "title": "Keep your one-time passwords",
        "lead": "You refuse that the one-time passwords of your account are turned off. They stay on, and all sessions end.",
        "hint": "Whoever asked for it knows your password: set a new one next.",
        "button": "Keep them on",
        "done": "Your one-time passwords stay on, and everybody is signed out. Now ask for a new password where you sign in.",
    },
    "de": {
        "title": "Einmalpasswörter behalten",
        "lead": "Sie lehnen ab, dass die Einmalpasswörter Ihres Kontos abgeschaltet werden. Sie bleiben an, und alle Sitzungen enden.",
        "hint": "Wer das wollte, kennt Ihr Passwort: Setzen Sie danach ein neues.",
        "button": "Eingeschaltet lassen",
        "done": "Ihre Einmalpasswörter bleiben an, und alle sind abgemeldet. Fordern Sie jetzt beim Einloggen ein neues Passwort an.",
    },
    "es": {
        "title": "Conserve sus contraseñas de un solo uso",
        "lead": "Rechaza que se desactiven las contraseñas de un solo uso de su cuenta. Siguen activas y terminan todas las sesiones.",
        "hint": "Quien lo pidió conoce su contraseña: elija después una nueva.",
        "button": "Mantenerlas activas",
        "done": "Siguen activas y todas las sesiones han terminado. Pida ahora una contraseña nueva al iniciar sesión.",
    },
    "fr": {
        "title": "Gardez vos mots de passe à usage unique",
        "lead": "Vous refusez que les mots de passe à usage unique de votre compte soient désactivés. Ils restent actifs et toutes les "
        "sessions se terminent.",
        "hint": "La personne qui l’a demandé connaît votre mot de passe : choisissez-en ensuite un nouveau.",
        "button": "Les garder actifs",
        "done": "Ils restent actifs et toutes les sessions sont terminées. Demandez maintenant un nouveau mot de passe à la connexion.",
    },
    "it": {
        "title": "Mantenga le password monouso",
        "lead": "Rifiuta che le password monouso del Suo account siano disattivate. Restano attive e tutte le sessioni terminano.",
        "hint": "Chi l’ha chiesto conosce la Sua password: ne scelga poi una nuova.",
        "button": "Mantienile attive",
        "done": "Restano attive e tutte le sessioni sono terminate. Chieda ora una nuova password all’accesso.",
    },
    "pt": {
        "title": "Mantenha as palavras-passe de uso único",
        "lead": "Recusa que as palavras-passe de uso único da sua conta sejam desativadas. Continuam ativas e todas as sessões terminam.",
        "hint": "Quem o pediu conhece a sua palavra-passe: escolha depois uma nova.",
        "button": "Mantê-las ativas",
        "done": "Continuam ativas e todas as sessões terminaram. Peça agora uma nova palavra-passe ao iniciar sessão.",
    },
}
PAGES = {"change-email": CHANGE_EMAIL, "keep-email": KEEP_EMAIL, "keep-second-factor": KEEP_SECOND_FACTOR}
