"""The labels that forms of the freight trade print, as data, and how they are found on a page.

Patterns run over normalised tokens (lower case, no accents, no colon), joined by one blank. A pattern has to begin and
end at a token. Languages: English first; French, German, Spanish and Polish where forms of those countries are common.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from documents.extraction.sheet import Segment, Sheet, Token

_NO = r"(?: ?(?:numbers?|numero|nummer|nos?|nr|num|nbr|n°|nº|#|id))+"
_OPT_NO = r"(?: ?(?:numbers?|numero|nummer|nos?|nr|num|nbr|n°|nº|#|id))*"

# key -> patterns, the more specific first. The place in the list is the rank of what is read through it.
LABELS: dict[str, tuple[str, ...]] = {
    "bol_number": (
        rf"(?:straight )?bill of lading{_NO}",
        rf"(?:bol|b/l|b\.o\.l|bl|hbl|mbl|hb/l|b\.l){_NO}",
        rf"(?:lettre de voiture|cmr|lettre de voiture / cmr|consignment note|waybill|sea waybill){_NO}",
        r"bol|b/l|b\.o\.l",
    ),
    "pro_number": (
        rf"(?:carrier )?(?:tracking )?pro{_NO}",
        rf"(?:carrier )?tracking pro{_OPT_NO}",
        rf"freight bill{_NO}",
        r"pro",
    ),
    "scac": (rf"(?:carrier )?scac(?: code)?{_OPT_NO}", r"carrier code"),
    "carrier_name": (
        r"(?:name of )?carrier(?:'s)? name",
        r"name of carrier",
        r"(?:delivering |origin )?carrier",
        r"transporteur",
        r"frachtfuhrer",
        r"transportista",
        r"przewoznik",
        r"via carrier",
        r"trucking company",
    ),
    "ship_date": (
        r"ship(?:ped|ping|ment)? date",
        r"date shipped",
        r"date of (?:shipment|export|dispatch|pickup)",
        r"pick ?up date",
        r"pickup",
        r"prise en charge",
        r"date d'expedition",
        r"versanddatum",
        r"bol date",
        r"shipped on(?: board)?(?: date)?",
        r"bill of lading date",
        r"date",
    ),
    "delivery_date": (r"(?:actual )?delivery date", r"date delivered", r"delivered on", r"delivered"),
    "po_number": (
        rf"(?:customer )?(?:purchase order|p\.?o\.?){_OPT_NO}",
        rf"customer order{_NO}",
        rf"customer po{_OPT_NO}",
        r"cde",
        rf"commande{_OPT_NO}",
        rf"bestell{_OPT_NO}",
        rf"order{_NO}",
        rf"po{_OPT_NO}",
    ),
    "shipment_id": (rf"shipment{_NO}", rf"load{_NO}", rf"sid{_NO}"),
    "seal_number": (rf"(?:trailer )?seals?{_OPT_NO}", r"plomb(?: n°)?", r"plombe", r"precinto"),
    "trailer_number": (rf"(?:trailer|truck|vehicle|trailer/car){_NO}", r"trailer"),
    "container_number": (rf"(?:container|cntr|equipment){_NO}", r"container", r"marks & numbers / container"),
    "pieces": (
        r"total (?:packages|pieces|pcs|cartons|pkgs|quantity|qty|units)",
        r"(?:number|no|nbr|#)? ?(?:of )?(?:packages|pieces|pcs|pkgs|cartons|shipping units)",
        r"(?:packages|pieces|pcs|pkgs) ?(?:no|#)?",
        r"quantity|qty",
    ),
    "handling_units": (r"(?:total )?handling units?", r"(?:total )?(?:pallets|skids|plts)(?: count)?", r"pallet count"),
    "weight": (
        r"total (?:gross )?weight(?: received)?",
        r"gross weight",
        r"(?:gross )?(?:weight|wt|wgt)",
        r"poids(?: brut)?",
        r"bruttogewicht",
    ),
    "freight_terms": (
        r"freight (?:charge )?terms",
        r"freight charges",
        r"terms of freight",
        r"payment terms",
        r"port",
        r"terms",
    ),
    "hazmat": (r"hazardous materials?", r"hazmat", r"dangerous goods", r"h\.?m"),
    "un_number": (rf"un{_NO}", rf"un/na{_OPT_NO}"),
    "exceptions_noted": (
        r"exceptions?(?: noted| code)?",
        r"damages?(?: noted)?",
        r"shortages?",
        r"os&d",
        r"reserves du destinataire",
        r"discrepanc(?:y|ies)",
    ),
}

# Role of a party -> labels of its block. With " name" or " address" behind it the label is for that part alone.
PARTIES: dict[str, tuple[str, ...]] = {
    "shipper": (
        r"shipper(?:/exporter)?",
        r"ship(?:ped)? from",
        r"consignor",
        r"shipper \(from\)",
        r"expediteur",
        r"absender",
        r"remitente",
        r"nadawca",
        r"exporter",
        r"from",
        r"pick ?up (?:location|at|from)",
    ),
    "consignee": (
        r"consignee",
        r"ship(?:ped)? to",
        r"consigned to",
        r"consignee \(to\)",
        r"deliver(?:y)? to",
        r"destinataire",
        r"empfanger",
        r"destinatario",
        r"odbiorca",
        r"to",
    ),
    "bill_to": (
        r"(?:third party )?freight charges bill to",
        r"(?:third party )?bill to",
        r"(?:send )?freight bill to",
        r"bill charges to",
    ),
    "notify": (r"notify(?: party)?",),
}

PARTS: dict[str, str] = {
    "name": r"(?:company )?name|company",
    "address": r"(?:street )?address(?: line)? ?\d?|street",
    "city": r"city/? ?(?:state|st|province|prov)(?:/? ?(?:zip|postal)(?: code)?)?|city state zip|city, state, zip|city state & zip",
    "city_only": r"city|town",
    "region": r"state|province|st",
    "postcode": r"zip(?: code)?|postal code|postcode|zip/postal code",
    "country": r"country",
}

# Labels that end a value and are not read themselves.
OTHER = (
    r"fob",
    r"sid",
    r"cid",
    r"sid ?#",
    r"cid ?#",
    r"phone",
    r"tel",
    r"telephone",
    r"fax",
    r"e-?mail",
    r"contact",
    r"attn",
    r"attention",
    r"page",
    r"time",
    r"special instructions",
    r"special handling(?: instructions)?",
    r"instructions",
    r"description",
    r"commodity",
    r"(?:commodity )?description(?: of (?:articles|goods|commodities))?",
    r"class",
    r"freight class",
    r"nmfc(?: freight)?(?: class)?(?: #)?",
    r"type",
    r"pkg type",
    r"package",
    r"line",
    r"dims?",
    r"dimensions",
    r"cube",
    r"volume",
    r"declared value",
    r"cod amount",
    r"cod",
    r"fee terms",
    r"terminal",
    r"driver",
    r"supplier",
    r"origin",
    r"destination",
    r"service",
    r"status",
    r"reference",
    r"references",
    r"ref",
    r"quote",
    r"account",
    r"vessel",
    r"voyage",
    r"port of (?:loading|discharge)",
    r"place of \w+",
    r"signature",
    r"(?:shipper|carrier|receiver|authorized|consignee)(?:'s)? signature",
    r"received by",
    r"date / time",
    r"signed",
    r"master bill of lading",
    r"document type",
    r"route",
    r"action",
    r"billed",
    r"on hand",
    r"additional shipper info",
    r"pallet/slip",
    r"marchandise",
    r"lieu de livraison",
    r"recipe",
    r"additive",
    r"customer check acceptable",
    r"notes?",
    r"remarks",
    r"comments",
    r"customer",
    r"(?:shipper|consignee) (?:phone|tel|contact|fax|email)",
    r"print(?:ed)? name",
    r"title",
    r"temp(?:erature)?",
    r"equipment",
    r"delivery (?:time|appointment|window|status|location)",
    r"pick ?up (?:time|appointment|window)",
    r"appointment",
    r"rate",
    r"charges",
    r"total",
)


@dataclass(frozen=True, slots=True)
class Hit:
    """A label found on a page: which field, where, and how it ends."""

    key: str
    part: str
    rank: int
    segment: Segment
    start: int
    end: int
    has_colon: bool

    @property
    def tokens(self) -> tuple[Token, ...]:
        return self.segment.tokens[self.start : self.end]

    @property
    def rest(self) -> tuple[Token, ...]:
        return self.segment.tokens[self.end :]

    @property
    def fills_segment(self) -> bool:
        return self.start == 0 and self.end == len(self.segment.tokens)


@cache
def _compiled() -> tuple[tuple[str, str, int, re.Pattern[str]], ...]:
    table: list[tuple[str, str, int, re.Pattern[str]]] = []
    for role, patterns in PARTIES.items():
        for pattern in patterns:
            for part in ("name", "address", "city", "city_only", "region", "postcode", "country"):
                words = PARTS[part]
                table.append((role, part, 0, re.compile(rf"(?:{pattern})(?:'s)? (?:{words})")))
            table.append((role, "", 1, re.compile(pattern)))
    for key, patterns in LABELS.items():
        table += [(key, "", rank, re.compile(pattern)) for rank, pattern in enumerate(patterns)]
    table += [("", part, 0, re.compile(pattern)) for part, pattern in PARTS.items()]
    table += [("other", "", 0, re.compile(pattern)) for pattern in OTHER]
    return tuple(table)


def find_labels(sheet: Sheet) -> list[Hit]:
    """All labels of a page, in reading order; of labels that overlap, the longest."""
    return [hit for segment in sheet.segments for hit in labels_of(segment)]


def labels_of(segment: Segment) -> list[Hit]:
    """The labels in one segment, from left to right."""
    hits: list[Hit] = []
    start = 0
    while start < len(segment.tokens):
        hit = _longest_at(segment, start, after_label=bool(hits) and hits[-1].end == start)
        if hit is None:
            start += 1
            continue
        hits.append(hit)
        start = hit.end
    return hits


def _longest_at(segment: Segment, start: int, *, after_label: bool) -> Hit | None:
    tokens = segment.tokens
    best: Hit | None = None
    for end in range(min(len(tokens), start + 9), start, -1):
        last = tokens[end - 1]
        colon = last.text.rstrip(")]").endswith(":") or (end < len(tokens) and tokens[end].text == ":")
        if not colon and not last.text.endswith("#") and not _may_end_here(tokens, start, end, after_label):
            continue
        if any(token.text.endswith(":") for token in tokens[start : end - 1]):
            continue
        text, closing = _label_text(tokens[start:end])
        for key, part, rank, pattern in _compiled():
            if pattern.fullmatch(text):
                stop = end + 1 if end < len(tokens) and tokens[end].text == ":" else end
                found = Hit(key, part, rank, segment, start, stop, colon or closing or last.text.endswith("#"))
                # "Carrier SCAC" is a label of the SCAC, not of a carrier called SCAC; the named field goes before "other".
                if best is None or (best.key == "other" and key != "other"):
                    best = found
        if best is not None:
            return best
    return None


def _may_end_here(tokens: Sequence[Token], start: int, end: int, after_label: bool) -> bool:
    """Without a colon a label stands alone in its segment, or begins it; in the middle of a sentence it is none."""
    if after_label and end < len(tokens):
        return any(char.isdigit() for char in tokens[end].text)  # "References: Cde 77-10932"
    return (start == 0 or after_label) and (end == len(tokens) or start == 0)


def _label_text(tokens: Sequence[Token]) -> tuple[str, bool]:
    """The label's words without a remark in brackets (`Weight (KG):`), and whether the brackets closed it."""
    kept: list[str] = []
    depth = 0
    bracketed = False
    for index, token in enumerate(tokens):
        opens = token.text.startswith("(") and index > 0
        depth += opens
        if depth and kept:
            bracketed = True
        elif token.norm:
            kept.append(token.norm)
        if ")" in token.text and depth:
            depth -= 1
    return " ".join(kept), bracketed and tokens[-1].text.endswith(":")
