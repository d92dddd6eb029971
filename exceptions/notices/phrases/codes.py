"""Reason codes as one noun phrase a reader outside may see.

Keys are the reasons of the shipped taxonomy. Phrases say what happened and never whose fault it is. A reason that is not
here (an unknown one, our own planning, carrier codes without detail) is not told outside: the notice then has no cause.
"""

from exceptions.notices.drafts import Locale


def _in_all(en: str, de: str, pl: str, es: str) -> dict[Locale, str]:
    return {Locale.EN: en, Locale.DE: de, Locale.PL: pl, Locale.ES: es}


CODES: dict[str, dict[Locale, str]] = {
    "equipment_breakdown": _in_all(
        "a vehicle breakdown on the way",
        "eine Fahrzeugpanne unterwegs",
        "awaria pojazdu na trasie",
        "una avería del vehículo en ruta",
    ),
    "driver_unavailable": _in_all(
        "no driver available for the planned run",
        "kein verfügbarer Fahrer für die geplante Tour",
        "brak dostępnego kierowcy na planowany kurs",
        "falta de conductor disponible para el viaje previsto",
    ),
    "driver_hours": _in_all(
        "legal limits on driving time",
        "gesetzliche Lenk- und Ruhezeiten",
        "ustawowe limity czasu jazdy",
        "los límites legales de conducción",
    ),
    "equipment_unavailable": _in_all(
        "no suitable vehicle or container available",
        "kein geeignetes Fahrzeug oder kein Container verfügbar",
        "brak odpowiedniego pojazdu lub kontenera",
        "falta de vehículo o contenedor adecuado",
    ),
    "dispatch_error": _in_all(
        "a change in the transport plan",
        "eine Änderung der Transportplanung",
        "zmiana planu transportu",
        "un cambio en el plan de transporte",
    ),
    "missort_misroute": _in_all(
        "routing through a different terminal",
        "Leitung über ein anderes Terminal",
        "skierowanie przez inny terminal",
        "el paso por una terminal distinta",
    ),
    "linehaul_missed": _in_all(
        "a missed connection between terminals",
        "ein verpasster Anschluss zwischen den Terminals",
        "utracone połączenie między terminalami",
        "una conexión perdida entre terminales",
    ),
    "carrier_capacity": _in_all(
        "no space on the planned departure",
        "kein Laderaum auf der geplanten Abfahrt",
        "brak miejsca na planowanym wyjeździe",
        "falta de espacio en la salida prevista",
    ),
    "insufficient_time": _in_all(
        "a run longer than the time available",
        "eine Strecke, für die die Zeit nicht reichte",
        "trasa dłuższa niż dostępny czas",
        "un recorrido más largo que el tiempo disponible",
    ),
    "cartage_agent": _in_all(
        "a hand-over between transport partners",
        "eine Übergabe zwischen Transportpartnern",
        "przekazanie między przewoźnikami",
        "un traspaso entre transportistas",
    ),
    "accident": _in_all(
        "a road accident involving the vehicle",
        "ein Verkehrsunfall des Fahrzeugs",
        "wypadek drogowy z udziałem pojazdu",
        "un accidente de tráfico del vehículo",
    ),
    "carrier_handling_damage": _in_all(
        "handling in transit", "der Umschlag unterwegs", "przeładunek w drodze", "la manipulación durante el transporte"
    ),
    "stop_delay_prior": _in_all(
        "a longer wait at an earlier stop",
        "eine längere Wartezeit an einer früheren Station",
        "dłuższy postój na wcześniejszym przystanku",
        "una espera más larga en una parada anterior",
    ),
    "reefer_fault": _in_all(
        "a failure of the cooling unit",
        "eine Störung des Kühlaggregats",
        "usterka agregatu chłodniczego",
        "un fallo del equipo de frío",
    ),
    "vessel_mechanical": _in_all(
        "a technical problem on the vessel",
        "ein technisches Problem des Schiffs",
        "problem techniczny statku",
        "un problema técnico del buque",
    ),
    "vessel_operations": _in_all(
        "a change in the vessel's schedule",
        "eine Fahrplanänderung des Schiffs",
        "zmiana rozkładu statku",
        "un cambio en el itinerario del buque",
    ),
    "pilot_tug_tide": _in_all(
        "tide and pilotage in the port",
        "Tide und Lotsendienst im Hafen",
        "pływy i pilotaż w porcie",
        "la marea y el practicaje en el puerto",
    ),
    "berth_congestion": _in_all(
        "congestion in the port", "Überlastung des Hafens", "zatłoczenie portu", "la congestión del puerto"
    ),
    "terminal_productivity": _in_all(
        "slow handling at the terminal",
        "langsame Abfertigung am Terminal",
        "powolna obsługa w terminalu",
        "la lentitud de operaciones en la terminal",
    ),
    "terminal_labour": _in_all(
        "reduced staffing at the terminal",
        "eingeschränkter Betrieb am Terminal",
        "ograniczona obsada w terminalu",
        "la falta de personal en la terminal",
    ),
    "rail_disruption": _in_all(
        "an interruption of rail service",
        "eine Unterbrechung des Bahnverkehrs",
        "przerwa w ruchu kolejowym",
        "una interrupción del servicio ferroviario",
    ),
    "shipper_not_ready": _in_all(
        "a later release of the goods at origin",
        "eine spätere Bereitstellung am Versandort",
        "późniejsze udostępnienie towaru w miejscu nadania",
        "la entrega posterior de la mercancía en origen",
    ),
    "shipper_paperwork": _in_all(
        "papers to be completed at origin",
        "noch zu ergänzende Papiere am Versandort",
        "dokumenty do uzupełnienia w miejscu nadania",
        "documentos por completar en origen",
    ),
    "shipper_hold": _in_all(
        "instructions awaited from the sender",
        "ausstehende Anweisungen des Absenders",
        "oczekiwanie na instrukcje nadawcy",
        "instrucciones pendientes del remitente",
    ),
    "packaging_or_load": _in_all(
        "packaging or stowage of the load",
        "Verpackung oder Ladungssicherung",
        "opakowanie lub rozmieszczenie ładunku",
        "el embalaje o la estiba de la carga",
    ),
    "restricted_goods": _in_all(
        "goods subject to special rules",
        "Güter mit besonderen Vorschriften",
        "towar objęty szczególnymi przepisami",
        "mercancía sujeta a normas especiales",
    ),
    "own_warehouse": _in_all(
        "longer processing at the dispatching warehouse",
        "eine längere Bearbeitung im Versandlager",
        "dłuższa obsługa w magazynie wysyłkowym",
        "un proceso más largo en el almacén de salida",
    ),
    "supplier_late": _in_all(
        "later supply of the goods",
        "eine spätere Anlieferung der Ware",
        "późniejsza dostawa towaru do nadawcy",
        "un suministro posterior de la mercancía",
    ),
    "address_wrong": _in_all(
        "a delivery address that needs checking",
        "eine zu prüfende Lieferadresse",
        "adres dostawy wymagający sprawdzenia",
        "una dirección de entrega por comprobar",
    ),
    "receiver_closed": _in_all(
        "the receiving site being closed",
        "die geschlossene Warenannahme",
        "zamknięte miejsce rozładunku",
        "el cierre del punto de recepción",
    ),
    "receiver_restricted": _in_all(
        "limited receiving times at the site",
        "eingeschränkte Annahmezeiten vor Ort",
        "ograniczony czas przyjęć na miejscu",
        "el horario de recepción limitado",
    ),
    "receiver_slow_unload": _in_all(
        "a longer unloading at the site",
        "eine längere Entladung vor Ort",
        "dłuższy rozładunek na miejscu",
        "una descarga más larga en el punto de recepción",
    ),
    "receiver_refused": _in_all(
        "the goods not being accepted on site",
        "die nicht erfolgte Annahme vor Ort",
        "nieprzyjęcie towaru na miejscu",
        "la no aceptación en el punto de recepción",
    ),
    "customer_reschedule": _in_all(
        "a change of date that was asked for",
        "eine gewünschte Terminänderung",
        "zmiana terminu na życzenie",
        "un cambio de fecha solicitado",
    ),
    "credit_or_payment": _in_all(
        "a matter of account to be settled",
        "eine offene kaufmännische Klärung",
        "sprawa rozliczeniowa do wyjaśnienia",
        "un asunto administrativo por resolver",
    ),
    "customs_documents": _in_all(
        "customs papers to be completed",
        "noch zu ergänzende Zollpapiere",
        "dokumenty celne do uzupełnienia",
        "documentos de aduana por completar",
    ),
    "customs_exam": _in_all(
        "an examination by the authorities",
        "eine behördliche Kontrolle",
        "kontrola urzędowa",
        "una inspección de las autoridades",
    ),
    "weather": _in_all(
        "severe weather on the route",
        "Unwetter auf der Strecke",
        "trudne warunki pogodowe na trasie",
        "el mal tiempo en la ruta",
    ),
    "road_conditions": _in_all(
        "a road closure or heavy traffic",
        "eine Straßensperrung oder starker Verkehr",
        "zamknięcie drogi lub duży ruch",
        "un corte de carretera o tráfico intenso",
    ),
    "strike_or_civil": _in_all(
        "a strike or blockade", "ein Streik oder eine Blockade", "strajk lub blokada", "una huelga o un bloqueo"
    ),
    "theft": _in_all(
        "a theft in transit", "ein Diebstahl unterwegs", "kradzież w transporcie", "un robo durante el transporte"
    ),
}
