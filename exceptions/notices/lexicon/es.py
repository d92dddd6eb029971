"""Spanish."""

from .base import Claim, Lexicon, words

SPANISH = Lexicon(
    values={
        "month": words(
            "enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre"
        ),
        "weekday": words("lunes martes miercoles jueves viernes sabados? domingos? fin_de_semana"),
        "day": words(
            "hoy manana ayer anteayer pasado_manana mediodia medianoche esta_(?:tarde|noche|semana) este_(?:mes|ano)"
            " (?:proxim[oa]|siguiente)_(?:dia|semana|mes|ano) (?:dia|semana|mes|ano)_(?:siguiente|que_viene|pasad[oa]|proxim[oa])"
            " por_la_(?:tarde|noche) de_la_(?:tarde|noche|madrugada) madrugada navidad nochevieja semana_santa final_del_dia"
        ),
        "number": words(
            "cero uno dos tres cuatro cinco seis siete ocho nueve diez doce trece catorce quince dieci\\w+ veinte veinti\\w+"
            " treinta cuarenta cincuenta sesenta setenta ochenta noventa cien cientos? (?:dos|tres|cuatro|seis|ocho)cient[oa]s"
            " (?:quinient|setecient|novecient)[oa]s millon(?:es)? docenas? mitad medi[oa]_(?:hora|dia|docena) par_de doble triple"
            " ambos ambas tercer[oa]? cuart[oa] quint[oa] sext[oa] por_ciento porcentaje"
        ),
        "currency": words("dolar(?:es)? euros? centimos? centavos? pesos? usd eur mxn"),
    },
    own_values={
        "number": words("once mil segund[oa]s? primer[oa]?s? vari[oa]s alg?unos_pocos unos_cuantos unas_cuantas"),
        "month": words("ene feb abr ago sept? oct nov dic"),
        "weekday": words("lun mie jue vie sab dom"),
        "time unit": words("horas? minutos? dias? semanas? mes(?:es)? anos? noches? tardes"),
    },
    units=words(
        "horas? minutos? dias? semanas? mes(?:es)? anos? palets? pales? tarimas? piezas? cajas? unidades? millas? km kilometros?"
        " kg kilos? toneladas? grados? libras?"
    ),
    greetings=words("buen[oa]s_(?:dias|tardes|noches)"),
    claims={
        Claim.DELIVERED: words(
            "entregad[oa]s? (?:se|hemos|han|ha)_(?:entregado|descargado) descargad[oa]s? recibid[oa]s?"
        ),
        Claim.PICKED_UP: words("recogid[oa]s? cargad[oa]s? recolectad[oa]s?"),
        Claim.DEPARTED: words("salio salid[oa] ha_salido partio zarpado zarpo en_camino en_ruta en_transito"),
        Claim.ARRIVED: words("llego llegaron han?_llegado ya_esta_en"),
        Claim.CLEARED: words("despachad[oa]s? liberad[oa]s? levante_concedido"),
        Claim.HELD: words("retenid[oa]s? detenid[oa]s? inmovilizad[oa]s? incautad[oa]s? bloquead[oa]s?"),
        Claim.DAMAGED: words(
            "danad[oa]s? danos? averiad[oa]s? rot[oa]s? mojad[oa]s? destruid[oa]s? deteriorad[oa]s? estropead[oa]s?"
        ),
        Claim.LOST: words("perdid[oa]s? extraviad[oa]s? extravio desaparecid[oa]s? perdimos"),
        Claim.SHORT: words("faltan? faltantes? incomplet[oa]s? merma"),
        Claim.REFUSED: words("rechazad[oa]s? rechazo denegad[oa]s? rehusad[oa]s?"),
        Claim.ATTEMPTED: words("intento_(?:de_entrega|fallido) intentad[oa]s? fallid[oa]s? fallo no_se_pudo_entregar"),
        Claim.DELAYED: words("retras\\w* demor\\w* tarde tardia atrasad[oa]s? aplazad[oa]s? pospuest[oa]s?"),
        Claim.EARLY: words("adelantad[oa]s? antes_de_lo_previsto"),
        Claim.TEMPERATURE: words(
            "demasiado_(?:calient\\w*|fri[oa]\\w*) fuera_de(?:l)?_(?:rango|intervalo) descongelad[oa]s?"
        ),
        Claim.SILENT: words("sin_(?:senal|noticias|posicion|informacion)"),
        Claim.RECOVERED: words(
            "a_tiempo puntual\\w* segun_lo_previsto resuelt[oa]s? solucionad[oa]s? normalizad[oa]s?"
        ),
        Claim.WEATHER: words(
            "tiempo_adverso meteorologic\\w* clima\\w* tormentas? nieve hielo inundacion\\w* niebla huracan temporal"
        ),
        Claim.STRIKE: words("huelgas? bloqueos? paro"),
        Claim.BREAKDOWN: words("averia averias mecanic\\w* descompostur\\w* pinchazo motor"),
        Claim.ACCIDENT: words("accidentes? choque colision\\w*"),
        Claim.CONGESTION: words("congestion\\w* trafico atascos? saturacion"),
        Claim.THEFT: words("robos? robad[oa]s? hurt\\w* sustraid[oa]s?"),
    },
    negations=words("no nunca jamas sin ningun[oa]? tampoco ni aun_no"),
    conditions=words("si cuando_(?:este|sea|haya) hasta en_cuanto tan_pronto una_vez"),
    futures=words("sera seran va_a van_a se_espera debe deben esta_previst[oa] tiene_previst[oa]"),
    commitments={
        "guarantee": words(
            "garanti\\w* prome\\w* asegur\\w* sin_falta sin_duda con_seguridad definitivamente nos_comprometemos compromis\\w*"
        ),
        "money": words(
            "reembols\\w* abonar\\w* abono indemniz\\w* compens\\w* descuent\\w* gratis gratuit\\w* sin_(?:costo|coste|cargo)"
            " a_nuestro_(?:cargo|costo) pagar\\w* devoluci\\w*_del_importe bonific\\w* resarc\\w*"
        ),
        "liability": words(
            "nuestr[oa]_(?:culpa|error|responsabilidad|falta) asumimos responsabilidad\\w* somos_responsables"
        ),
    },
    blame=words("culp\\w* neglig\\w* descuid\\w* error(?:es)? equivocacion\\w* responsables?"),
    causal=words("debido_a a_causa_de por_culpa_de causad[oa]_por provocad[oa]_por por"),
)
