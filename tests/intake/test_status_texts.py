"""The language of carriers: sentences of our own in eight languages, read as the status that they tell."""

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from exceptions.intake import bench_texts
from exceptions.intake.mapping.carrier_text import folded, read_text
from exceptions.intake.mapping.normalised import STATUSES, normalised_status
from exceptions.intake.mapping.wording import EVENTS, Sign
from exceptions.shipments.canonical import EventType

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "data" / "status_text"

TOLD = {
    "in_transit": [
        "The cargo is moving on the night linehaul",
        "Loaded on flight to Frankfurt",
        "Arrived at terminal location",
        "Departed terminal",
        "Export customs clearance completed",
        "Vessel sailed from Rotterdam",
        "Received by line-haul",
        "Item has left our International Processing Centre",
        "We've got it",
        "Parcel received at depot",
        "Your parcel has been handed over to our delivery partner",
        "Import scan",
        "Destination scan",
        "Presented to customs",
        "Package in transit to destination",
        "Shipment is awaiting customs clearance",
        "Trailer spotted at consignee yard, awaiting unloading",
        "Sendung wird für die Auslandszustellung vorbereitet",
        "Die Sendung ist im Ziel-Paketzentrum eingetroffen",
        "Ihr Paket wurde in unserem Depot sortiert",
        "Die Sendung hat das Importpaketzentrum verlassen",
        "Colis pris en charge par le transporteur",
        "Votre colis est arrivé sur son site de distribution",
        "El envío ha llegado al centro de clasificación",
        "Admitido en oficina de origen",
        "La spedizione è arrivata nella filiale di destino",
        "Spedizione presa in carico",
        "Zending is gesorteerd",
        "Przesyłka przyjęta w oddziale",
        "Nadano w placówce",
        "Objeto em trânsito - por favor aguarde",
        "Chegada à estação de destino",
    ],
    "out_for_delivery": [
        "Your parcel is on the van for delivery",
        "Driver is on the way, 4 stops away",
        "With driver for delivery between 10:20 and 11:20",
        "Loaded for delivery",
        "Sendung ist in Zustellung",
        "Das Paket wurde in das Zustellfahrzeug geladen",
        "Die Sendung wird heute zugestellt",
        "Votre colis est en cours de livraison",
        "Salida en reparto",
        "In consegna",
        "De bezorger is onderweg",
        "Wydano kurierowi do doręczenia",
        "Objeto saiu para entrega ao destinatário",
    ],
    "delivered": [
        "Signed for by: SMITH",
        "Left with neighbour at no. 14",
        "POD available",
        "Package was handed to resident",
        "Completed unloading at delivery location",
        "Collected by customer from service point",
        "Die Sendung wurde dem Empfänger per vereinfachter Firmenzustellung zugestellt",
        "An Nachbarn übergeben",
        "Votre colis a été livré dans votre boîte à lettres",
        "Entregado",
        "Consegnata",
        "Pakket is bezorgd",
        "Doręczono",
        "Przesyłka odebrana przez odbiorcę",
        "Objeto entregue ao destinatário",
    ],
    "available_for_pickup": [
        "Ready for collection at Tesco Express",
        "Your parcel is waiting for you at the pickup point",
        "Hold for pickup - available at FedEx location",
        "Die Sendung liegt in der Filiale zur Abholung bereit",
        "Disponible en point relais",
        "Disponible para recoger en oficina",
        "Disponibile per il ritiro",
        "Ligt klaar bij het PostNL-punt",
        "Paczka czeka na odbiór w paczkomacie",
        "Disponível para levantamento",
    ],
    "delivery_failed": [
        "Sorry, we missed you",
        "Nobody was home, we left a card",
        "Consignee closed on delivery",
        "Attempted delivery, dock full",
        "Address could not be found",
        "Customer refused the shipment",
        "Parcel could not be delivered because of restricted access",
        "Delivery was not successful",
        "The receiver was not present at the time of delivery",
        "Recipient on vacation",
        "Empfänger nicht angetroffen",
        "Annahme verweigert",
        "Zustellung nicht möglich, Adresse unvollständig",
        "Destinataire absent, avis de passage déposé",
        "Adresse incomplète",
        "Refusé par le destinataire",
        "Intento de entrega fallido",
        "Destinatario ausente",
        "Tentata consegna: destinatario assente",
        "Niet thuis, nieuwe poging volgende werkdag",
        "Odmowa przyjęcia przesyłki",
        "Awizo - przesyłka niedoręczona",
        "Destinatário ausente",
    ],
    "delayed": [
        "Running two hours late due to traffic",
        "Package delayed - mechanical failure",
        "Weather delay",
        "Truck broke down outside Elko",
        "Late flight, shipment will arrive tomorrow",
        "We have a backlog and your delivery will be late",
        "Missed linehaul, will move tomorrow",
        "Missorted at hub, being rerouted",
        "Die Zustellung verzögert sich",
        "Verspätung wegen Stau",
        "Livraison reportée au prochain jour ouvré",
        "Retraso en la entrega",
        "La consegna è in ritardo",
        "Vertraging in de bezorging",
        "Przesyłka opóźniona",
        "Entrega atrasada",
    ],
    "held": [
        "Held at customs - commercial invoice missing",
        "On hold at shipper's request",
        "Shipment stopped, awaiting payment of duties",
        "Customs inspection",
        "Credit hold",
        "Vom Zoll angehalten",
        "Retenu en douane",
        "Retenido en aduana",
        "In giacenza",
        "Vastgehouden door de douane",
        "Zatrzymana w urzędzie celnym",
        "Retido na alfândega",
    ],
    "returned": [
        "Parcel is on its way back to the shipper",
        "Returned to origin",
        "RTO initiated",
        "Return delivered to merchant",
        "Rücksendung an den Absender",
        "Retour à l'expéditeur",
        "Devuelto al remitente",
        "Reso al mittente",
        "Retour afzender",
        "Zwrot do nadawcy",
        "Devolvido ao remetente",
    ],
    "lost": [
        "Shipment reported lost",
        "One pallet missing",
        "Stolen from trailer",
        "Sendung verloren",
        "Colis perdu",
        "Paquete extraviado",
        "Przesyłka zaginęła",
    ],
    "damaged": [
        "Two cartons crushed",
        "Freight water damaged",
        "Ware beschädigt",
        "Colis endommagé",
        "Mercancía dañada",
        "Merce danneggiata",
        "Pakket beschadigd",
    ],
    "cancelled": [
        "Shipment voided",
        "Order has been cancelled by the shipper",
        "Sendung storniert",
        "Envío cancelado",
        "Zlecenie anulowane",
    ],
    "pre_transit": [
        "Label printed",
        "Shipper created a label, UPS has not received the package yet",
        "Ready for UPS",
        "Pickup scheduled for tomorrow",
        "We're expecting it",
        "Sender is preparing your parcel",
        "Booking confirmed",
        "Die Sendung wurde elektronisch angekündigt",
        "Votre colis est prêt à être expédié. Il n'est pas encore pris en charge",
        "Prerregistrado",
        "Etichetta creata",
        "Zending is aangemeld",
        "Przygotowana przez nadawcę",
        "Etiqueta emitida",
    ],
    "unknown": [
        "JESSICA",
        "Piece 1 of 3",
        "Tracking number not found",
    ],
}


