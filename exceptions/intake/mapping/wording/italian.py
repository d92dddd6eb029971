"""Italian: Poste Italiane, BRT Bartolini, SDA, GLS Italy, TNT Italy."""

from typing import Final

from exceptions.intake.mapping.wording.signs import Causes, Phrases, Sign

WHAT: Final[Phrases] = {
    Sign.NOT_FOUND: (r"(?:nessuna|non ci sono) informazion\w*|non trovat\w*(?=$)",),
    Sign.RETURNED: (
        r"(?:reso|resa|resi|restitu\w*|ritorn\w*|rinvi\w*|rispedi\w*|rientr\w*|torna\w*)(?: \w+){0,4} (?:al|a|verso il) mittente|"
        r"al mittente\b|in restituzione|restituit\w*|compiuta giacenza|in reso",
    ),
    Sign.CANCELLED: (r"annullat\w*|cancellat\w*",),
    Sign.LOST: (r"smarrit\w*|smarrimento|pers[oaie]\b|rubat\w*|furto|mancante|ammanco",),
    Sign.DELIVERED_DAMAGED: (r"consegnat\w* (?:\w+ )?danneggiat\w*",),
    Sign.DAMAGED: (r"danneggiat\w*|bagnat\w*|rott[oaie]\b|danno\b|avariat\w*",),
    Sign.REFUSED: (r"rifiut\w*|respint\w*",),
    Sign.UNCOLLECTED: (r"non (?:\w+ )?ritirat\w*",),
    Sign.PICKUP_FAILED: (r"ritiro (?:\w+ )?(?:non effettuato|fallito|non riuscito|mancato)|mancato ritiro presso",),
    Sign.ATTEMPTED: (
        r"tentativ\w*(?: \w+){0,2} consegna|tentativo fallito|tentata consegna|mancata consegna|non (?:\w+ ){0,3}consegn\w*|impossibile "
        r"(?:la )?consegn\w*|consegna(?: \w+){0,2} (?:non riuscita|fallita|non effettuata|non eseguita|impossibile|a buon fine)",
        r"(?:destinatario|cliente)(?: \w+){0,2} (?:assente|sconosciut\w*|trasferit\w*|irreperibile|chius\w*)|assente|irreperibile|"
        r"chius[oaie]\b|chiusura|sconosciut\w*|(?:lasciato|avviso)(?: \w+){0,3} (?:avviso|giacenza|passaggio)|trasferit[oa]\b(?= |$)",
        r"(?:indirizzo|numero civico)(?: \w+){0,3} (?:errat|incomplet|insufficient|inesistent|sbagliat|mancant|non (?:corrett|trovat))\w*|"
        r"(?:errato|sbagliato) indirizzo|accesso (?:negato|impossibile)",
    ),
    Sign.MISROUTED: (r"disguid\w*|mal (?:instradat|indirizzat)\w*|errore di (?:smistamento|instradamento)|dirottat\w*",),
    Sign.CLEARANCE_DELAYED: (r"(?:bloccat|trattenut|fermat|ferm)\w*(?: \w+){0,3} dogan\w*",),
    Sign.DELAYED: (
        r"ritard\w*|riprogrammat\w*|rimandat\w*|posticipat\w*|rinviat\w*|prossimo giorno (?:lavorativo|utile)|nuov[oa] (?:consegna|"
        r"tentativo|data)|riconsegna|maltempo|disagi",
    ),
    Sign.RELEASED: (
        r"sdoganat\w*|sdoganamento (?:\w+ )?(?:completat|effettuat|conclus|terminat)\w*|(?:svincolat|rilasciat|liberat)\w*(?: \w+){0,3} "
        r"dogan\w*|dogan\w*(?: \w+){0,3} (?:completat|conclus|terminat)\w*",
    ),
    Sign.NOT_YET_RECEIVED: (
        r"non ancora (?:\w+ ){0,3}(?:ricevut|affidat|ritirat|pres)\w*|in preparazione|ritiro (?:\w+ )?(?:prenotat|programmat|richiest)"
        r"\w*|in attesa (?:di|del) (?:affidamento|presa in carico|partenza|spedizione|ritiro (?:del|da parte del) corriere)",
    ),
    Sign.AVAILABLE: (
        r"disponibile(?: \w+){0,5} (?:ritiro|ritirare|presso|ritirat\w*)|pront\w* per (?:il |essere )?ritir\w*|(?:in|presso) (?:\w+ )"
        r"{0,3}(?:punto di ritiro|ufficio postale|locker|punto poste)|in attesa di (?:essere )?ritir\w*|fermo (?:deposito|posta)|a "
        r"disposizione|puo essere ritirat\w*",
    ),
    Sign.HELD: (
        r"giacenza|trattenut\w*|bloccat\w*|ferm[oa]\b|fermat\w*|sospes\w*|in attesa di (?:pagamento|document\w*|istruzion\w*|"
        r"informazion\w*|svincolo)|ispezion\w*|sequestr\w*",
    ),
    Sign.ANNOUNCED: (
        r"etichetta(?: \w+)? (?:creat|stampat|generat)\w*|dati(?: \w+){0,4} (?:ricevut|trasmess|inviat)\w*|informazioni(?: \w+){0,4} "
        r"(?:ricevut|trasmess)\w*|spedizione (?:creat|registrat|annunciat|prenotat)\w*|ordine(?: \w+)? (?:ricevut|creat|registrat)\w*|"
        r"preavviso|lettera di vettura",
    ),
    Sign.OUT_FOR_DELIVERY: (
        r"in consegna|in (?:fase|corso) di (?:consegna|distribuzione)|in distribuzione|uscit\w* (?:per|in) (?:la )?consegna|sara "
        r"consegnat\w* oggi|con il (?:corriere|portalettere|fattorino)|partit\w* per la consegna|consegna (?:prevista )?(?:oggi|in corso)|consegna prevista(?: \w+){0,4} (?:oggi|odierna)",
    ),
    Sign.DELIVERED: (
        r"(?<!essere )(?<!sara )consegnat\w*(?! (?:al (?:corriere|vettore)|a poste))|consegna (?:effettuata|avvenuta|completata|riuscita|"
        r"eseguita)|ritirat\w* (?:dal|da) (?:destinatario|cliente)|firmat\w*",
    ),
    Sign.PROBLEM: (r"anomalia|problema|eccezione|distrutt\w*|reclamo",),
    Sign.PICKED_UP: (r"ritirat\w*|pres[oaie] in carico|presa in carico|accettat\w*|accettazione|raccolt\w*|affidat\w*|ritiro (?:effettuat|eseguit)\w*",),
    Sign.DEPARTED: (r"partit\w*|partenza|spedit\w*|lasciato|uscit\w*|inviat\w*|in viaggio verso",),
    Sign.ARRIVED: (r"arrivat\w*|arrivo|giunt[oaie]\b|ricevut\w*|entrat\w*|pervenut\w*",),
    Sign.IN_CUSTOMS: (r"dogan\w*|sdoganamento",),
    Sign.MOVING: (r"in transito|transito|in viaggio|in lavorazione|lavorat\w*|smistat\w*|in corso|smistamento|inoltrat\w*|elaborat\w*",),
}  # fmt: skip

