"""French: La Poste Colissimo, Chronopost, Mondial Relay, DPD France, GLS France, Canada Post, bpost."""

from typing import Final

from exceptions.intake.mapping.wording.signs import Causes, Phrases, Sign

_SENDER = "(?:expediteur|envoyeur|vendeur|chargeur)"

WHAT: Final[Phrases] = {
    Sign.NOT_FOUND: (r"(?:aucune|pas d) ?(?:\w+ )?information|numero (?:\w+ )?inconnu|introuvable(?=$)",),
    Sign.RETURNED: (
        rf"(?:retour\w*|renvoy\w*|reexpedi\w*|remis|livre)(?: \w+){{0,4}} (?:a|au|vers) (?:l |son )?{_SENDER}|retour (?:{_SENDER}|"
        rf"a l {_SENDER}|en cours|vers)|retourne\w*|non reclame|suite a un retour",
    ),
    Sign.CANCELLED: (r"annul(?:e|ee|es|ees|ation)\b",),
    Sign.LOST: (r"perdu\w*|vole(?:e|s|es)?\b|egare\w*|(?:colis|palettes?|cartons?|pieces?) (?:\w+ )?(?:introuvable|manquante?)s?\b|vol\b",),
    Sign.DELIVERED_DAMAGED: (r"livre\w{0,2} (?:\w+ )?(?:endommage|avarie|abime)\w*",),
    Sign.DAMAGED: (r"endommag\w*|avarie\w*|abime\w*|deterior\w*|casse(?:e|s|es)?\b|mouille\w*",),
    Sign.REFUSED: (r"refus(?:e|ee|es|ees|)\b",),
    Sign.UNCOLLECTED: (r"non (?:retire|reclame)\w*|pas (?:ete )?(?:retire|reclame)\w*|delai (?:de \w+ )?(?:expire|depasse)",),
    Sign.PICKUP_FAILED: (
        r"(?:enlevement|collecte|ramassage)(?: \w+){0,2} (?:impossible|echoue|manque|non effectue|infructueu)\w*",
    ),
    Sign.ATTEMPTED: (
        r"(?:tentative|essai)s?(?: \w+)? (?:de )?(?:livraison|distribution)|n a(?: \w+){0,3} (?:livre|distribue|remis)\w*|pas "
        r"(?:\w+ ){0,3}(?:livre|distribue|remis)\w*|non (?:livre|distribue|livrable)\w*|impossible de (?:livrer|distribuer)",
        r"livraison(?: \w+){0,3} (?:impossible|echouee?|non effectuee|manquee|infructueuse)|echec|(?:destinataire|client)(?: \w+)"
        r"{0,3} (?:absente?|inconnue?|ferme|demenage|injoignable)|absente?s?\b|avis(?:e\b| de passage)|npai|n habite pas|inconnu a",
        r"(?:adresse|coordonnees)(?: \w+){0,5} (?:incorrecte?s?|incompletes?|erronee?s?|inconnues?|introuvable|inexacte?s?|"
        r"insuffisante?s?|fausse)|(?:mauvaise|fausse) adresse|ferme(?:e|ture)?\b|acces (?:impossible|refuse)|manque d information|"
        r"defaut d (?:acces|adress)\w*|digicode",
    ),
    Sign.MISROUTED: (r"erreur (?:de tri|d acheminement|d aiguillage)|mal (?:oriente|dirige|achemine)|par erreur|reacheminement",),
    Sign.CLEARANCE_DELAYED: (r"(?:retenu|bloque)\w*(?: \w+){0,3} douanes?|retard(?: \w+){0,3} douan\w*",),
    Sign.DELAYED: (
        r"retard\w*|report(?:e|ee|es|ees)\b|replanifi\w*|differee?s?\b|ulterieur\w*|prochain jour (?:ouvre|ouvrable)|nouvelle "
        r"(?:presentation|livraison|tentative|date)|represente\w*|perturb\w*|intemperies|lendemain|incident",
    ),
    Sign.RELEASED: (
        r"dedouane(?:e|s|es)?\b|(?:douanes?|dedouanement|douanieres)(?: \w+){0,4} (?:termine|acheve|effectue|libere|acquitte)\w*|"
        r"(?:sorti|libere)\w*(?: \w+){0,3} douanes?|mainlevee",
    ),
    Sign.NOT_YET_RECEIVED: (
        r"pas encore (?:\w+ )?(?:pris|remis|confie|recu)\w*|en attente (?:de (?:prise en charge|depot|remise|collecte)|d "
        r"enlevement)|pret a etre expedie|va (?:bientot )?(?:etre|nous etre) (?:pris|remis|confie)\w*|en (?:cours de )?preparation|"
        rf"(?:enlevement|collecte) (?:\w+ )?(?:planifie|programme|demande)\w*|prepare\w* (?:par|chez) (?:l |son )?{_SENDER}",
    ),
    Sign.AVAILABLE: (
        r"disponible(?: \w+){0,8} (?:retrait|points?|bureau|relais|agence|consigne|poste)|attente de retrait|(?:point|bureau)(?: de)? "
        r"retrait|point relais|mis\w? a (?:votre )?disposition|a retirer|pret a etre retire|vous attend|en instance|(?:depose|arrive"
        r"|livre)\w*(?: \w+){0,3} (?:en|au|dans) (?:\w+ ){0,3}(?:relais|bureau de poste|consigne|commerce)|peut etre retire",
    ),
    Sign.HELD: (
        r"retenu\w*|bloque\w*|en souffrance|(?:attente|manque)(?: \w+)? (?:de|d) (?:paiement|documents?|instructions?|"
        r"informations?|reglement)|saisi\w*|immobilise\w*|mis\w? en attente|en attente(?=$)|controle douanier|stocke\w*",
    ),
    Sign.ANNOUNCED: (
        r"(?:etiquette|bordereau)(?: \w+){0,2} (?:cree|imprime|genere)\w*|annonce\w*|declaratif|(?:informations?|donnees)(?: \w+){0,5} "
        r"(?:recues?|transmises?|envoyees?)|commande(?: \w+){0,2} (?:enregistre|cree|recu|prepare)\w*|electronique\w*|envoi cree",
    ),
    Sign.OUT_FOR_DELIVERY: (
        r"en (?:cours de )?(?:livraison|distribution)|mis\w? en livraison|sera livre\w*(?: \w+)? (?:ce jour|aujourd|dans la journee)|"
        r"avec (?:le|votre) (?:livreur|chauffeur|facteur)|en tournee|livreur|charge\w*(?: \w+){0,3} (?:livraison|vehicule)",
    ),
    Sign.DELIVERED: (
        r"(?<!sera )(?<!etre )livre(?:e|s|es)?\b|livraison (?:\w+ )?(?:effectuee|reussie|terminee|confirmee|realisee)|remis\w*(?: \w+)?"
        r" (?:au destinataire|au gardien|au voisin|au client|en main|contre signature|a un (?:voisin|tiers))|distribue(?:e|s|es)?\b|"
        r"signe\w* par|dans (?:la|votre|sa) boite|retire\w* par|a ete retire|accuse de reception",
    ),
    Sign.APPOINTMENT: (r"rendez vous (?:\w+ ){0,2}(?:pris|confirme|fixe)|livraison (?:programmee|planifiee)",),
    Sign.PROBLEM: (r"anomalie|probleme|litige|detruit\w*|enquete|exception",),
    Sign.PICKED_UP: (
        r"pris\w*(?: \w+)? en charge|enleve(?:e|s|es)?\b|enlevement|collecte(?:e|s|es)?\b|ramass\w*|depose\w*|remis\w*(?: \w+)? "
        r"(?:a|au)(?: \w+){0,2} (?:transporteur|poste|chronopost|dpd|colissimo|ups)|confie\w* a|accepte\w*|admis\w*",
    ),
    Sign.DEPARTED: (r"parti(?:e|s|es)?\b|depart\b|(?:re)?expedie\w*|quitte\w*|sorti\w* (?:de|du)|envoye\w*|export\w*",),
    Sign.ARRIVED: (r"arrive\w*|arrivee|receptionne\w*|recue?s? (?:sur|au|a|par|en|dans)|(?:est|se trouve) (?:dans|sur)|entree? (?:en|sur)",),
    Sign.IN_CUSTOMS: (r"douan\w*|dedouanement",),
    Sign.MOVING: (
        r"en transit|achemin\w*|en route|en cours|traite\w*|traitement|tri\b|trie\w*|transport\w*|plateforme|en chemin|transfere\w*|"
        r"transite\w*",
    ),
}  # fmt: skip

