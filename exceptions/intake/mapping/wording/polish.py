"""Polish: Poczta Polska, InPost, DPD Poland, GLS Poland, DHL Parcel Poland."""

from typing import Final

from exceptions.intake.mapping.wording.signs import Causes, Phrases, Sign

WHAT: Final[Phrases] = {
    Sign.NOT_FOUND: (r"brak (?:danych|informacji)|nie znaleziono",),
    Sign.RETURNED: (r"zwrot\w*|zwroc\w*|zwrac\w*|odesla\w*(?: \w+){0,2} nadawc\w*|do nadawcy|wraca do|nie podjet\w* w terminie",),
    Sign.CANCELLED: (r"anulow\w*|anulacj\w*",),
    Sign.LOST: (r"zagub\w*|zagin\w*|utrac\w*|skradzi\w*|kradziez\w*|brak (?:paczki|przesylki|palety|towaru)",),
    Sign.DELIVERED_DAMAGED: (r"(?:dorecz|dostarcz)\w* (?:\w+ )?uszkodz\w*",),
    Sign.DAMAGED: (r"uszkodz\w*|mokr[aey]\b|zniszcz\w*|zalan\w*",),
    Sign.REFUSED: (r"odmow\w*|odmaw\w*|nie przyjal\w*|odrzuc\w*",),
    Sign.UNCOLLECTED: (r"nie (?:zostal\w* )?(?:odebran|odebral|podjet)\w*|nieodebran\w*|niepodjet\w*",),
    Sign.PICKUP_FAILED: (r"nieudan\w* (?:prob\w* )?(?:odbior|podjec|nadani)\w*|nie (?:\w+ )?odebran\w* od nadawcy|brak nadawcy",),
    Sign.ATTEMPTED: (
        r"nieudan\w*|prob\w* (?:dorecz|dostarcz|dostaw)\w*|nie (?:\w+ ){0,3}(?:dorecz|dostarcz)\w*|niedoreczon\w*|nieobecn\w*|nie zast\w*|"
        r"awizo\w*|zamkniet\w*|odbiorca(?: \w+)? (?:nieznany|wyprowadzil)|brak dostepu|niepowodzeni\w*|niedoreczaln\w*",
        r"adres\w*(?: \w+){0,3} (?:bledn|niepeln|nieprawidlow|niekompletn|nieznan|niewlasciw)\w*|(?:bledn|niepeln|nieprawidlow|zly|"
        r"niewlasciw|niekompletn)\w* adres\w*",
    ),
    Sign.MISROUTED: (r"bledn\w* (?:skierowan|sortow|przekierowan)\w*|blad sortowania|mylnie skierowan\w*",),
    Sign.CLEARANCE_DELAYED: (r"(?:zatrzyman|wstrzyman)\w*(?: \w+){0,3} (?:celn\w*|cle)\b",),
    Sign.DELAYED: (r"opozn\w*|przesun\w*|przeloz\w*|pozniej\w*|(?:nastepn|kolejn)\w* dzien|zmian\w* terminu|nowy termin|ponown\w* (?:dorecz|dostaw)\w*",),
    Sign.RELEASED: (r"(?:odpraw|celn)\w*(?: \w+){0,4} (?:zakoncz|zwoln|dokonan)\w*|(?:zakoncz|dokona)\w*(?: \w+){0,2} odpraw\w*|zwolnion\w*|odprawion\w*|po odprawie",),
    Sign.NOT_YET_RECEIVED: (
        r"przygotow\w*(?: \w+){0,2} (?:przez )?nadawc\w*|nadawca przygotow\w*|oczekuje na (?:nadanie|kuriera|przekazanie|odbior przez "
        r"kuriera)|(?:jeszcze )?nie (?:zostal\w* )?(?:jeszcze )?(?:nadan|przekazan)\w*",
    ),
    Sign.AVAILABLE: (
        r"(?:gotow|oczekuj|czek|dostepn)\w*(?: \w+){0,3} (?:odbior|odebrani)\w*|do odbioru|umieszczon\w* w (?:paczkomacie|automacie|"
        r"skrytce)|w punkcie odbioru|czeka w|w (?:paczkomacie|automacie paczkowym)",
    ),
    Sign.HELD: (
        r"zatrzyman\w*|wstrzyman\w*|przetrzym\w*|magazynow\w*|oczekuje na (?:dokument|platnosc|oplat|wplat|dyspozycj|decyzj)\w*|kontrol\w* "
        r"celn\w*|rewizj\w*|zajet\w*",
    ),
    Sign.ANNOUNCED: (
        r"utworzon\w*|(?:dane|danych|informacj\w*)(?: \w+){0,5} (?:otrzyman|przekazan|przeslan|zarejestrowan|wprowadz)\w*|zarejestrowan\w*"
        r"(?: \w+){0,3} (?:dane|zlecenie|system\w*)|etykiet\w*|zlecen\w*|awizacj\w*|elektroniczn\w*",
    ),
    Sign.OUT_FOR_DELIVERY: (
        r"w doreczeniu|(?:wydan|przekazan)\w*(?: \w+){0,3} (?:do|na) (?:dorecz|dostaw)\w*|w (?:trakcie )?(?:dostaw|dorecz)\w*|u kuriera|"
        r"kurier(?: \w+){0,2} (?:w drodze|wyruszyl|jedzie)|wyjechal\w*|do doreczenia|(?:wydan|zaladowan)\w*(?: \w+){0,2} (?:kurier|"
        r"pojazd)\w*",
    ),
    Sign.DELIVERED: (
        r"doreczon\w*|dostarczon\w*|odebran\w* (?:przez (?:odbiorce|klienta|adresata)|z (?:paczkomatu|punktu))|potwierdzon\w* odbior|"
        r"pozostawion\w* u|wydan\w* (?:odbiorcy|adresatowi)|odebral\w*",
    ),
    Sign.PROBLEM: (r"problem|nieprawidlowosc\w*|wyjatek|zutylizowan\w*|reklamacj\w*",),
    Sign.PICKED_UP: (r"odebran\w*|nadan\w*|przyjet\w*|podjet\w*|nadanie|przyjecie",),
    Sign.DEPARTED: (r"wyslan\w*|wysl\w*|opuscil\w*|wyszl\w*|wyjazd\w*|wyekspediow\w*|wyjscie",),
    Sign.ARRIVED: (r"przybyl\w*|dotarl\w*|przyjazd|nadesz\w*|w (?:oddziale|sortowni|magazynie|terminalu)|trafil\w*|wplyn\w*|wejscie",),
    Sign.IN_CUSTOMS: (r"celn\w*|odpraw\w*|clo\b",),
    Sign.MOVING: (r"w drodze|w transporcie|tranzy\w*|sortow\w*|przetwarz\w*|przekazan\w*|przewoz\w*|zeskanowan\w*|w trasie|przeladun\w*",),
}  # fmt: skip

