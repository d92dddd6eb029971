"""English notices."""

from exceptions.notices.drafts import NoticeKind as K

from .book import Phrasebook

_FOLLOW = (
    "We are following {reference} and write again by {next_update}.",
    "We are following {reference} and write again when this changes.",
)
_NEW_TIME = (
    "We are arranging a new delivery time for {reference} and write again by {next_update}.",
    "We are arranging a new delivery time for {reference}.",
)
_PLANNED = ("The new delivery is planned for {eta_new}.",)

ENGLISH = Phrasebook(
    greeting="Hello,",
    cause="The reported cause is {cause}.",
    apology="We are sorry for the trouble.",
    closing="If you have questions, simply reply to this mail.",
    subjects={
        K.DELAY: "{reference}: running late",
        K.ATTEMPT_FAILED: "{reference}: delivery attempt failed",
        K.REFUSED: "{reference}: delivery refused",
        K.DAMAGE: "{reference}: damage noted",
        K.SHORTAGE: "{reference}: shortage noted",
        K.TEMPERATURE: "{reference}: temperature outside the range",
        K.FREE_TIME: "{reference}: free time is ending",
        K.SILENCE: "{reference}: no signal, we are checking",
        K.APPOINTMENT: "{reference}: delivery appointment",
        K.CUSTOMS: "{reference}: held at customs",
        K.RECOVERED: "{reference}: good news",
        K.UPDATE: "{reference}: the latest news",
    },
    status={
        K.DELAY: (
            ("Your shipment {reference}[ ({quantity})] is running late.",),
            (
                "It is now expected at {eta_new}, instead of {eta_old}.",
                "It is now expected at {eta_new}.",
                "It was planned for {eta_old}, and we do not have a new time yet.",
            ),
        ),
        K.ATTEMPT_FAILED: (
            (
                "The carrier tried to deliver your shipment {reference}[ ({quantity})] at {attempt_at}, but could not hand"
                " over the goods.",
                "The carrier tried to deliver your shipment {reference}[ ({quantity})], but could not hand over the goods.",
            ),
        ),
        K.REFUSED: (("Delivery of your shipment {reference}[ ({quantity})] was refused[ at {attempt_at}].",),),
        K.DAMAGE: (("Damage was noted on your shipment {reference}[ ({quantity})][, affecting {damaged}].",),),
        K.SHORTAGE: (("The count of your shipment {reference}[ ({quantity})] came up short[ by {missing}].",),),
        K.TEMPERATURE: (
            ("The temperature of your shipment {reference}[ ({quantity})] was outside the range that was agreed.",),
            (
                "Measured was {temperature}, agreed is {temperature_low} to {temperature_high}[; this lasted {minutes_outside}].",
                "Measured was {temperature}[; this lasted {minutes_outside}].",
            ),
        ),
        K.FREE_TIME: (
            (
                "The free time for {reference}[ ({quantity})] ends: {last_free_day}.",
                "The free time for {reference} is ending.",
            ),
        ),
        K.SILENCE: (
            (
                "Our last signal from your shipment {reference}[ ({quantity})] is from {last_seen}.",
                "We have no current signal from your shipment {reference}[ ({quantity})].",
            ),
            ("Delivery is planned for {eta_old}.",),
        ),
        K.APPOINTMENT: (
            (
                "The delivery appointment for your shipment {reference}[ ({quantity})], planned for {appointment}, has to be"
                " arranged again.",
                "The delivery appointment for your shipment {reference}[ ({quantity})] has to be arranged.",
            ),
        ),
        K.CUSTOMS: (
            ("Your shipment {reference}[ ({quantity})] is held by the authorities for an inspection or a document.",),
            ("Delivery is now expected at {eta_new}[, instead of {eta_old}].",),
        ),
        K.RECOVERED: (
            (
                "Good news: your shipment {reference}[ ({quantity})] was delivered at {delivered_at}.",
                "Good news: your shipment {reference}[ ({quantity})] is expected at {eta_new}.",
                "Good news: we see your shipment {reference}[ ({quantity})] again.",
            ),
        ),
        K.UPDATE: (
            (
                "Here is the latest on your shipment {reference}[ ({quantity})]: it is expected at {eta_new}.",
                "Here is the latest on your shipment {reference}[ ({quantity})]: we are looking after an irregularity.",
            ),
        ),
    },
    next_step={
        K.DELAY: (_FOLLOW,),
        K.ATTEMPT_FAILED: (_PLANNED, _NEW_TIME),
        K.REFUSED: (
            (
                "We keep {reference} safe until we hear from you, and write again by {next_update}.",
                "We keep {reference} safe until we hear from you.",
            ),
        ),
        K.DAMAGE: (
            (
                "We are collecting the papers and pictures for {reference} and write again by {next_update}.",
                "We are collecting the papers and pictures for {reference}.",
            ),
        ),
        K.SHORTAGE: (
            (
                "We are tracing what belongs to {reference} and write again by {next_update}.",
                "We are tracing what belongs to {reference}.",
            ),
        ),
        K.TEMPERATURE: (
            (
                "We are securing the temperature record for {reference} and write again by {next_update}.",
                "We are securing the temperature record for {reference}.",
            ),
        ),
        K.FREE_TIME: (("The pick-up is planned for {appointment}.",), _FOLLOW),
        K.SILENCE: (
            (
                "We are checking with the carrier where {reference} is and write again by {next_update}.",
                "We are checking with the carrier where {reference} is.",
            ),
        ),
        K.APPOINTMENT: (_NEW_TIME,),
        K.CUSTOMS: (_FOLLOW,),
        K.RECOVERED: (),
        K.UPDATE: (_FOLLOW,),
    },
    ask={
        K.DELAY: ("If this does not suit you, please tell us[ by {decide_by}].",),
        K.ATTEMPT_FAILED: (
            "Please confirm[ by {decide_by}] that somebody can receive the goods, or tell us a better time.",
        ),
        K.REFUSED: (
            "Please tell us[ by {decide_by}] what should happen with the goods: a new delivery, another address or return.",
        ),
        K.DAMAGE: ("Please keep the goods and the packaging as they are, and send us your pictures[ by {decide_by}].",),
        K.SHORTAGE: ("Please count again on your side and tell us[ by {decide_by}] what you have received.",),
        K.TEMPERATURE: ("Please tell us[ by {decide_by}] how your quality team wants to proceed.",),
        K.FREE_TIME: ("Please tell us[ by {decide_by}] if anything stands in the way of the pick-up.",),
        K.APPOINTMENT: ("Please tell us[ by {decide_by}] which time suits you.",),
        K.CUSTOMS: ("If the authorities have asked you for a document, please send it to us[ by {decide_by}].",),
    },
)