@pytest.mark.parametrize("status, text", [(status, text) for status, texts in TOLD.items() for text in texts])
def test_a_sentence_tells_its_status(status: str, text: str) -> None:
    assert normalised_status(read_text(text).event_type) == status


@pytest.mark.parametrize(
    "text, reason",
    [
        ("Verspätung wegen Stau auf der A9", "road_conditions"),
        ("Zustellung nicht möglich, Adresse unvollständig", "address_wrong"),
        ("Livraison retardée à cause des intempéries", "weather"),
        ("Retenido en aduana", "customs_exam"),
        ("Destinatario assente", "receiver_closed"),
        ("Geweigerd door ontvanger", "receiver_refused"),
        ("Opóźnienie z powodu awarii pojazdu", "equipment_breakdown"),
        ("Atraso devido a greve", "strike_or_civil"),
        ("Held pending payment of duties", "credit_or_payment"),
        ("Missorted at hub", "missort_misroute"),
        ("Running late", None),
    ],
)
def test_a_sentence_tells_why_where_it_says_so(text: str, reason: str | None) -> None:
    assert read_text(text).reason == reason


@pytest.mark.parametrize(
    "text, not_this",
    [
        ("Delivery without damage", "damaged"),
        ("Package not lost, located at hub", "lost"),
        ("Wird voraussichtlich morgen zugestellt", "delivered"),
        ("Your parcel will be picked up by the carrier tomorrow", "in_transit"),
        ("Nie uszkodzona", "damaged"),
        ("Non ancora consegnata", "delivered"),
        ("Order is being delivered", "delivered"),
        ("Signature not obtained", "delivered"),
    ],
)
def test_what_is_denied_or_only_meant_to_happen_is_not_told(text: str, not_this: str) -> None:
    assert normalised_status(read_text(text).event_type) != not_this


def test_a_delivery_with_damage_is_both() -> None:
    reading = read_text("Delivered, damaged")
    assert (reading.event_type, reading.also) == (EventType.SHIPMENT_DELIVERED, EventType.SHIPMENT_DAMAGED)
    assert read_text("Delivered without damage").also is None


def test_codes_made_of_words_are_read_as_words() -> None:
    for code in ("OutForDelivery", "OUT_FOR_DELIVERY", "out-for-delivery", "out_for_delivery"):
        assert read_text(code).event_type == EventType.SHIPMENT_OUT_FOR_DELIVERY, code


def test_every_sign_has_an_event_and_every_event_a_status() -> None:
    assert set(EVENTS) == set(Sign)
    assert {event for event in EVENTS.values() if event} <= set(STATUSES)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
@example("İ" * 50)
@example("a" * 5000)
def test_folding_twice_is_folding_once_and_nothing_breaks_the_reading(text: str) -> None:
    assert folded(folded(text)) == folded(text)
    read_text(text)


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the labelled texts lie beside the project, not in it")
def test_labelled_texts_are_read_as_labelled() -> None:
    rows = [row for row in bench_texts.labelled(SAMPLES) if row.counts]
    for half in (0, 1):
        assert bench_texts.share([row for row in rows if row.half == half]) >= bench_texts.GOAL
