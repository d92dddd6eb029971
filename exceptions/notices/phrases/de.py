"""German notices."""

from exceptions.notices.drafts import NoticeKind as K

from .book import Phrasebook

_FOLLOW = (
    "Wir behalten {reference} im Blick und melden uns wieder bis {next_update}.",
    "Wir behalten {reference} im Blick und melden uns, sobald sich etwas ändert.",
)
_NEW_TIME = (
    "Wir vereinbaren einen neuen Liefertermin für {reference} und melden uns wieder bis {next_update}.",
    "Wir vereinbaren einen neuen Liefertermin für {reference}.",
)
_PLANNED = ("Neuer geplanter Liefertermin: {eta_new}.",)

GERMAN = Phrasebook(
    greeting="Guten Tag,",
    cause="Gemeldete Ursache: {cause}.",
    apology="Wir bitten um Entschuldigung für die Umstände.",
    closing="Bei Fragen antworten Sie einfach auf diese Mail.",
    subjects={
        K.DELAY: "{reference}: Verspätung",
        K.ATTEMPT_FAILED: "{reference}: Zustellversuch ohne Erfolg",
        K.REFUSED: "{reference}: Annahme verweigert",
        K.DAMAGE: "{reference}: Schaden festgestellt",
        K.SHORTAGE: "{reference}: Fehlmenge festgestellt",
        K.TEMPERATURE: "{reference}: Temperatur außerhalb des Bereichs",
        K.FREE_TIME: "{reference}: Freizeit endet",
        K.SILENCE: "{reference}: keine Meldung, wir klären das",
        K.APPOINTMENT: "{reference}: Liefertermin",
        K.CUSTOMS: "{reference}: beim Zoll angehalten",
        K.RECOVERED: "{reference}: gute Nachricht",
        K.UPDATE: "{reference}: aktueller Stand",
    },
    status={
        K.DELAY: (
            ("Ihre Sendung {reference}[ ({quantity})] verspätet sich.",),
            (
                "Neue voraussichtliche Ankunft: {eta_new}, bisher geplant: {eta_old}.",
                "Neue voraussichtliche Ankunft: {eta_new}.",
                "Geplant war die Ankunft: {eta_old}; eine neue Zeit haben wir noch nicht.",
            ),
        ),
        K.ATTEMPT_FAILED: (
            (
                "Die Zustellung Ihrer Sendung {reference}[ ({quantity})] wurde versucht, die Ware konnte aber nicht übergeben"
                " werden (Versuch: {attempt_at}).",
                "Die Zustellung Ihrer Sendung {reference}[ ({quantity})] wurde versucht, die Ware konnte aber nicht übergeben werden.",
            ),
        ),
        K.REFUSED: (
            ("Die Annahme Ihrer Sendung {reference}[ ({quantity})] wurde verweigert[ (Zustellung: {attempt_at})].",),
        ),
        K.DAMAGE: (
            ("An Ihrer Sendung {reference}[ ({quantity})] wurde ein Schaden festgestellt[, betroffen: {damaged}].",),
        ),
        K.SHORTAGE: (
            ("Bei Ihrer Sendung {reference}[ ({quantity})] wurde eine Fehlmenge festgestellt[: {missing}].",),
        ),
        K.TEMPERATURE: (
            ("Die Temperatur Ihrer Sendung {reference}[ ({quantity})] lag außerhalb des vereinbarten Bereichs.",),
            (
                "Gemessen: {temperature}, vereinbart: {temperature_low} bis {temperature_high}[; Dauer: {minutes_outside}].",
                "Gemessen: {temperature}[; Dauer: {minutes_outside}].",
            ),
        ),
        K.FREE_TIME: (
            (
                "Die Freizeit für {reference}[ ({quantity})] endet: {last_free_day}.",
                "Die Freizeit für {reference} läuft ab.",
            ),
        ),
        K.SILENCE: (
            (
                "Die letzte Meldung zu Ihrer Sendung {reference}[ ({quantity})] stammt von {last_seen}.",
                "Zu Ihrer Sendung {reference}[ ({quantity})] liegt uns keine aktuelle Meldung vor.",
            ),
            ("Geplante Ankunft: {eta_old}.",),
        ),
        K.APPOINTMENT: (
            (
                "Der Liefertermin Ihrer Sendung {reference}[ ({quantity})], geplant für {appointment}, muss neu vereinbart werden.",
                "Der Liefertermin Ihrer Sendung {reference}[ ({quantity})] muss vereinbart werden.",
            ),
        ),
        K.CUSTOMS: (
            (
                "Ihre Sendung {reference}[ ({quantity})] ist von den Behörden für eine Prüfung oder ein Dokument angehalten.",
            ),
            ("Neue voraussichtliche Ankunft: {eta_new}[, bisher geplant: {eta_old}].",),
        ),
        K.RECOVERED: (
            (
                "Gute Nachricht: Ihre Sendung {reference}[ ({quantity})] wurde zugestellt ({delivered_at}).",
                "Gute Nachricht zu Ihrer Sendung {reference}[ ({quantity})], voraussichtliche Ankunft: {eta_new}.",
                "Gute Nachricht: Von Ihrer Sendung {reference}[ ({quantity})] haben wir wieder Meldungen.",
            ),
        ),
        K.UPDATE: (
            (
                "Aktueller Stand zu Ihrer Sendung {reference}[ ({quantity})], voraussichtliche Ankunft: {eta_new}.",
                "Aktueller Stand zu Ihrer Sendung {reference}[ ({quantity})]: Wir kümmern uns um eine Unregelmäßigkeit.",
            ),
        ),
    },
    next_step={
        K.DELAY: (_FOLLOW,),
        K.ATTEMPT_FAILED: (_PLANNED, _NEW_TIME),
        K.REFUSED: (
            (
                "Wir verwahren {reference}, bis wir von Ihnen hören, und melden uns wieder bis {next_update}.",
                "Wir verwahren {reference}, bis wir von Ihnen hören.",
            ),
        ),
        K.DAMAGE: (
            (
                "Wir sammeln die Papiere und Bilder zu {reference} und melden uns wieder bis {next_update}.",
                "Wir sammeln die Papiere und Bilder zu {reference}.",
            ),
        ),
        K.SHORTAGE: (
            (
                "Wir forschen nach, was zu {reference} gehört, und melden uns wieder bis {next_update}.",
                "Wir forschen nach, was zu {reference} gehört.",
            ),
        ),
        K.TEMPERATURE: (
            (
                "Wir sichern die Temperaturaufzeichnung zu {reference} und melden uns wieder bis {next_update}.",
                "Wir sichern die Temperaturaufzeichnung zu {reference}.",
            ),
        ),
        K.FREE_TIME: (("Geplante Abholung: {appointment}.",), _FOLLOW),
        K.SILENCE: (
            (
                "Wir klären mit dem Frachtführer, wo {reference} ist, und melden uns wieder bis {next_update}.",
                "Wir klären mit dem Frachtführer, wo {reference} ist.",
            ),
        ),
        K.APPOINTMENT: (_NEW_TIME,),
        K.CUSTOMS: (_FOLLOW,),
        K.RECOVERED: (),
        K.UPDATE: (_FOLLOW,),
    },
    ask={
        K.DELAY: ("Wenn Ihnen das nicht passt, sagen Sie uns bitte Bescheid[ bis {decide_by}].",),
        K.ATTEMPT_FAILED: (
            "Bitte bestätigen Sie uns[ bis {decide_by}], dass jemand die Ware annehmen kann, oder nennen Sie uns eine bessere Zeit.",
        ),
        K.REFUSED: (
            "Bitte teilen Sie uns mit[ bis {decide_by}], was mit der Ware geschehen soll: neue Zustellung, andere Adresse oder Rücksendung.",
        ),
        K.DAMAGE: (
            "Bitte lassen Sie Ware und Verpackung unverändert und senden Sie uns Ihre Bilder[ bis {decide_by}].",
        ),
        K.SHORTAGE: (
            "Bitte zählen Sie bei sich nach und teilen Sie uns mit[ bis {decide_by}], was Sie erhalten haben.",
        ),
        K.TEMPERATURE: ("Bitte teilen Sie uns mit[ bis {decide_by}], wie Ihre Qualitätssicherung vorgehen möchte.",),
        K.FREE_TIME: ("Bitte sagen Sie uns[ bis {decide_by}], wenn der Abholung etwas im Wege steht.",),
        K.APPOINTMENT: ("Bitte sagen Sie uns[ bis {decide_by}], welche Zeit Ihnen passt.",),
        K.CUSTOMS: (
            "Falls die Behörden Sie um ein Dokument gebeten haben, senden Sie es uns bitte[ bis {decide_by}].",
        ),
    },
)
