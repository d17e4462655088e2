"""The messages about what was done to an account, in other languages than English."""

from __future__ import annotations

# kind → language → (subject, text), with the gaps of the English text.
ACCOUNT: dict[str, dict[str, tuple[str, str]]] = {
    "confirm-verified": {
        "de": (
            "Bestätigen Sie Ihre Adresse, um wieder gesehen zu werden",
            "Ihr Konto bei {instance} hat geprüfte Nachweise, aber niemand hat diese Adresse bestätigt. Ab jetzt sehen andere "
            "ein Konto, sobald seine Adresse bestätigt ist. Öffnen Sie innerhalb von {days} Tagen diese Seite und geben Sie "
            "Ihr Passwort ein:\n\n{link}\n\nFalls die Seite nach einem Code fragt, lautet er:\n\n{token}\n\nWenn Sie das "
            "Passwort nicht kennen, fordern Sie beim Einloggen ein neues an. Von Ihrem Konto wird nichts gelöscht.",
        ),
        "es": (
            "Confirme su dirección para que le vuelvan a ver",
            "Su cuenta en {instance} tiene acreditaciones verificadas, pero nadie ha confirmado esta dirección. A partir de "
            "ahora, los demás ven una cuenta cuando su dirección está confirmada. Abra esta página en los próximos {days} días "
            "y escriba su contraseña:\n\n{link}\n\nSi la página pide un código, es este:\n\n{token}\n\nSi no conoce la "
            "contraseña, pida una nueva al iniciar sesión. No se borra nada de su cuenta.",
        ),
        "fr": (
            "Confirmez votre adresse pour être de nouveau visible",
            "Votre compte sur {instance} a des justificatifs vérifiés, mais personne n’a confirmé cette adresse. Désormais, un "
            "compte est visible dès que son adresse est confirmée. Ouvrez cette page dans les {days} jours et saisissez votre "
            "mot de passe :\n\n{link}\n\nSi la page demande un code, le voici :\n\n{token}\n\nSi vous ne connaissez pas le mot "
            "de passe, demandez-en un nouveau à la connexion. Rien n’est supprimé de votre compte.",
        ),
        "it": (
            "Confermi il Suo indirizzo per essere di nuovo visibile",
            "Il Suo account su {instance} ha credenziali verificate, ma nessuno ha confermato questo indirizzo. D’ora in poi "
            "un account è visibile quando il suo indirizzo è confermato. Apra questa pagina entro {days} giorni e inserisca la "
            "Sua password:\n\n{link}\n\nSe la pagina chiede un codice, è questo:\n\n{token}\n\nSe non conosce la password, ne "
            "chieda una nuova all’accesso. Nulla del Suo account viene cancellato.",
        ),
        "pt": (
            "Confirme o seu endereço para voltar a ser visto",
            "A sua conta em {instance} tem credenciais verificadas, mas ninguém confirmou este endereço. A partir de agora, "
            "uma conta é visível quando o seu endereço está confirmado. Abra esta página nos próximos {days} dias e introduza "
            "a sua palavra-passe:\n\n{link}\n\nSe a página pedir um código, é este:\n\n{token}\n\nSe não sabe a palavra-passe, "
            "peça uma nova ao iniciar sessão. Nada da sua conta é apagado.",
        ),
    },
    "address-known": {
        "de": (
            "Sie haben schon ein Konto",
            "Jemand hat sich bei {instance} mit dieser Adresse angemeldet. Sie hat schon ein Konto. Wenn Sie es waren, loggen "
            "Sie sich ein, oder fordern Sie mit requestPasswordReset ein neues Passwort an. Wenn nicht, tun Sie nichts; es hat "
            "sich nichts geändert.",
        ),
        "es": (
            "Ya tiene una cuenta",
            "Alguien se ha registrado en {instance} con esta dirección, que ya tiene una cuenta. Si ha sido usted, inicie "
            "sesión o pida una contraseña nueva con requestPasswordReset. Si no, no haga nada; no ha cambiado nada.",
        ),
        "fr": (
            "Vous avez déjà un compte",
            "Quelqu’un s’est inscrit sur {instance} avec cette adresse, qui a déjà un compte. Si c’est vous, connectez-vous ou "
            "demandez un nouveau mot de passe avec requestPasswordReset. Sinon, ne faites rien ; rien n’a changé.",
        ),
        "it": (
            "Ha già un account",
            "Qualcuno si è registrato su {instance} con questo indirizzo, che ha già un account. Se è stato Lei, acceda o "
            "chieda una nuova password con requestPasswordReset. Altrimenti non faccia nulla; non è cambiato niente.",
        ),
        "pt": (
            "Já tem uma conta",
            "Alguém se registou em {instance} com este endereço, que já tem uma conta. Se foi você, inicie sessão ou peça uma "
            "nova palavra-passe com requestPasswordReset. Se não, não faça nada; nada mudou.",
        ),
    },
    "password-changed": {
        "de": (
            "Ihr Passwort wurde geändert",
            "Das Passwort Ihres Kontos bei {instance} wurde geändert, und alle anderen Sitzungen wurden beendet. Wenn Sie es "
            "nicht waren, fordern Sie sofort mit requestPasswordReset ein neues an.",
        ),
        "es": (
            "Se ha cambiado su contraseña",
            "Se ha cambiado la contraseña de su cuenta en {instance} y han terminado todas las demás sesiones. Si no ha sido "
            "usted, pida una nueva de inmediato con requestPasswordReset.",
        ),
        "fr": (
            "Votre mot de passe a été changé",
            "Le mot de passe de votre compte sur {instance} a été changé et toutes les autres sessions ont été fermées. Si ce "
            "n’est pas vous, demandez-en un nouveau tout de suite avec requestPasswordReset.",
        ),
        "it": (
            "La Sua password è stata cambiata",
            "La password del Suo account su {instance} è stata cambiata e tutte le altre sessioni sono state chiuse. Se non è "
            "stato Lei, ne chieda subito una nuova con requestPasswordReset.",
        ),
        "pt": (
            "A sua palavra-passe foi alterada",
            "A palavra-passe da sua conta em {instance} foi alterada e todas as outras sessões terminaram. Se não foi você, "
            "peça imediatamente uma nova com requestPasswordReset.",
        ),
    },
    "email-change-new": {
        "de": (
            "Bestätigen Sie Ihre neue Adresse",
            "Jemand möchte diese Adresse für das eigene Konto bei {instance} verwenden. Wenn Sie es waren, öffnen Sie vor "
            "{due} diese Seite:\n\n{link}\n\nFalls die Seite nach einem Code fragt, lautet er:\n\n{token}\n\nWenn nicht, tun "
            "Sie nichts: Diese Adresse wird dann nicht verwendet.",
        ),
        "es": (
            "Confirme su nueva dirección",
            "Alguien ha pedido usar esta dirección para su cuenta en {instance}. Si ha sido usted, abra esta página antes de "
            "{due}:\n\n{link}\n\nSi la página pide un código, es este:\n\n{token}\n\nSi no, no haga nada: entonces esta "
            "dirección no se usa.",
        ),
        "fr": (
            "Confirmez votre nouvelle adresse",
            "Quelqu’un a demandé à utiliser cette adresse pour son compte sur {instance}. Si c’est vous, ouvrez cette page "
            "avant {due} :\n\n{link}\n\nSi la page demande un code, le voici :\n\n{token}\n\nSinon, ne faites rien : cette "
            "adresse ne sera pas utilisée.",
        ),
        "it": (
            "Confermi il Suo nuovo indirizzo",
            "Qualcuno ha chiesto di usare questo indirizzo per il proprio account su {instance}. Se è stato Lei, apra questa "
            "pagina prima di {due}:\n\n{link}\n\nSe la pagina chiede un codice, è questo:\n\n{token}\n\nAltrimenti non faccia "
            "nulla: questo indirizzo non verrà usato.",
        ),
        "pt": (
            "Confirme o seu novo endereço",
            "Alguém pediu para usar este endereço na sua conta em {instance}. Se foi você, abra esta página antes de "
            "{due}:\n\n{link}\n\nSe a página pedir um código, é este:\n\n{token}\n\nSe não, não faça nada: este endereço não "
            "será usado.",
        ),
    },
    "email-change-old": {
        "de": (
            "Eine andere Adresse für Ihr Konto",
            "Jemand hat sich in Ihr Konto bei {instance} eingeloggt und möchte eine andere Adresse dafür verwenden. Wenn Sie "
            "es nicht waren, öffnen Sie diese Seite: Ihre Adresse bleibt, und alle werden abgemeldet. Fordern Sie dann beim "
            "Einloggen ein neues Passwort an.\n\n{refuse}\n\nWenn Sie es waren, öffnen Sie diese:\n\n{link}\n\nFalls eine "
            "Seite nach einem Code fragt, lautet er:\n\n{token}\n\nWenn Sie vor {due} keines von beidem tun und die neue "
            "Adresse bestätigt ist, gilt sie von da an.",
        ),
        "es": (
            "Otra dirección para su cuenta",
            "Alguien ha iniciado sesión en su cuenta en {instance} y ha pedido usar otra dirección. Si no ha sido usted, abra "
            "esta página: su dirección se mantiene y se cierran todas las sesiones. Después pida una contraseña nueva al "
            "iniciar sesión.\n\n{refuse}\n\nSi ha sido usted, abra esta otra:\n\n{link}\n\nSi una página pide un código, es "
            "este:\n\n{token}\n\nSi no hace ninguna de las dos cosas antes de {due} y la nueva dirección está confirmada, se "
            "usará desde entonces.",
        ),
        "fr": (
            "Une autre adresse pour votre compte",
            "Quelqu’un s’est connecté à votre compte sur {instance} et a demandé à utiliser une autre adresse. Si ce n’est pas "
            "vous, ouvrez cette page : votre adresse reste et toutes les sessions sont fermées. Demandez ensuite un nouveau "
            "mot de passe à la connexion.\n\n{refuse}\n\nSi c’est vous, ouvrez celle-ci :\n\n{link}\n\nSi une page demande un "
            "code, le voici :\n\n{token}\n\nSi vous ne faites ni l’un ni l’autre avant {due} et que la nouvelle adresse est "
            "confirmée, elle sera utilisée ensuite.",
        ),
        "it": (
            "Un altro indirizzo per il Suo account",
            "Qualcuno è entrato nel Suo account su {instance} e ha chiesto di usare un altro indirizzo. Se non è stato Lei, "
            "apra questa pagina: il Suo indirizzo resta e tutte le sessioni vengono chiuse. Poi chieda una nuova password "
            "all’accesso.\n\n{refuse}\n\nSe è stato Lei, apra quest’altra:\n\n{link}\n\nSe una pagina chiede un codice, è "
            "questo:\n\n{token}\n\nSe non fa né l’uno né l’altro prima di {due} e il nuovo indirizzo è confermato, da allora "
            "si usa quello.",
        ),
        "pt": (
            "Outro endereço para a sua conta",
            "Alguém iniciou sessão na sua conta em {instance} e pediu para usar outro endereço. Se não foi você, abra esta "
            "página: o seu endereço mantém-se e todas as sessões terminam. Depois peça uma nova palavra-passe ao iniciar "
            "sessão.\n\n{refuse}\n\nSe foi você, abra esta:\n\n{link}\n\nSe uma página pedir um código, é "
            "este:\n\n{token}\n\nSe não fizer nenhuma das duas coisas antes de {due} e o novo endereço estiver confirmado, "
            "passa a ser usado.",
        ),
    },
    "email-change-known": {
        "de": (
            "Sie haben schon ein Konto",
            "Jemand wollte diese Adresse für ein anderes Konto bei {instance} verwenden. Sie hat schon ein Konto, und es hat "
            "sich nichts geändert. Wenn Sie es waren, loggen Sie sich in dieses Konto ein, oder fordern Sie mit "
            "requestPasswordReset ein neues Passwort an.",
        ),
        "es": (
            "Ya tiene una cuenta",
            "Alguien ha pedido usar esta dirección para otra cuenta en {instance}. Ya tiene una cuenta, y no ha cambiado nada. "
            "Si ha sido usted, inicie sesión en esa cuenta o pida una contraseña nueva con requestPasswordReset.",
        ),
        "fr": (
            "Vous avez déjà un compte",
            "Quelqu’un a demandé à utiliser cette adresse pour un autre compte sur {instance}. Elle a déjà un compte, et rien "
            "n’a changé. Si c’est vous, connectez-vous à ce compte ou demandez un nouveau mot de passe avec "
            "requestPasswordReset.",
        ),
        "it": (
            "Ha già un account",
            "Qualcuno ha chiesto di usare questo indirizzo per un altro account su {instance}. Ha già un account, e non è "
            "cambiato niente. Se è stato Lei, acceda a quell’account o chieda una nuova password con requestPasswordReset.",
        ),
        "pt": (
            "Já tem uma conta",
            "Alguém pediu para usar este endereço noutra conta em {instance}. Ele já tem uma conta, e nada mudou. Se foi você, "
            "inicie sessão nessa conta ou peça uma nova palavra-passe com requestPasswordReset.",
        ),
    },
    "email-change-refused": {
        "de": (
            "Ihre Adresse bleibt",
            "Die Änderung der Adresse Ihres Kontos bei {instance} wurde abgelehnt, und alle Sitzungen wurden beendet. Wer sie "
            "wollte, kennt Ihr Passwort: Fordern Sie jetzt beim Einloggen ein neues an.",
        ),
        "es": (
            "Su dirección se mantiene",
            "Se ha rechazado el cambio de dirección de su cuenta en {instance} y han terminado todas las sesiones. Quien lo "
            "pidió conoce su contraseña: pida ahora una nueva al iniciar sesión.",
        ),
        "fr": (
            "Votre adresse reste",
            "Le changement d’adresse de votre compte sur {instance} a été refusé et toutes les sessions ont été fermées. La "
            "personne qui l’a demandé connaît votre mot de passe : demandez-en un nouveau maintenant à la connexion.",
        ),
        "it": (
            "Il Suo indirizzo resta",
            "Il cambio di indirizzo del Suo account su {instance} è stato rifiutato e tutte le sessioni sono state chiuse. Chi "
            "lo ha chiesto conosce la Sua password: ne chieda ora una nuova all’accesso.",
        ),
        "pt": (
            "O seu endereço mantém-se",
            "A alteração do endereço da sua conta em {instance} foi recusada e todas as sessões terminaram. Quem a pediu sabe "
            "a sua palavra-passe: peça agora uma nova ao iniciar sessão.",
        ),
    },
    "email-changed": {
        "de": (
            "Ihre Adresse wurde geändert",
            "Ihr Konto bei {instance} hat ab jetzt eine andere Adresse; loggen Sie sich mit dieser ein. Wenn Sie es nicht "
            "waren, schreiben Sie sofort an {contact}.",
        ),
        "es": (
            "Se ha cambiado su dirección",
            "Su cuenta en {instance} tiene desde ahora otra dirección; inicie sesión con ella. Si no ha sido usted, escriba de "
            "inmediato a {contact}.",
        ),
        "fr": (
            "Votre adresse a été changée",
            "Votre compte sur {instance} a désormais une autre adresse ; connectez-vous avec celle-ci. Si ce n’est pas vous, "
            "écrivez tout de suite à {contact}.",
        ),
        "it": (
            "Il Suo indirizzo è stato cambiato",
            "Il Suo account su {instance} ha ora un altro indirizzo; acceda con quello. Se non è stato Lei, scriva subito a "
            "{contact}.",
        ),
        "pt": (
            "O seu endereço foi alterado",
            "A sua conta em {instance} tem agora outro endereço; inicie sessão com esse. Se não foi você, escreva "
            "imediatamente para {contact}.",
        ),
    },
    "totp-enabled": {
        "de": (
            "Einmalpasswörter sind eingeschaltet",
            "Beim Einloggen in Ihr Konto bei {instance} wird ab jetzt nach einem Einmalpasswort gefragt. Wenn Sie es nicht "
            "waren, schreiben Sie sofort an {contact}.",
        ),
        "es": (
            "Las contraseñas de un solo uso están activadas",
            "Desde ahora, al iniciar sesión en su cuenta en {instance} se pide una contraseña de un solo uso. Si no ha sido "
            "usted, escriba de inmediato a {contact}.",
        ),
        "fr": (
            "Les mots de passe à usage unique sont activés",
            "Désormais, la connexion à votre compte sur {instance} demande un mot de passe à usage unique. Si ce n’est pas "
            "vous, écrivez tout de suite à {contact}.",
        ),
        "it": (
            "Le password monouso sono attive",
            "D’ora in poi l’accesso al Suo account su {instance} chiede una password monouso. Se non è stato Lei, scriva "
            "subito a {contact}.",
        ),
        "pt": (
            "As palavras-passe de uso único estão ativas",
            "A partir de agora, iniciar sessão na sua conta em {instance} pede uma palavra-passe de uso único. Se não foi "
            "você, escreva imediatamente para {contact}.",
        ),
    },
    "totp-disabled": {
        "de": (
            "Einmalpasswörter sind ausgeschaltet",
            "Beim Einloggen in Ihr Konto bei {instance} wird nicht mehr nach einem Einmalpasswort gefragt, und alle anderen "
            "Sitzungen wurden beendet. Wenn Sie es nicht waren, schreiben Sie sofort an {contact}.",
        ),
        "es": (
            "Las contraseñas de un solo uso están desactivadas",
            "Al iniciar sesión en su cuenta en {instance} ya no se pide una contraseña de un solo uso, y han terminado todas "
            "las demás sesiones. Si no ha sido usted, escriba de inmediato a {contact}.",
        ),
        "fr": (
            "Les mots de passe à usage unique sont désactivés",
            "La connexion à votre compte sur {instance} ne demande plus de mot de passe à usage unique, et toutes les autres "
            "sessions ont été fermées. Si ce n’est pas vous, écrivez tout de suite à {contact}.",
        ),
        "it": (
            "Le password monouso sono disattivate",
            "L’accesso al Suo account su {instance} non chiede più una password monouso, e tutte le altre sessioni sono state "
            "chiuse. Se non è stato Lei, scriva subito a {contact}.",
        ),
        "pt": (
            "As palavras-passe de uso único estão desativadas",
            "Iniciar sessão na sua conta em {instance} já não pede uma palavra-passe de uso único, e todas as outras sessões "
            "terminaram. Se não foi você, escreva imediatamente para {contact}.",
        ),
    },
    "recovery-codes-replaced": {
        "de": (
            "Sie haben neue Wiederherstellungscodes",
            "Die Wiederherstellungscodes Ihres Kontos bei {instance} wurden ersetzt; die früheren gelten nicht mehr. Wenn Sie "
            "es nicht waren, schreiben Sie sofort an {contact}.",
        ),
        "es": (
            "Tiene nuevos códigos de recuperación",
            "Se han reemplazado los códigos de recuperación de su cuenta en {instance}; los anteriores ya no valen. Si no ha "
            "sido usted, escriba de inmediato a {contact}.",
        ),
        "fr": (
            "Vous avez de nouveaux codes de récupération",
            "Les codes de récupération de votre compte sur {instance} ont été remplacés ; les anciens ne fonctionnent plus. Si "
            "ce n’est pas vous, écrivez tout de suite à {contact}.",
        ),
        "it": (
            "Ha nuovi codici di recupero",
            "I codici di recupero del Suo account su {instance} sono stati sostituiti; quelli precedenti non valgono più. Se "
            "non è stato Lei, scriva subito a {contact}.",
        ),
        "pt": (
            "Tem novos códigos de recuperação",
            "Os códigos de recuperação da sua conta em {instance} foram substituídos; os anteriores já não funcionam. Se não "
            "foi você, escreva imediatamente para {contact}.",
        ),
    },
    "second-factor-reset-requested": {
        "de": (
            "Ihre Einmalpasswörter sollen ausgeschaltet werden",
            "Jemand, der Ihr Passwort kennt, hat die Verwaltung von {instance} gebeten, die Einmalpasswörter Ihres Kontos "
            "auszuschalten. Wenn Sie es waren, warten Sie: Man wird wissen wollen, dass Sie es sind. Wenn Sie es nicht waren, "
            "öffnen Sie diese Seite, und fordern Sie danach beim Einloggen ein neues Passwort an:\n\n{link}\n\nFalls die Seite "
            "nach einem Code fragt, lautet er:\n\n{token}",
        ),
        "es": (
            "Piden desactivar sus contraseñas de un solo uso",
            "Alguien que conoce su contraseña ha pedido a la administración de {instance} que desactive las contraseñas de un "
            "solo uso de su cuenta. Si ha sido usted, espere: querrán asegurarse de que es usted. Si no, abra esta página y "
            "después pida una contraseña nueva al iniciar sesión:\n\n{link}\n\nSi la página pide un código, es este:\n\n{token}",
        ),
        "fr": (
            "On demande de désactiver vos mots de passe à usage unique",
            "Quelqu’un qui connaît votre mot de passe a demandé à l’administration de {instance} de désactiver les mots de "
            "passe à usage unique de votre compte. Si c’est vous, attendez : elle voudra s’assurer que c’est vous. Sinon, "
            "ouvrez cette page, puis demandez un nouveau mot de passe à la connexion :\n\n{link}\n\nSi la page demande un "
            "code, le voici :\n\n{token}",
        ),
        "it": (
            "Chiedono di disattivare le Sue password monouso",
            "Qualcuno che conosce la Sua password ha chiesto all’amministrazione di {instance} di disattivare le password "
            "monouso del Suo account. Se è stato Lei, attenda: vorranno assicurarsi che sia Lei. Altrimenti apra questa pagina "
            "e poi chieda una nuova password all’accesso:\n\n{link}\n\nSe la pagina chiede un codice, è questo:\n\n{token}",
        ),
        "pt": (
            "Pedem para desativar as suas palavras-passe de uso único",
            "Alguém que sabe a sua palavra-passe pediu à administração de {instance} que desative as palavras-passe de uso "
            "único da sua conta. Se foi você, espere: vão querer certificar-se de que é você. Se não, abra esta página e "
            "depois peça uma nova palavra-passe ao iniciar sessão:\n\n{link}\n\nSe a página pedir um código, é este:\n\n{token}",
        ),
    },
    "second-factor-reset-refused": {
        "de": (
            "Ihre Einmalpasswörter bleiben eingeschaltet",
            "Die Einmalpasswörter Ihres Kontos bei {instance} bleiben eingeschaltet, und alle Sitzungen wurden beendet. Wer "
            "das wollte, kennt Ihr Passwort: Fordern Sie jetzt beim Einloggen ein neues an.",
        ),
        "es": (
            "Sus contraseñas de un solo uso siguen activadas",
            "Las contraseñas de un solo uso de su cuenta en {instance} siguen activadas y han terminado todas las sesiones. "
            "Quien pidió lo contrario conoce su contraseña: pida ahora una nueva al iniciar sesión.",
        ),
        "fr": (
            "Vos mots de passe à usage unique restent activés",
            "Les mots de passe à usage unique de votre compte sur {instance} restent activés et toutes les sessions ont été "
            "fermées. La personne qui a demandé le contraire connaît votre mot de passe : demandez-en un nouveau maintenant à "
            "la connexion.",
        ),
        "it": (
            "Le Sue password monouso restano attive",
            "Le password monouso del Suo account su {instance} restano attive e tutte le sessioni sono state chiuse. Chi ha "
            "chiesto il contrario conosce la Sua password: ne chieda ora una nuova all’accesso.",
        ),
        "pt": (
            "As suas palavras-passe de uso único continuam ativas",
            "As palavras-passe de uso único da sua conta em {instance} continuam ativas e todas as sessões terminaram. Quem "
            "pediu o contrário sabe a sua palavra-passe: peça agora uma nova ao iniciar sessão.",
        ),
    },
    "second-factor-reset-done": {
        "de": (
            "Ihre Einmalpasswörter sind ausgeschaltet",
            "Die Einmalpasswörter Ihres Kontos bei {instance} wurden ausgeschaltet, und alle Sitzungen wurden beendet. Loggen "
            "Sie sich mit Ihrem Passwort ein, und richten Sie mit startTotp ein anderes Gerät ein. Wenn Sie nicht darum "
            "gebeten haben, schreiben Sie sofort an {contact}.",
        ),
        "es": (
            "Sus contraseñas de un solo uso están desactivadas",
            "Se han desactivado las contraseñas de un solo uso de su cuenta en {instance} y han terminado todas las sesiones. "
            "Inicie sesión con su contraseña y configure otro dispositivo con startTotp. Si no lo ha pedido, escriba de "
            "inmediato a {contact}.",
        ),
        "fr": (
            "Vos mots de passe à usage unique sont désactivés",
            "Les mots de passe à usage unique de votre compte sur {instance} ont été désactivés et toutes les sessions ont été "
            "fermées. Connectez-vous avec votre mot de passe et configurez un autre appareil avec startTotp. Si vous ne l’avez "
            "pas demandé, écrivez tout de suite à {contact}.",
        ),
        "it": (
            "Le Sue password monouso sono disattivate",
            "Le password monouso del Suo account su {instance} sono state disattivate e tutte le sessioni sono state chiuse. "
            "Acceda con la Sua password e configuri un altro dispositivo con startTotp. Se non lo ha chiesto, scriva subito a "
            "{contact}.",
        ),
        "pt": (
            "As suas palavras-passe de uso único estão desativadas",
            "As palavras-passe de uso único da sua conta em {instance} foram desativadas e todas as sessões terminaram. Inicie "
            "sessão com a sua palavra-passe e configure outro dispositivo com startTotp. Se não o pediu, escreva imediatamente "
            "para {contact}.",
        ),
    },
}
