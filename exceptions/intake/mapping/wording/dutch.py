"""Dutch: PostNL, bpost, DHL Benelux, DPD Netherlands."""

from typing import Final

from exceptions.intake.mapping.wording.signs import Causes, Phrases, Sign

_POINT = "(?:afhaalpunt|servicepunt|pakketpunt|postnl punt|parcelshop|pakketautomaat|postkantoor|postpunt)"

WHAT: Final[Phrases] = {
    Sign.NOT_FOUND: (r"geen (?:informatie|gegevens)|niet gevonden(?=$)",),
    Sign.RETURNED: (
        r"(?:terug\w*|retour\w*)(?: \w+){0,4} (?:naar|aan|bij) (?:de )?(?:afzender|verzender)|terug naar (?:de )?afzender|"
        r"teruggestuurd|teruggezonden|geretourneerd|retour(?:zending)?\b",
    ),
    Sign.CANCELLED: (r"geannuleerd|annulering",),
    Sign.LOST: (r"verloren|vermist|gestolen|kwijt\b|zoekgeraakt|diefstal|ontbreekt",),
    Sign.DELIVERED_DAMAGED: (r"beschadigd (?:bezorgd|afgeleverd)",),
    Sign.DAMAGED: (r"beschadig\w*|schade\b|kapot",),
    Sign.REFUSED: (r"geweigerd|weiger\w*|weigering",),
    Sign.UNCOLLECTED: (r"niet (?:\w+ )?(?:opgehaald|afgehaald)",),
    Sign.PICKUP_FAILED: (r"ophalen (?:\w+ )?(?:mislukt|niet gelukt)|kon(?: \w+){0,3} niet (?:worden )?opgehaald",),
    Sign.ATTEMPTED: (
        r"bezorgpoging|(?:poging|geprobeerd)(?: \w+){0,5} (?:bezorg\w*|lever\w*|leveren)|niet (?:\w+ ){0,3}(?:bezorgd|geleverd|"
        r"afgeleverd|bezorgen|afleveren|thuis|aanwezig|leveren)|niemand (?:thuis|aanwezig)|gesloten|onbestelbaar|afwezig|geen gehoor|"
        r"(?:bezorging|levering)(?: \w+)? (?:mislukt|niet gelukt|niet mogelijk)|aanbieding mislukt",
        r"adres(?:gegevens)?(?: \w+){0,3} (?:onjuist|onvolledig|onbekend|fout|incorrect|niet (?:gevonden|correct|juist))|(?:onvolledig|"
        r"verkeerd|foutief|onbekend|onjuist)e? adres|verhuisd|geen toegang|(?:kaart|bericht) achtergelaten",
    ),
    Sign.MISROUTED: (r"verkeerd (?:gesorteerd|verzonden|gestuurd)|sorteerfout",),
    Sign.CLEARANCE_DELAYED: (r"(?:vastgehouden|tegengehouden|aangehouden)(?: \w+){0,3} douane|douane(?: \w+){0,3} (?:vastgehouden|tegengehouden)",),
    Sign.DELAYED: (
        r"vertrag\w*|vertraagd|uitgesteld|later (?:bezorgd|geleverd)|volgende (?:werkdag|bezorgdag|dag)|opnieuw (?:\w+ ){0,2}(?:"
        r"aangeboden|bezorg\w*|ingepland)|verschoven|nieuwe (?:bezorg|lever)\w*",
    ),
    Sign.RELEASED: (r"ingeklaard|(?:douane|inklaring)(?: \w+){0,4} (?:vrijgegeven|afgerond|voltooid|afgehandeld)|vrijgegeven",),
    Sign.NOT_YET_RECEIVED: (
        r"nog niet (?:\w+ ){0,3}(?:ontvangen|overhandigd|aangeleverd|aangekomen|verwerkt|gesorteerd|binnen)|wordt (?:\w+ )?(?:voorbereid|verwacht)|wacht op "
        r"(?:afhaling|ophalen)",
    ),
    Sign.AVAILABLE: (
        rf"(?:klaar|gereed|beschikbaar)(?: \w+){{0,5}} (?:ophalen|opgehaald|afgehaald|afhalen|afhaling|bij|op|halen|{_POINT})|"
        rf"af te halen|op te halen|(?:bezorgd|afgeleverd|aangekomen|ligt)(?: \w+){{0,3}} (?:bij|op|in|naar)(?: \w+){{0,3}} {_POINT}|"
        rf"{_POINT}|kan worden (?:opgehaald|afgehaald)",
    ),
    Sign.HELD: (
        r"vastgehouden|in de wacht|opgeslagen|tegengehouden|aangehouden|in beslag|wacht(?:en)? op (?:betaling|documenten|informatie|"
        r"instructies)|douanecontrole|geblokkeerd",
    ),
    Sign.ANNOUNCED: (
        r"aangemeld|voorgemeld|vooraangemeld|aangekondigd|(?:gegevens|informatie|data)(?: \w+){0,5} (?:ontvangen|verzonden|"
        r"doorgegeven)|label(?: \w+)? (?:aangemaakt|geprint|gemaakt)|bestelling(?: \w+)? (?:ontvangen|geplaatst)|voormelding",
    ),
    Sign.OUT_FOR_DELIVERY: (
        r"onderweg naar (?:de )?(?:ontvanger|u\b|jou|geadresseerde)|(?:met|bij) (?:de |onze )?(?:bezorger|chauffeur|koerier)|bezorger is|"
        r"wordt(?: \w+){0,3} (?:bezorgd|geleverd|afgeleverd)|uit voor (?:levering|bezorging)|in (?:bezorging|aflevering|levering)|"
        r"bezorgronde|bezorgbus|bezorgrit",
    ),
    Sign.DELIVERED: (
        r"(?<!worden )(?:bezorgd|afgeleverd|geleverd)\b|(?:levering|bezorging)(?: \w+)? (?:voltooid|gelukt|geslaagd)|(?:opgehaald|"
        r"afgehaald|overhandigd) (?:door|aan)(?: de)? (?:ontvanger|klant|geadresseerde|buren)|bij de buren|brievenbus|getekend",
    ),
    Sign.PROBLEM: (r"probleem|uitzondering|afwijking|vernietigd|onregelmatigheid",),
    Sign.PICKED_UP: (r"opgehaald|afgehaald|ontvangen (?:door|van)|overgedragen|aangenomen|in ontvangst|overhandigd",),
    Sign.DEPARTED: (r"vertrokken|verlaten|verzonden|vertrek\b|doorgestuurd",),
    Sign.ARRIVED: (r"aangekomen|aankomst|binnengekomen|gearriveerd|ontvangen",),
    Sign.IN_CUSTOMS: (r"inklaring|douane\w*",),
    Sign.MOVING: (r"onderweg|gesorteerd|verwerkt|sorteer\w*|verwerking|vervoer\w*|in behandeling",),
}  # fmt: skip

