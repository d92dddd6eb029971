"""Polish notices. Values stand in the nominative after a colon, because facts do not decline."""

from exceptions.notices.drafts import NoticeKind as K

from .book import Phrasebook

_FOLLOW = (
    "Śledzimy {reference} i odezwiemy się ponownie, najpóźniej: {next_update}.",
    "Śledzimy {reference} i odezwiemy się, gdy coś się zmieni.",
)
_NEW_TIME = (
    "Ustalamy nowy termin dostawy dla {reference} i odezwiemy się ponownie, najpóźniej: {next_update}.",
    "Ustalamy nowy termin dostawy dla {reference}.",
)
_PLANNED = ("Nowy planowany termin dostawy: {eta_new}.",)

POLISH = Phrasebook(
    greeting="Dzień dobry,",
    cause="Zgłoszona przyczyna: {cause}.",
    apology="Przepraszamy za utrudnienia.",
    closing="W razie pytań prosimy odpisać na tę wiadomość.",
    subjects={
        K.DELAY: "{reference}: opóźnienie",
        K.ATTEMPT_FAILED: "{reference}: nieudana próba dostawy",
        K.REFUSED: "{reference}: odmowa przyjęcia",
        K.DAMAGE: "{reference}: stwierdzono uszkodzenie",
        K.SHORTAGE: "{reference}: stwierdzono braki",
        K.TEMPERATURE: "{reference}: temperatura poza zakresem",
        K.FREE_TIME: "{reference}: kończy się wolny czas",
        K.SILENCE: "{reference}: brak sygnału, sprawdzamy",
        K.APPOINTMENT: "{reference}: termin dostawy",
        K.CUSTOMS: "{reference}: zatrzymanie przez urząd celny",
        K.RECOVERED: "{reference}: dobra wiadomość",
        K.UPDATE: "{reference}: aktualny stan",
    },
    status={
        K.DELAY: (
            ("Państwa przesyłka {reference}[ ({quantity})] jest opóźniona.",),
            (
                "Nowy przewidywany termin: {eta_new}, poprzednio planowany: {eta_old}.",
                "Nowy przewidywany termin: {eta_new}.",
                "Planowany termin: {eta_old}; nowego terminu jeszcze nie znamy.",
            ),
        ),
        K.ATTEMPT_FAILED: (
            (
                "Próba dostawy Państwa przesyłki {reference}[ ({quantity})] była nieudana, termin próby: {attempt_at}.",
                "Próba dostawy Państwa przesyłki {reference}[ ({quantity})] była nieudana.",
            ),
        ),
        K.REFUSED: (
            ("Odmówiono przyjęcia Państwa przesyłki {reference}[ ({quantity})][, termin dostawy: {attempt_at}].",),
        ),
        K.DAMAGE: (("Stwierdzono uszkodzenie Państwa przesyłki {reference}[ ({quantity})][, dotyczy: {damaged}].",),),
        K.SHORTAGE: (("Stwierdzono braki w Państwa przesyłce {reference}[ ({quantity})][, różnica: {missing}].",),),
        K.TEMPERATURE: (
            ("Temperatura Państwa przesyłki {reference}[ ({quantity})] była poza zakresem uzgodnionym.",),
            (
                "Zmierzono: {temperature}, uzgodniono: {temperature_low} do {temperature_high}[; czas trwania: {minutes_outside}].",
                "Zmierzono: {temperature}[; czas trwania: {minutes_outside}].",
            ),
        ),
        K.FREE_TIME: (
            (
                "Wolny czas dla {reference}[ ({quantity})] kończy się: {last_free_day}.",
                "Wolny czas dla {reference} dobiega końca.",
            ),
        ),
        K.SILENCE: (
            (
                "Ostatni sygnał z Państwa przesyłki {reference}[ ({quantity})]: {last_seen}.",
                "Nie mamy aktualnego sygnału z Państwa przesyłki {reference}[ ({quantity})].",
            ),
            ("Planowany termin dostawy: {eta_old}.",),
        ),
        K.APPOINTMENT: (
            (
                "Trzeba ponownie ustalić termin dostawy Państwa przesyłki {reference}[ ({quantity})], obecnie: {appointment}.",
                "Trzeba ustalić termin dostawy Państwa przesyłki {reference}[ ({quantity})].",
            ),
        ),
        K.CUSTOMS: (
            ("Państwa przesyłka {reference}[ ({quantity})] jest zatrzymana przez urząd do kontroli lub po dokument.",),
            ("Nowy przewidywany termin: {eta_new}[, poprzednio planowany: {eta_old}].",),
        ),
        K.RECOVERED: (
            (
                "Dobra wiadomość: Państwa przesyłka {reference}[ ({quantity})] została dostarczona, termin: {delivered_at}.",
                "Dobra wiadomość o Państwa przesyłce {reference}[ ({quantity})], przewidywany termin: {eta_new}.",
                "Dobra wiadomość: znów mamy sygnał z Państwa przesyłki {reference}[ ({quantity})].",
            ),
        ),
        K.UPDATE: (
            (
                "Aktualny stan Państwa przesyłki {reference}[ ({quantity})], przewidywany termin: {eta_new}.",
                "Aktualny stan Państwa przesyłki {reference}[ ({quantity})]: zajmujemy się nieprawidłowością.",
            ),
        ),
    },
    next_step={
        K.DELAY: (_FOLLOW,),
        K.ATTEMPT_FAILED: (_PLANNED, _NEW_TIME),
        K.REFUSED: (
            (
                "Przechowujemy {reference} do czasu Państwa decyzji i odezwiemy się ponownie, najpóźniej: {next_update}.",
                "Przechowujemy {reference} do czasu Państwa decyzji.",
            ),
        ),
        K.DAMAGE: (
            (
                "Zbieramy dokumenty i zdjęcia dla {reference} i odezwiemy się ponownie, najpóźniej: {next_update}.",
                "Zbieramy dokumenty i zdjęcia dla {reference}.",
            ),
        ),
        K.SHORTAGE: (
            (
                "Szukamy tego, co należy do {reference}, i odezwiemy się ponownie, najpóźniej: {next_update}.",
                "Szukamy tego, co należy do {reference}.",
            ),
        ),
        K.TEMPERATURE: (
            (
                "Zabezpieczamy zapis temperatury dla {reference} i odezwiemy się ponownie, najpóźniej: {next_update}.",
                "Zabezpieczamy zapis temperatury dla {reference}.",
            ),
        ),
        K.FREE_TIME: (("Planowany termin podjęcia: {appointment}.",), _FOLLOW),
        K.SILENCE: (
            (
                "Sprawdzamy u przewoźnika, gdzie jest {reference}, i odezwiemy się ponownie, najpóźniej: {next_update}.",
                "Sprawdzamy u przewoźnika, gdzie jest {reference}.",
            ),
        ),
        K.APPOINTMENT: (_NEW_TIME,),
        K.CUSTOMS: (_FOLLOW,),
        K.RECOVERED: (),
        K.UPDATE: (_FOLLOW,),
    },
    ask={
        K.DELAY: ("Jeśli to Państwu nie odpowiada, prosimy o wiadomość[, najpóźniej: {decide_by}].",),
        K.ATTEMPT_FAILED: (
            "Prosimy potwierdzić, że ktoś może przyjąć towar, albo podać lepszy termin[, najpóźniej: {decide_by}].",
        ),
        K.REFUSED: (
            "Prosimy o decyzję, co zrobić z towarem: nowa dostawa, inny adres albo powrót do nadawcy[; najpóźniej: {decide_by}].",
        ),
        K.DAMAGE: ("Prosimy zachować towar i opakowanie bez zmian i przesłać nam zdjęcia[, najpóźniej: {decide_by}].",),
        K.SHORTAGE: ("Prosimy ponownie przeliczyć towar i podać nam wynik[, najpóźniej: {decide_by}].",),
        K.TEMPERATURE: ("Prosimy o informację, jak chce postąpić Państwa dział jakości[, najpóźniej: {decide_by}].",),
        K.FREE_TIME: ("Prosimy o wiadomość, jeśli coś stoi na przeszkodzie[, najpóźniej: {decide_by}].",),
        K.APPOINTMENT: ("Prosimy podać termin, który Państwu odpowiada[, najpóźniej: {decide_by}].",),
        K.CUSTOMS: ("Jeśli urząd prosił Państwa o dokument, prosimy przesłać go do nas[, najpóźniej: {decide_by}].",),
    },
)