WHY: Final[Causes] = {
    "theft": (r"vole(?:e|s)?\b|vol\b",),
    "accident": (r"accident\w*",),
    "equipment_breakdown": (r"panne\b",),
    "customs_documents": (r"documents? (?:douaniers?|manquants?)|facture commerciale",),
    "credit_or_payment": (r"paiement|reglement|droits (?:et taxes|de douane)",),
    "strike_or_civil": (r"greve\w*|mouvement social|blocage",),
    "weather": (r"intemperies|meteo\w*|neige|verglas|inondation\w*|tempete",),
    "customs_exam": (r"douan\w*",),
    "road_conditions": (r"trafic|circulation|embouteillage\w*|route (?:barree|fermee)",),
    "address_wrong": (
        r"(?:adresse|coordonnees)(?: \w+){0,3} (?:incorrecte?s?|incompletes?|erronee?s?|inconnues?|introuvable|inexacte?s?|"
        r"insuffisante?s?)|(?:mauvaise|fausse) adresse|npai|n habite pas|demenage|destinataire inconnu",
    ),
    "receiver_refused": (r"refus\w*",),
    "receiver_restricted": (r"acces (?:impossible|refuse)|digicode|defaut d acces",),
    "receiver_closed": (r"absente?s?\b|ferme(?:e|ture)?\b|jour ferie|conges|avis(?:e\b| de passage)",),
    "customer_reschedule": (r"a la demande (?:du|de)|non (?:reclame|retire)\w*|date choisie",),
    "missort_misroute": (r"erreur (?:de tri|d acheminement|d aiguillage)|mal (?:oriente|achemine)|par erreur",),
}  # fmt: skip