WHY: Final[Causes] = {
    "theft": (r"gestolen|diefstal",),
    "accident": (r"ongeval|ongeluk",),
    "equipment_breakdown": (r"autopech|pech\b|motorpech",),
    "customs_documents": (r"douanedocumenten|documenten (?:ontbreken|vereist)",),
    "credit_or_payment": (r"betaling|invoerkosten|invoerrechten",),
    "strike_or_civil": (r"staking\w*|blokkade",),
    "weather": (r"weersomstandigheden|sneeuw|storm|overstroming|gladheid",),
    "customs_exam": (r"douane\w*",),
    "road_conditions": (r"file\b|verkeer\w*|wegafsluiting",),
    "address_wrong": (
        r"adres(?:gegevens)?(?: \w+){0,3} (?:onjuist|onvolledig|onbekend|fout|incorrect)|(?:onvolledig|verkeerd|foutief|onbekend|"
        r"onjuist)e? adres|verhuisd",
    ),
    "receiver_refused": (r"geweigerd|weiger\w*",),
    "receiver_restricted": (r"geen toegang",),
    "receiver_closed": (r"niet (?:thuis|aanwezig)|niemand|gesloten|afwezig|feestdag|geen gehoor",),
    "customer_reschedule": (r"op verzoek van|niet (?:opgehaald|afgehaald)",),
    "missort_misroute": (r"verkeerd gesorteerd|sorteerfout",),
}  # fmt: skip
