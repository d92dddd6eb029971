"""Portuguese: CTT, Correios, Jadlog, DPD Portugal."""

from typing import Final

from exceptions.intake.mapping.wording.signs import Causes, Phrases, Sign

WHAT: Final[Phrases] = {
    Sign.NOT_FOUND: (r"(?:sem|nao ha) informac\w*|nao encontrad\w*(?=$)",),
    Sign.RETURNED: (r"devolv\w*|devoluc\w*|(?:retorn\w*)(?: \w+){0,3} (?:ao|a) (?:remetente|origem)|ao remetente\b",),
    Sign.LOST: (r"extraviad\w*|extravio|perdid\w*|roubad\w*|roubo|furt\w*",),
    Sign.DELIVERED_DAMAGED: (r"entregue (?:\w+ )?(?:danificad|avariad)\w*",),
    Sign.DAMAGED: (r"danificad\w*|avariad\w*|molhad\w*|avaria\b",),
    Sign.REFUSED: (r"recusad\w*|recusou|recusa\b|rejeitad\w*",),
    Sign.UNCOLLECTED: (r"nao (?:foi )?(?:levantad|retirad|procurad|reclamad)\w*",),
    Sign.PICKUP_FAILED: (r"(?:recolha|coleta) (?:\w+ )?(?:falhada|nao (?:efetuada|realizada)|sem sucesso)",),
    Sign.ATTEMPTED: (
        r"tentativa\w*(?: \w+){0,3} entrega|tentativa|nao (?:\w+ ){0,3}entreg\w*|entrega(?: \w+)? (?:falhada|falhou|nao (?:efetuada|"
        r"realizada|conseguida)|impossivel|sem sucesso)|(?:destinatario|cliente)(?: \w+){0,2} (?:ausente|desconhecid\w*|mudou)|ausente|"
        r"fechad\w*|nao atendid\w*|aviso (?:deixado|na caixa)|mudou se|desconhecid\w*",
        r"(?:endereco|morada)(?: \w+){0,3} (?:incorret|incomplet|errad|insuficient|desconhecid|inexistent|invalid)\w*|falta de acesso",
    ),
    Sign.MISROUTED: (r"mal encaminhad\w*|encaminhamento errado|erro de (?:triagem|encaminhamento)",),
    Sign.CLEARANCE_DELAYED: (r"retid\w*(?: \w+){0,3} alfandeg\w*",),
    Sign.DELAYED: (r"atras\w*|adiad\w*|reagendad\w*|remarcad\w*|proximo dia util|nova (?:data|tentativa)",),
    Sign.RELEASED: (
        r"desalfandega\w*|(?:alfandega|alfandegari\w*|fiscalizacao|desembaraco)(?: \w+){0,4} (?:concluid|liberad|finalizad)\w*|liberad\w*"
        r"(?: \w+){0,3} (?:alfandeg|aduan)\w*",
    ),
    Sign.NOT_YET_RECEIVED: (
        r"ainda nao (?:\w+ ){0,3}(?:recebid|postad|recolhid|entregue)\w*|aguarda\w* (?:recolha|coleta|postagem|entrada|envio)|em preparacao",
    ),
    Sign.AVAILABLE: (
        r"disponivel(?: \w+){0,5} (?:levantamento|retirada|levantar|retirar|ponto|loja)|(?:aguarda\w*|para) (?:levantamento|retirada)|"
        r"pront[oa] para (?:levant|retira|recolh)\w*|ponto (?:de )?(?:recolha|pickup|levantamento)",
    ),
    Sign.HELD: (
        r"retid\w*|bloquead\w*|em espera|aguarda\w* (?:pagamento|document\w*|instruc\w*|informac\w*|autorizacao)|inspec\w*|fiscalizacao|"
        r"apreendid\w*|suspens\w*|armazenad\w*",
    ),
    Sign.ANNOUNCED: (
        r"(?:informac\w*|dados)(?: \w+){0,5} (?:recebid|enviad|registad|registrad|transmitid)\w*|etiqueta(?: \w+)? (?:criada|emitida|"
        r"gerada)|pedido(?: \w+)? (?:criado|recebido|registado)|pre ?postagem",
    ),
    Sign.OUT_FOR_DELIVERY: (
        r"em distribuicao|saiu para (?:a )?entrega|em (?:processo de |rota de |curso de )?entrega|com o (?:estafeta|carteiro|motorista)|"
        r"sera entregue hoje|saida para entrega",
    ),
    Sign.DELIVERED: (
        r"(?<!ser )(?<!sera )entregues?\b(?! (?:ao transportador|a transportadora|a alfandega))|entrega (?:efetuada|efetivada|realizada|"
        r"concluida|conseguida|com sucesso)|recebido por|levantad\w* pel\w|assinad\w*",
    ),
    Sign.PROBLEM: (r"ocorrencia|destruid\w*|sinistro",),
    Sign.PICKED_UP: (r"recolhid\w*|coletad\w*|postad\w*|aceite\b|aceitacao|recebid\w* (?:do|pel\w)",),
    Sign.DEPARTED: (r"saiu|saida|expedid\w*|expedicao|partiu|encaminhad\w*",),
    Sign.ARRIVED: (r"cheg\w*|rececionad\w*|recepc\w*|rececao|recebid\w*",),
    Sign.IN_CUSTOMS: (r"alfandeg\w*|desembaraco",),
    Sign.MOVING: (r"em transito|em curso|processad\w*|triagem|a caminho|transferid\w*|em tratamento|em transferencia",),
}  # fmt: skip

WHY: Final[Causes] = {
    "theft": (r"roubad\w*|roubo|furt\w*",),
    "accident": (r"acidente\w*",),
    "credit_or_payment": (r"pagamento",),
    "strike_or_civil": (r"greve\w*",),
    "weather": (r"mau tempo|condicoes (?:meteorologicas|climaticas)|neve|enchente",),
    "customs_exam": (r"alfandeg\w*|fiscalizacao",),
    "address_wrong": (
        r"(?:endereco|morada)(?: \w+){0,3} (?:incorret|incomplet|errad|insuficient|desconhecid|inexistent)\w*|mudou se",
    ),
    "receiver_refused": (r"recusad\w*|recusou|recusa\b",),
    "receiver_closed": (r"ausente|fechad\w*|feriado|nao atendid\w*",),
    "customer_reschedule": (r"a pedido|nao (?:levantad|retirad|procurad)\w*",),
    "missort_misroute": (r"mal encaminhad\w*|erro de (?:triagem|encaminhamento)",),
}  # fmt: skip