WHY: Final[Causes] = {
    "theft": (r"rubat\w*|furto",),
    "accident": (r"incidente stradale|sinistro",),
    "equipment_breakdown": (r"guasto|avaria del mezzo",),
    "customs_documents": (r"document\w* dogan\w*|documenti mancanti|fattura commerciale",),
    "credit_or_payment": (r"pagamento|contrassegno|dazi",),
    "strike_or_civil": (r"sciopero|blocco stradale",),
    "weather": (r"maltempo|meteo\w*|neve|alluvione|condizioni atmosferiche",),
    "customs_exam": (r"dogan\w*",),
    "road_conditions": (r"traffico|strada chiusa",),
    "address_wrong": (
        r"(?:indirizzo|numero civico)(?: \w+){0,3} (?:errat|incomplet|insufficient|inesistent|sbagliat|mancant)\w*|destinatario "
        r"(?:sconosciuto|trasferito)|irreperibile",
    ),
    "receiver_refused": (r"rifiut\w*|respint\w*",),
    "receiver_restricted": (r"accesso (?:negato|impossibile)",),
    "receiver_closed": (r"assente|chius[oaie]\b|chiusura|ferie|festiv\w*",),
    "customer_reschedule": (r"su richiesta|non ritirat\w*",),
    "missort_misroute": (r"disguid\w*|errore di (?:smistamento|instradamento)",),
}  # fmt: skip
