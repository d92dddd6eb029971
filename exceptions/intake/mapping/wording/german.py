"""German: DHL, DPD, Hermes, GLS, UPS, Post AG, Österreichische Post, Swiss Post, forwarders."""

from typing import Final

from exceptions.intake.mapping.wording.signs import Causes, Phrases, Sign

_ITEM = "(?:sendung|paket|packstuck|packchen|ware|palette|lieferung|brief|packstucke|paletten)"
_RECEIVER = "(?:empfangers?|kunden?|adressat\\w*)"
_SENDER = "(?:absender|versender|auftraggeber)"

WHAT: Final[Phrases] = {
    Sign.NOT_FOUND: (r"(?:noch )?keine(?: \w+){0,2} (?:daten|informationen)|nicht gefunden(?=$)",),
    Sign.RETURNED: (
        rf"zuruck\w*(?: \w+){{0,3}} (?:an|zum|zu) (?:den |ihren )?{_SENDER}|(?:an|zum) (?:den )?{_SENDER}(?: \w+){{0,2}} "
        r"(?:zuruck\w*|retourniert|gesandt|gesendet)|rucksend\w*|rucktransport|rucklauf\w*|rucklieferung|geht zuruck|"
        r"zuruckgesandt|zuruckgeschickt|retour(?:e|niert|sendung)?\b|lagerfrist(?: \w+){0,2} (?:uberschritten|abgelaufen)",
    ),
    Sign.CANCELLED: (r"stornier\w*|annullier\w*|stornierung",),
    Sign.LOST: (
        rf"verloren|verlust\b|gestohlen|diebstahl|unauffindbar|nicht auffindbar|vermisst|(?:{_ITEM} fehl(?:t|en)|fehlende "
        rf"{_ITEM})|fehlmenge",
    ),
    Sign.DELIVERED_DAMAGED: (r"beschadigt (?:zugestellt|ausgeliefert|abgeliefert)|zugestellt\.? (?:\w+ )?beschadig\w*",),
    Sign.DAMAGED: (r"beschadig\w*|nass\b|durchnasst|defekt|zerbrochen|bruch\b|ausgelaufen|zerstort|bruchschaden",),
    Sign.REFUSED: (r"verweiger\w*|annahme abgelehnt|nicht angenommen|abgelehnt",),
    Sign.UNCOLLECTED: (r"(?<!konnte )(?<!leider )nicht (?:\w+ )?abgeholt(?! werden)",),
    Sign.PICKUP_FAILED: (
        r"(?:konnte|konnten)(?: \w+){0,4} nicht abgeholt|abholung (?:\w+ )?(?:nicht moglich|fehlgeschlagen|erfolglos|"
        rf"gescheitert|nicht erfolgt)|{_SENDER}(?: \w+){{0,2}} nicht angetroffen|abholversuch",
    ),
    Sign.ATTEMPTED: (
        r"zustellversuch\w*|nicht (?:\w+ ){0,2}(?:zugestellt|zustellbar|ausgeliefert|geliefert|angetroffen)|unzustellbar|"
        r"zustellung(?: \w+){0,3} (?:nicht (?:moglich|erfolgreich)|fehlgeschlagen|gescheitert|erfolglos|unmoglich)",
        rf"{_RECEIVER}(?: \w+){{0,3}} (?:abwesend|unbekannt|verzogen|geschlossen|urlaub)|unbekannt verzogen|geschlossen|"
        r"(?:benachrichtigung|karte|zettel)(?: \w+){0,3} hinterlassen|niemand(?: \w+){0,3} (?:angetroffen|zu hause|anwesend)",
        r"(?:adresse|anschrift|hausnummer|empfangerangaben)(?: \w+){0,3} (?:falsch|unvollstandig|fehlerhaft|unklar|fehlt|"
        r"ungultig|unbekannt|nicht (?:gefunden|korrekt))|(?:falsche\w*|fehlerhafte\w*|unvollstandige\w*|ungultige\w*|"
        r"mangelhafte\w*|unbekannte\w*) (?:adress\w*|anschrift|empfangerangaben|hausnummer)|adressfehler\w*",
        r"kein zugang|nicht zuganglich|zustellhindernis|zugang(?: \w+){0,2} (?:verwehrt|nicht moglich)|zugangscode",
    ),
    Sign.MISROUTED: (r"fehlgeleitet|fehlleitung|falsch (?:geleitet|sortiert|verladen)|irrlaufer|falschen standort",),
    Sign.CLEARANCE_DELAYED: (r"(?:vom|beim|durch den|im) zoll(?: \w+){0,2} (?:angehalten|zuruckgehalten|festgehalten|beschlagnahmt)|"
                             r"zoll (?:angehalten|zuruckgehalten)",),
    Sign.DELAYED: (
        r"verspat\w*|verzoger\w*|spater als|nachst\w* (?:werktag|arbeitstag|zustelltag|tag)|verschoben|neuer (?:liefer|"
        r"zustell)termin|ruckstand|nicht wie geplant|panne\b|stau\b|witterung\w*|unwetter",
    ),
    Sign.RELEASED: (
        r"(?:zoll\w*|verzollung\w*)(?: \w+){0,4} (?:abgeschlossen|freigegeben|beendet|erfolgt|erledigt)|verzollt\b|zollfreigabe|"
        r"freigegeben",
    ),
    Sign.NOT_YET_RECEIVED: (
        r"noch nicht (?:\w+ ){0,3}(?:ubergeben|eingetroffen|erhalten|eingegangen|abgeholt|vor)|abholung(?: \w+){0,2} (?:geplant|"
        rf"beauftragt|angemeldet)|abholauftrag|wird(?: \w+){{0,4}} (?:abgeholt|(?:fur den|zum) versand vorbereitet)|vom {_SENDER}(?: \w+){{0,3}} vorbereitet",
    ),
    Sign.AVAILABLE: (
        r"abholbereit|zur abholung|fur die abholung|abholung bereit|(?:kann|konnen)(?: \w+){0,8} abgeholt werden|hinterlegt|"
        r"zur selbstabholung|(?:filiale|paketshop|packstation|abholstation|postfach|paketbox|parcelshop)(?: \w+){0,3} "
        r"(?:eingetroffen|zugestellt|eingelegt|abgegeben|eingestellt|bereit)|lagert(?: \w+){0,3} (?:filiale|paketshop)",
    ),
    Sign.HELD: (
        r"angehalten|zuruckgehalten|eingelagert|lagerung|gelagert|aufbewahrt|zollbeschau|zollamtlich|zollkontrolle|zollprufung|"
        r"beschlagnahmt|gesperrt|in klarung|warte\w* auf (?!abholung)|(?:zahlung|papiere|dokumente|unterlagen|handelsrechnung)"
        r"(?: \w+){0,2} (?:fehl(?:en|t)|ausstehend|offen|benotigt|erforderlich)|zuruckgestellt",
    ),
    Sign.ANNOUNCED: (
        r"elektronisch\w*|angekundigt|auftragsdaten|sendungsdaten|paketdaten|datensatz|avisier\w*|voravis|auftrag (?:erfasst|"
        r"erteilt|angelegt)|label|versandschein|(?:daten|informationen)(?: \w+){0,5} (?:ubermittelt|ubertragen|erhalten|"
        r"eingegangen)|bestellung (?:eingegangen|erfasst)|sendung angelegt",
    ),
    Sign.OUT_FOR_DELIVERY: (
        r"in (?:der )?(?:zustellung|auslieferung|zustelltour)|zustellfahrzeug|(?:beim|an den|dem) zusteller|auf dem weg (?:zu "
        r"ihnen|zum empfanger|zur zustelladresse)|(?:wird|soll)(?: \w+){0,3} heute(?: \w+){0,3} (?:zugestellt|ausgeliefert|"
        r"geliefert)|zustellung (?:\w+ )?heute|auf tour|fahrer ist|zustelltour|zur zustellung verladen",
    ),
    Sign.DELIVERED: (
        r"(?:zugestellt|ausgeliefert|abgeliefert|geliefert)\b(?! werden)|zustellung (?:\w+ )?(?:erfolgreich|erfolgt)|"
        r"(?:vom|durch(?: den| die)?|der) (?:empfanger\w*|kunden?)(?: \w+){0,7} (?:abgeholt|entgegengenommen|ubernommen|erhalten|"
        r"angenommen)|abgestellt|(?:an|bei)(?: \w+){0,3} nachbarn?|briefkasten|(?:dem|an den|an) empfanger(?: \w+){0,2} ubergeben|"
        r"abholung (?:\w+ ){0,3}durch (?:den )?empfanger|ablieferung|entladen beim (?:kunden|empfanger)",
    ),
    Sign.APPOINTMENT: (r"(?:zustell|liefer)?termin (?:\w+ )?(?:vereinbart|bestatigt|gebucht)|avistermin",),
    Sign.PROBLEM: (r"unregelmassigkeit\w*|storung|problem|fehler\b|abweichung|entsorgt|vernichtet|nachforschung|ereignis",),
    Sign.PICKED_UP: (
        r"abgeholt|eingeliefert|ubernommen|angenommen|entgegengenommen|aufgegeben|ubergeben|abholung (?:erfolgt|erfolgreich)|"
        r"beladen|einlieferung|annahme",
    ),
    Sign.DEPARTED: (r"verlassen|abgefahren|abgang|abfahrt|versandt|versendet|verschickt|weitergeleitet|abgeflogen|ausgang\w*|export\w*",),
    Sign.ARRIVED: (
        r"eingetroffen|angekommen|ankunft|eingang\w*|erreicht|eingegangen|im (?:\w+ )?(?:paketzentrum|depot|logistikzentrum|"
        r"verteilzentrum|paketverteilzentrum)|in der (?:zustellbasis|niederlassung)|import\w*",
    ),
    Sign.IN_CUSTOMS: (r"zoll\w*|verzoll\w*",),
    Sign.MOVING: (
        r"unterwegs|bearbeit\w*|sortier\w*|\w*transport\w*|verladen|umgeladen|umschlag|gescannt|auf dem weg|verarbeitet|"
        r"weiterbefordert|befordert|umgeschlagen|umgeroutet|weiterleitung|vorbereitet",
    ),
}  # fmt: skip