WHY: Final[Causes] = {
    "theft": (r"skradzi\w*|kradziez\w*",),
    "accident": (r"wypad\w*|kolizj\w*",),
    "equipment_breakdown": (r"awari\w*|usterk\w*",),
    "driver_hours": (r"czas pracy kierowcy",),
    "customs_documents": (r"dokument\w* celn\w*|brak dokument\w*",),
    "credit_or_payment": (r"platnosc\w*|oplat\w*|pobrani\w*|wplat\w*",),
    "strike_or_civil": (r"strajk\w*|blokad\w*",),
    "weather": (r"pogod\w*|snieg\w*|burz\w*|powodz\w*",),
    "customs_exam": (r"celn\w*|odpraw\w*",),
    "road_conditions": (r"kork\w*|zamkniet\w* drog\w*|utrudnieni\w*",),
    "address_wrong": (
        r"adres\w*(?: \w+){0,3} (?:bledn|niepeln|nieprawidlow|niekompletn|nieznan|niewlasciw)\w*|(?:bledn|niepeln|nieprawidlow|zly|"
        r"niewlasciw|niekompletn)\w* adres\w*|odbiorca (?:nieznany|wyprowadzil)",
    ),
    "receiver_refused": (r"odmow\w*|odmaw\w*|nie przyjal\w*",),
    "receiver_restricted": (r"brak dostepu",),
    "receiver_closed": (r"nieobecn\w*|zamkniet\w*|awizo\w*|nie zast\w*|urlop",),
    "customer_reschedule": (r"na (?:prosbe|zyczenie)|nie (?:\w+ )?odebran\w*|nieodebran\w*",),
    "missort_misroute": (r"bledn\w* (?:skierowan|sortow)\w*|blad sortowania",),
}  # fmt: skip
