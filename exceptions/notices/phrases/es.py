"""Spanish notices."""

from exceptions.notices.drafts import NoticeKind as K

from .book import Phrasebook

_FOLLOW = (
    "Seguimos de cerca {reference} y le escribiremos de nuevo, a más tardar: {next_update}.",
    "Seguimos de cerca {reference} y le escribiremos en cuanto haya cambios.",
)
_NEW_TIME = (
    "Estamos acordando un nuevo momento de entrega para {reference} y le escribiremos de nuevo, a más tardar: {next_update}.",
    "Estamos acordando un nuevo momento de entrega para {reference}.",
)
_PLANNED = ("Nueva entrega prevista: {eta_new}.",)

SPANISH = Phrasebook(
    greeting="Buenos días:",
    cause="Causa comunicada: {cause}.",
    apology="Lamentamos las molestias.",
    closing="Si tiene preguntas, responda simplemente a este correo.",
    subjects={
        K.DELAY: "{reference}: retraso",
        K.ATTEMPT_FAILED: "{reference}: intento de entrega fallido",
        K.REFUSED: "{reference}: entrega rechazada",
        K.DAMAGE: "{reference}: daños observados",
        K.SHORTAGE: "{reference}: faltante observado",
        K.TEMPERATURE: "{reference}: temperatura fuera del rango",
        K.FREE_TIME: "{reference}: termina el plazo libre",
        K.SILENCE: "{reference}: sin señal, lo estamos comprobando",
        K.APPOINTMENT: "{reference}: cita de entrega",
        K.CUSTOMS: "{reference}: envío retenido en aduana",
        K.RECOVERED: "{reference}: buenas noticias",
        K.UPDATE: "{reference}: situación actual",
    },
    status={
        K.DELAY: (
            ("Su envío {reference}[ ({quantity})] lleva retraso.",),
            (
                "Nueva llegada prevista: {eta_new}, antes prevista: {eta_old}.",
                "Nueva llegada prevista: {eta_new}.",
                "La llegada estaba prevista: {eta_old}; todavía no conocemos la nueva.",
            ),
        ),
        K.ATTEMPT_FAILED: (
            (
                "Se intentó la entrega de su envío {reference}[ ({quantity})], pero no se pudo entregar (intento: {attempt_at}).",
                "Se intentó la entrega de su envío {reference}[ ({quantity})], pero no se pudo entregar.",
            ),
        ),
        K.REFUSED: (("La entrega de su envío {reference}[ ({quantity})] fue rechazada[ (entrega: {attempt_at})].",),),
        K.DAMAGE: (("Se observaron daños en su envío {reference}[ ({quantity})][, afectado: {damaged}].",),),
        K.SHORTAGE: (("Se observó un faltante en su envío {reference}[ ({quantity})][: {missing}].",),),
        K.TEMPERATURE: (
            ("La temperatura de su envío {reference}[ ({quantity})] estuvo fuera del rango acordado.",),
            (
                "Medida: {temperature}, acordada: {temperature_low} a {temperature_high}[; duración: {minutes_outside}].",
                "Medida: {temperature}[; duración: {minutes_outside}].",
            ),
        ),
        K.FREE_TIME: (
            (
                "El plazo libre de {reference}[ ({quantity})] termina: {last_free_day}.",
                "El plazo libre de {reference} está por terminar.",
            ),
        ),
        K.SILENCE: (
            (
                "La última señal de su envío {reference}[ ({quantity})] es de {last_seen}.",
                "No tenemos señal actual de su envío {reference}[ ({quantity})].",
            ),
            ("Entrega prevista: {eta_old}.",),
        ),
        K.APPOINTMENT: (
            (
                "Hay que acordar de nuevo la cita de entrega de su envío {reference}[ ({quantity})], prevista: {appointment}.",
                "Hay que acordar la cita de entrega de su envío {reference}[ ({quantity})].",
            ),
        ),
        K.CUSTOMS: (
            (
                "Su envío {reference}[ ({quantity})] está retenido por las autoridades para una inspección o un documento.",
            ),
            ("Nueva llegada prevista: {eta_new}[, antes prevista: {eta_old}].",),
        ),
        K.RECOVERED: (
            (
                "Buenas noticias: su envío {reference}[ ({quantity})] fue entregado ({delivered_at}).",
                "Buenas noticias sobre su envío {reference}[ ({quantity})], llegada prevista: {eta_new}.",
                "Buenas noticias: volvemos a tener señal de su envío {reference}[ ({quantity})].",
            ),
        ),
        K.UPDATE: (
            (
                "Situación actual de su envío {reference}[ ({quantity})], llegada prevista: {eta_new}.",
                "Situación actual de su envío {reference}[ ({quantity})]: estamos atendiendo una irregularidad.",
            ),
        ),
    },
    next_step={
        K.DELAY: (_FOLLOW,),
        K.ATTEMPT_FAILED: (_PLANNED, _NEW_TIME),
        K.REFUSED: (
            (
                "Custodiamos {reference} hasta tener noticias suyas y le escribiremos de nuevo, a más tardar: {next_update}.",
                "Custodiamos {reference} hasta tener noticias suyas.",
            ),
        ),
        K.DAMAGE: (
            (
                "Estamos reuniendo los documentos y las fotos de {reference} y le escribiremos de nuevo, a más tardar: {next_update}.",
                "Estamos reuniendo los documentos y las fotos de {reference}.",
            ),
        ),
        K.SHORTAGE: (
            (
                "Estamos localizando lo que pertenece a {reference} y le escribiremos de nuevo, a más tardar: {next_update}.",
                "Estamos localizando lo que pertenece a {reference}.",
            ),
        ),
        K.TEMPERATURE: (
            (
                "Estamos guardando el registro de temperatura de {reference} y le escribiremos de nuevo, a más tardar: {next_update}.",
                "Estamos guardando el registro de temperatura de {reference}.",
            ),
        ),
        K.FREE_TIME: (("Retirada prevista: {appointment}.",), _FOLLOW),
        K.SILENCE: (
            (
                "Estamos comprobando con el transportista dónde está {reference} y le escribiremos de nuevo, a más tardar: {next_update}.",
                "Estamos comprobando con el transportista dónde está {reference}.",
            ),
        ),
        K.APPOINTMENT: (_NEW_TIME,),
        K.CUSTOMS: (_FOLLOW,),
        K.RECOVERED: (),
        K.UPDATE: (_FOLLOW,),
    },
    ask={
        K.DELAY: ("Si no le conviene, le rogamos que nos lo diga[, a más tardar: {decide_by}].",),
        K.ATTEMPT_FAILED: (
            "Le rogamos que confirme que alguien puede recibir la mercancía, o que nos indique un momento mejor[, a más tardar: {decide_by}].",
        ),
        K.REFUSED: (
            "Le rogamos que nos indique qué hacer con la mercancía: nueva entrega, otra dirección o retorno[; a más tardar: {decide_by}].",
        ),
        K.DAMAGE: (
            "Le rogamos que conserve la mercancía y el embalaje como están y nos envíe sus fotos[, a más tardar: {decide_by}].",
        ),
        K.SHORTAGE: (
            "Le rogamos que vuelva a contar la mercancía y nos diga el resultado[, a más tardar: {decide_by}].",
        ),
        K.TEMPERATURE: (
            "Le rogamos que nos diga cómo desea proceder su equipo de calidad[, a más tardar: {decide_by}].",
        ),
        K.FREE_TIME: ("Le rogamos que nos avise si algo impide la retirada[, a más tardar: {decide_by}].",),
        K.APPOINTMENT: ("Le rogamos que nos diga qué momento le conviene[, a más tardar: {decide_by}].",),
        K.CUSTOMS: (
            "Si las autoridades le han pedido un documento, le rogamos que nos lo envíe[, a más tardar: {decide_by}].",
        ),
    },
)
