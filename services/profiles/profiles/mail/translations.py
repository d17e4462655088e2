"""The messages about addresses, passwords and second factors in other languages than English; the others are English for everybody.

Those about credentials, roles and suspensions hold reasons and descriptions that are English.
"""

from __future__ import annotations

from profiles.mail.account_translations import ACCOUNT

# kind → language → (subject, text), with the gaps of the English text.
TRANSLATED: dict[str, dict[str, tuple[str, str]]] = ACCOUNT | {
    "confirm-address": {
        "de": (
            "Bestätigen Sie Ihre Adresse",
            "Willkommen bei {instance}. Um diese Adresse zu bestätigen, öffnen Sie innerhalb von {hours} Stunden diese Seite und "
            "geben Sie das Passwort ein, das Sie gewählt haben:\n\n{link}\n\nFalls die Seite nach einem Code fragt, lautet er:"
            "\n\n{token}\n\nWenn Sie sich nicht angemeldet haben, tun Sie nichts: Das Konto verschwindet von selbst.",
        ),
        "es": (
            "Confirme su dirección",
            "Le damos la bienvenida a {instance}. Para confirmar esta dirección, abra esta página en las próximas {hours} horas y "
            "escriba la contraseña que eligió:\n\n{link}\n\nSi la página pide un código, es este:\n\n{token}\n\nSi no se ha "
            "registrado, no haga nada: la cuenta desaparecerá sola.",
        ),
        "fr": (
            "Confirmez votre adresse",
            "Bienvenue sur {instance}. Pour confirmer cette adresse, ouvrez cette page dans les {hours} heures et saisissez le mot "
            "de passe que vous avez choisi :\n\n{link}\n\nSi la page demande un code, le voici :\n\n{token}\n\nSi vous ne vous "
            "êtes pas inscrit, ne faites rien : le compte disparaîtra de lui-même.",
        ),
        "it": (
            "Confermi il Suo indirizzo",
            "Benvenuto su {instance}. Per confermare questo indirizzo, apra questa pagina entro {hours} ore e inserisca la password "
            "che ha scelto:\n\n{link}\n\nSe la pagina chiede un codice, è questo:\n\n{token}\n\nSe non si è registrato, non "
            "faccia nulla: l’account sparirà da solo.",
        ),
        "pt": (
            "Confirme o seu endereço",
            "Bem-vindo a {instance}. Para confirmar este endereço, abra esta página nas próximas {hours} horas e introduza a "
            "palavra-passe que escolheu:\n\n{link}\n\nSe a página pedir um código, é este:\n\n{token}\n\nSe não se registou, "
            "não faça nada: a conta desaparece por si.",
        ),
    },
    "confirm-reminder": {
        "de": (
            "Ihr Konto wird gelöscht, wenn Sie Ihre Adresse nicht bestätigen",
            "Sie haben sich bei {instance} angemeldet und diese Adresse nicht bestätigt. In {days} Tagen wird das Konto mit allem, "
            "was darin ist, gelöscht. Um es zu behalten, öffnen Sie vorher diese Seite und geben Sie das Passwort ein, das Sie "
            "gewählt haben:\n\n{link}\n\nFalls die Seite nach einem Code fragt, lautet er:\n\n{token}\n\nWenn Sie das Passwort "
            "nicht kennen, fordern Sie beim Einloggen ein neues an. Wenn Sie sich nicht angemeldet haben, tun Sie nichts.",
        ),
        "es": (
            "Su cuenta se borrará si no confirma su dirección",
            "Se registró en {instance} y no ha confirmado esta dirección. Dentro de {days} días se borrará la cuenta con todo lo que "
            "contiene. Para conservarla, abra antes esta página y escriba la contraseña que eligió:\n\n{link}\n\nSi la página "
            "pide un código, es este:\n\n{token}\n\nSi no conoce la contraseña, pida una nueva al iniciar sesión. Si no se ha "
            "registrado, no haga nada.",
        ),
        "fr": (
            "Votre compte sera supprimé si vous ne confirmez pas votre adresse",
            "Vous vous êtes inscrit sur {instance} sans confirmer cette adresse. Dans {days} jours, le compte et tout ce qu’il "
            "contient seront supprimés. Pour le garder, ouvrez cette page avant et saisissez le mot de passe que vous avez choisi :"
            "\n\n{link}\n\nSi la page demande un code, le voici :\n\n{token}\n\nSi vous ne connaissez pas le mot de passe, "
            "demandez-en un nouveau à la connexion. Si vous ne vous êtes pas inscrit, ne faites rien.",
        ),
        "it": (
            "Il Suo account sarà cancellato se non conferma l’indirizzo",
            "Si è registrato su {instance} e non ha confermato questo indirizzo. Tra {days} giorni l’account e tutto ciò che "
            "contiene saranno cancellati. Per conservarlo, apra prima questa pagina e inserisca la password che ha scelto:\n\n{link}"
            "\n\nSe la pagina chiede un codice, è questo:\n\n{token}\n\nSe non conosce la password, ne chieda una nuova "
            "all’accesso. Se non si è registrato, non faccia nulla.",
        ),
        "pt": (
            "A sua conta será apagada se não confirmar o endereço",
            "Registou-se em {instance} e não confirmou este endereço. Dentro de {days} dias a conta e tudo o que contém serão "
            "apagados. Para a manter, abra antes esta página e introduza a palavra-passe que escolheu:\n\n{link}\n\nSe a página "
            "pedir um código, é este:\n\n{token}\n\nSe não sabe a palavra-passe, peça uma nova ao iniciar sessão. Se não se "
            "registou, não faça nada.",
        ),
    },
    "password-reset": {
        "de": (
            "Ein neues Passwort",
            "Jemand hat für Ihr Konto bei {instance} ein neues Passwort angefordert. Wenn Sie es waren, öffnen Sie innerhalb von "
            "{hours} Stunde diese Seite und wählen Sie eines:\n\n{link}\n\nFalls die Seite nach einem Code fragt, lautet er:\n\n"
            "{token}\n\nDas bestätigt auch Ihre Adresse und beendet alle Sitzungen. Wenn Sie es nicht waren, tun Sie nichts; das "
            "alte Passwort bleibt.",
        ),
        "es": (
            "Una contraseña nueva",
            "Alguien ha pedido una contraseña nueva para su cuenta en {instance}. Si ha sido usted, abra esta página en {hours} hora "
            "y elija una:\n\n{link}\n\nSi la página pide un código, es este:\n\n{token}\n\nAsí también se confirma su "
            "dirección y terminan todas las sesiones. Si no ha sido usted, no haga nada; la contraseña anterior sigue valiendo.",
        ),
        "fr": (
            "Un nouveau mot de passe",
            "Quelqu’un a demandé un nouveau mot de passe pour votre compte sur {instance}. Si c’est vous, ouvrez cette page dans "
            "{hours} heure et choisissez-en un :\n\n{link}\n\nSi la page demande un code, le voici :\n\n{token}\n\nCela "
            "confirme aussi votre adresse et met fin à toutes les sessions. Sinon, ne faites rien ; l’ancien reste valable.",
        ),
        "it": (
            "Una nuova password",
            "Qualcuno ha chiesto una nuova password per il Suo account su {instance}. Se è stato Lei, apra questa pagina entro "
            "{hours} ora e ne scelga una:\n\n{link}\n\nSe la pagina chiede un codice, è questo:\n\n{token}\n\nQuesto conferma "
            "anche il Suo indirizzo e chiude tutte le sessioni. Se non è stato Lei, non faccia nulla; la vecchia resta valida.",
        ),
        "pt": (
            "Uma nova palavra-passe",
            "Alguém pediu uma nova palavra-passe para a sua conta em {instance}. Se foi você, abra esta página dentro de {hours} hora "
            "e escolha uma:\n\n{link}\n\nSe a página pedir um código, é este:\n\n{token}\n\nIsso também confirma o seu "
            "endereço e termina todas as sessões. Se não foi você, não faça nada; a antiga continua válida.",
        ),
    },
}
