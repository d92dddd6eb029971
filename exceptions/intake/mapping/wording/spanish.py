"""Spanish: Correos, SEUR, MRW, GLS Spain, Estafeta, Correo Argentino, Chilexpress."""

from typing import Final

from exceptions.intake.mapping.wording.signs import Causes, Phrases, Sign

_DONE = "(?:ha sido |fue |ha |se ha podido |se pudo |pudo ser |ha podido ser |se ha |pudo |ha podido |se logro )*"

WHAT: Final[Phrases] = {
    Sign.NOT_FOUND: (r"(?:sin|no hay|no existe)(?: \w+)? (?:informacion|datos|resultados)|no encontrado",),
    Sign.RETURNED: (
        r"devuelt\w*|devolucion\w*|devolviend\w*|(?:retorn\w*|devolver|regres\w*)(?: \w+){0,3} (?:al|a) (?:remitente|origen)|"
        r"al remitente\b|en retorno",
    ),
    Sign.CANCELLED: (r"cancelad\w*|anulad\w*",),
    Sign.LOST: (r"perdid\w*|extravi\w*|robad\w*|robo\b|hurto|faltante",),
    Sign.DELIVERED_DAMAGED: (r"entregad\w* (?:\w+ )?(?:danad|averiad)\w*",),
    Sign.DAMAGED: (r"danad\w*|averiad\w*|mojad\w*|rot[oa]s?\b|deteriorad\w*|desperfecto\w*",),
    Sign.REFUSED: (r"rechaz\w*|rehus\w*|no acepta\w*",),
    Sign.UNCOLLECTED: (r"no (?:ha sido |fue )?(?:recogid|retirad|reclamad)\w*|plazo (?:\w+ ){0,3}(?:vencid|expirad)\w*",),
    Sign.PICKUP_FAILED: (r"recogida (?:fallida|no realizada|no efectuada)|recoleccion (?:fallida|no realizada)",),
    Sign.ATTEMPTED: (
        rf"intento\w*(?: \w+){{0,3}} (?:entrega\w*|fallido)|intento fallido|no {_DONE}(?:entreg\w*|realizar la entrega)|entrega(?: \w+)"
        r"{0,2} (?:fallida|no realizada|no efectuada|imposible|sin exito|infructuosa)|ausente\w*|(?:destinatario|cliente)(?: \w+)"
        r"{0,2} (?:ausente|desconocid\w*|cerrado|no (?:esta|localizado|encontrado))|cerrad\w*|nadie en|cambio de domicilio",
        r"(?:direccion|domicilio)(?: \w+){0,3} (?:incorrect|incomplet|errone|desconocid|inexistent|errad|insuficient|equivocad)\w*|"
        r"(?:dejado|dejo|deja) (?:un )?aviso|aviso (?:dejado|de paso)|imposible (?:la )?entrega\w*|sin acceso|desconocid\w*",
    ),
    Sign.MISROUTED: (r"mal (?:encaminad|clasificad|enviad)\w*|error de (?:clasificacion|ruta|encaminamiento)|desviad\w*",),
    Sign.CLEARANCE_DELAYED: (r"(?:retenid|detenid)\w*(?: \w+){0,3} aduana\w*",),
    Sign.DELAYED: (
        r"retras\w*|demora\w*|reprogramad\w*|aplazad\w*|pospuest\w*|nueva fecha|(?:proximo|siguiente) dia (?:habil|laborable)|"
        r"incidencia|nuevo intento",
    ),
    Sign.RELEASED: (
        r"(?:aduana\w*|despacho)(?: \w+){0,4} (?:completad|liberad|finalizad|autorizad|despachad|concluid)\w*|despachad\w* (?:de|por|en)"
        r" (?:la )?aduana|liberad\w*(?: \w+){0,3} aduana\w*|levante\b",
    ),
    Sign.NOT_YET_RECEIVED: (
        r"aun no(?: \w+){0,3} (?:recibid|recogid|entregad|admitid)\w*|pendiente de (?:recogida|recepcion|recoleccion|admision|entrada|"
        r"envio|ser recogid\w* por el transportista)|en preparacion|(?:recogida|recoleccion) (?:programada|solicitada|asignada)",
    ),
    Sign.AVAILABLE: (
        r"disponible(?: \w+){0,5} (?:recog|retir|recolec|oficina|punto|sucursal|tienda)\w*|(?:pendiente|espera) de (?:ser )?(?:recogid|"
        r"retir)\w*|list[oa] para (?:recog|retir|ser (?:recogid|retirad))\w*|a (?:su )?disposicion|(?:en|a) (?:la )?(?:oficina|punto "
        r"de (?:recogida|conveniencia|entrega)|sucursal|tienda)(?: \w+){0,4} (?:disponible|para (?:recog|retir)\w*)|puede recoger",
    ),
    Sign.HELD: (
        r"retenid\w*|detenid\w*|en espera|bloquead\w*|inspeccion\w*|incautad\w*|a la espera|pendiente de (?:pago|document\w*|"
        r"informacion|instrucciones)|almacenad\w*|estacionad\w*|en custodia",
    ),
    Sign.ANNOUNCED: (
        r"pre ?admi\w*|prer? ?registr\w*|pre ?aviso|informacion(?: \w+){0,4} (?:recibida|enviada|electronica|registrada|transmitida)|"
        r"etiqueta(?: \w+){0,2} (?:cread|generad|impres)\w*|pedido(?: \w+)? (?:recibid|cread|registrad)\w*|datos(?: \w+){0,4} (?:recibid|"
        r"transmitid|registrad)\w*|envio (?:registrad|cread|grabad|documentad)\w*|guia (?:cread|generad)\w*",
    ),
    Sign.OUT_FOR_DELIVERY: (
        r"en reparto|en (?:proceso de |curso de |ruta de |ruta (?:a|para) (?:la )?|camino para )?(?:la )?entrega\b|sali\w* (?:para|a)"
        r" (?:la )?(?:entrega|reparto)|en distribucion|repartidor|(?:sera|se) entregad\w* hoy|con el (?:mensajero|repartidor)|en ruta "
        r"(?:al|hacia el) destinatario|salida a reparto",
    ),
    Sign.DELIVERED: (
        r"(?<!ser )(?<!sera )entregad\w*(?! (?:al transportista|al agente|a (?:la )?aduana))|entrega (?:\w+ )?(?:realizada|efectuada|"
        r"exitosa|completada|confirmada)|firmad\w* por|(?:recogid|retirad|recibid)\w* por (?:el )?(?:destinatario|cliente)|dejad\w* en",
    ),
    Sign.PROBLEM: (r"anomalia|problema|destruid\w*|siniestro|excepcion",),
    Sign.PICKED_UP: (
        r"recogid\w*|recolectad\w*|recoleccion|admitid\w*|admision|aceptad\w*|retirad\w* (?:del|de) (?:remitente|origen)|recibid\w* "
        r"(?:del|de|por)",
    ),
    Sign.DEPARTED: (r"salida|salio|despachad\w*|enviad\w*|expedid\w*|partio|exportad\w*",),
    Sign.ARRIVED: (r"lleg\w*|arrib\w*|recibid\w*|en (?:la |el )?(?:delegacion|centro|unidad|oficina|almacen|bodega|terminal)|entrada en",),
    Sign.IN_CUSTOMS: (r"aduan\w*",),
    Sign.MOVING: (r"en transito|transito|en ruta|clasific\w*|procesad\w*|en camino|en proceso|traslad\w*|en curso|en plataforma",),
}  # fmt: skip