WHY: Final[Causes] = {
    "theft": (r"gestohlen|diebstahl",),
    "accident": (r"unfall\w*",),
    "reefer_fault": (r"kuhlaggregat|kuhlanlage",),
    "equipment_breakdown": (r"panne\b|fahrzeugausfall|motorschaden|reifen\w*|technischer defekt|defekt(?:es|er)? (?:fahrzeug|lkw)",),
    "driver_hours": (r"lenkzeit\w*|ruhezeit\w*",),
    "driver_unavailable": (r"fahrer(?: \w+)? (?:krank|ausgefallen|fehlt)|kein fahrer",),
    "customs_documents": (r"zollpapiere|zolldokumente|handelsrechnung|zollunterlagen|(?:papiere|dokumente|unterlagen) (?:\w+ )?fehlen",),
    "credit_or_payment": (r"zahlung|nachnahme|zollgebuhren|einfuhrabgaben",),
    "strike_or_civil": (r"streik\w*|blockade",),
    "weather": (r"witterung\w*|unwetter|schnee\w*|wetter\w*|glatteis|hochwasser|sturm\w*",),
    "customs_exam": (r"zoll\w*",),
    "road_conditions": (r"stau\b|sperrung|vollsperrung|verkehr\w*",),
    "address_wrong": (
        r"(?:adresse|anschrift|hausnummer|empfangerangaben)(?: \w+){0,3} (?:falsch|unvollstandig|fehlerhaft|unklar|fehlt|ungultig|"
        r"unbekannt)|(?:falsche|fehlerhafte|unvollstandige|ungultige|mangelhafte)\w* (?:adress\w*|anschrift|empfangerangaben|"
        r"hausnummer)|adressfehler\w*|unbekannt verzogen|verzogen|empfanger unbekannt",
    ),
    "receiver_refused": (r"verweiger\w*|abgelehnt|nicht angenommen",),
    "receiver_restricted": (r"kein zugang|nicht zuganglich|rampe (?:voll|belegt)|annahmezeiten|zeitfenster",),
    "receiver_closed": (r"geschlossen|nicht angetroffen|abwesend|urlaub|feiertag|niemand",),
    "customer_reschedule": (r"(?:auf|nach) wunsch|kundenwunsch|nicht abgeholt|wunschtermin|neuer termin",),
    "missort_misroute": (r"fehlgeleitet|fehlleitung|falsch sortiert|irrlaufer",),
    "shipper_not_ready": (r"ware nicht (?:bereit|fertig)|noch nicht verladebereit",),
}  # fmt: skip
