"""Units of counts with their plural forms. Categories are CLDR's: one, few, many, other."""

from exceptions.notices.drafts import Locale


def _forms(en: str, de: str, pl: str, es: str) -> dict[Locale, dict[str, str]]:
    """Each language as "one|other"; Polish as "one|few|many|other"."""
    table: dict[Locale, dict[str, str]] = {}
    for locale, written in ((Locale.EN, en), (Locale.DE, de), (Locale.ES, es)):
        one, other = written.split("|")
        table[locale] = {"one": one, "other": other}
    table[Locale.PL] = dict(zip(("one", "few", "many", "other"), pl.split("|"), strict=True))
    return table


UNITS: dict[str, dict[Locale, dict[str, str]]] = {
    "pallet": _forms("pallet|pallets", "Palette|Paletten", "paleta|palety|palet|palety", "palet|palets"),
    "carton": _forms("carton|cartons", "Karton|Kartons", "karton|kartony|kartonów|kartonu", "caja|cajas"),
    "piece": _forms("piece|pieces", "Stück|Stück", "sztuka|sztuki|sztuk|sztuki", "pieza|piezas"),
    "unit": _forms("unit|units", "Einheit|Einheiten", "jednostka|jednostki|jednostek|jednostki", "unidad|unidades"),
    "container": _forms(
        "container|containers",
        "Container|Container",
        "kontener|kontenery|kontenerów|kontenera",
        "contenedor|contenedores",
    ),
    "shipment": _forms(
        "shipment|shipments", "Sendung|Sendungen", "przesyłka|przesyłki|przesyłek|przesyłki", "envío|envíos"
    ),
    "attempt": _forms("attempt|attempts", "Versuch|Versuche", "próba|próby|prób|próby", "intento|intentos"),
    "minute": _forms("minute|minutes", "Minute|Minuten", "minuta|minuty|minut|minuty", "minuto|minutos"),
    "hour": _forms("hour|hours", "Stunde|Stunden", "godzina|godziny|godzin|godziny", "hora|horas"),
    "day": _forms("day|days", "Tag|Tage", "dzień|dni|dni|dnia", "día|días"),
}

# Other systems send plurals and the trade's synonyms.
UNITS |= {
    alias: UNITS[name]
    for name, aliases in {
        "pallet": ("pallets", "PLT", "skid", "skids"),
        "carton": ("cartons", "CTN", "box", "boxes", "case", "cases"),
        "piece": ("pieces", "PCE", "PCS", "pcs"),
        "unit": ("units", "each", "EA"),
        "container": ("containers",),
        "shipment": ("shipments",),
        "attempt": ("attempts",),
        "minute": ("minutes", "min"),
        "hour": ("hours", "h"),
        "day": ("days",),
    }.items()
    for alias in aliases
}