WHY: Final[Causes] = {
    "theft": (r"robad\w*|robo\b|hurto",),
    "accident": (r"accidente\w*|siniestro",),
    "equipment_breakdown": (r"averia (?:mecanica|del vehiculo)|fallo mecanico",),
    "customs_documents": (r"document\w* (?:de aduana|aduaner\w*|faltante\w*)|factura comercial",),
    "credit_or_payment": (r"pago|impuestos|aranceles",),
    "strike_or_civil": (r"huelga|paro\b|bloqueo",),
    "weather": (r"clima\w*|meteorolog\w*|nieve|temporal|inundacion\w*|mal tiempo|huracan",),
    "customs_exam": (r"aduan\w*",),
    "road_conditions": (r"trafico|carretera (?:cortada|cerrada)|atasco",),
    "address_wrong": (
        r"(?:direccion|domicilio)(?: \w+){0,3} (?:incorrect|incomplet|errone|desconocid|inexistent|errad|insuficient|equivocad)\w*|"
        r"destinatario desconocido|cambio de domicilio",
    ),
    "receiver_refused": (r"rechaz\w*|rehus\w*|no acepta\w*",),
    "receiver_restricted": (r"sin acceso|acceso (?:restringido|denegado)",),
    "receiver_closed": (r"ausente\w*|cerrad\w*|festivo|nadie en|vacaciones",),
    "customer_reschedule": (r"(?:a peticion|por solicitud|a solicitud) del?|no (?:recogid|reclamad)\w*",),
    "missort_misroute": (r"mal (?:encaminad|clasificad)\w*|error de (?:clasificacion|ruta)",),
}  # fmt: skip
