"""German."""

from .base import Claim, Lexicon, words

GERMAN = Lexicon(
    values={
        "month": words(
            "januar\\w* janner februar\\w* marz\\w* april\\w* mai juni juli august(?:s|\\w{3,})? september\\w* oktober\\w*"
            " november\\w* dezember\\w*"
        ),
        "weekday": words(
            "(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|sonnabend)\\w* wochenend\\w* werktag\\w*"
        ),
        "day": words(
            "heute heutige[nrms]? gestern gestrige[nrms]? vorgestern ubermorgen morgige[nrms]? (?:vor|nach)mittags? mittags?"
            " mitternacht abends? uhr (?:diese|nachste|kommende|letzte)[rnms]?_(?:woche|tage?s?|monate?s?|jahr(?:es)?|nacht)"
            " feierabend tagesende weihnachten ostern silvester neujahr"
        ),
        "number": words(
            "null eins zwei zwo drei vier funf sechs sieben acht neun zehn elf zwolf (?:drei|vier|funf|sech|sieb|acht|neun)zehn"
            " \\w*(?:zwan|vier|funf|sech|sieb|acht|neun)zig \\w*dreissig \\w*hundert \\w*tausend millionen? dutzend halbe[nrms]?"
            " viertel anderthalb doppelt(?:e[nrms]?)? zweimal dreimal beide[nrms]? prozent"
            " (?:zwei|drit|vier|funf|sechs|sieb|ach|neun|zehn)te[nrms]?"
            " (?:ein|zwei|drei|vier|funf|sechs|sieben|acht|neun|zehn|elf|zwolf)(?:tagig|stundig|wochig|einhalb)\\w* (?:zwei|drei|vier|funf)(?:fach|erlei)\\w*"
        ),
        "currency": words("dollars? euros? cents? zloty franken pfund_sterling usd eur gbp pln"),
    },
    own_values={
        "day": words("morgen nachts"),
        "number": words("erste[nrms]? einige mehrere paar einzige[nrms]?"),
        "month": words("jan feb mrz apr jun jul aug sept? okt nov dez"),
        "weekday": words("mo di mi do fr sa"),
        "time unit": words(
            "stunden? minuten? sekunden? tag(?:e|en|es|s)? wochen? monat(?:e|en|es|s)? jahr(?:e|en|es|s)? nacht abend"
        ),
    },
    units=words(
        "stunden? minuten? tagen? tage wochen? monate?n? jahre?n? paletten? stuck kartons? kolli meilen? km kilometern? kg"
        " kilogramm tonnen? grad fahrenheit celsius"
    ),
    greetings=words("guten_(?:tag|morgen|abend)"),
    claims={
        Claim.DELIVERED: words(
            "zugestellt ausgeliefert angeliefert geliefert abgeliefert entladen ubergeben ausgehandigt"
        ),
        Claim.PICKED_UP: words("abgeholt geladen verladen ubernommen"),
        Claim.DEPARTED: words("abgefahren abgereist losgefahren ausgelaufen verlassen unterwegs gestartet"),
        Claim.ARRIVED: words("angekommen eingetroffen erreicht"),
        Claim.CLEARED: words("freigegeben abgefertigt verzollt freigabe_(?:ist_)?erfolgt"),
        Claim.HELD: words("angehalten zuruckgehalten festgehalten beschlagnahmt gestoppt blockiert"),
        Claim.DAMAGED: words(
            "\\w*beschadig\\w* schaden schaeden nass(?:e[nrms]?)? feucht\\w* zerbrochen\\w* kaputt\\w* zerstort\\w* verdorben\\w*"
        ),
        Claim.LOST: words("verloren\\w* verlust vermisst\\w* verschwunden\\w* unauffindbar\\w*"),
        Claim.SHORT: words("fehlmenge\\w* fehlt fehlen(?:d\\w*)? unvollstandig\\w* mindermenge"),
        Claim.REFUSED: words("abgelehnt\\w* verweiger\\w* zuruckgewiesen\\w* abgewiesen\\w* annahmeverweigerung"),
        Claim.ATTEMPTED: words("zustellversuch\\w* fehlgeschlagen\\w* gescheitert\\w* erfolglos\\w* vergeblich\\w*"),
        Claim.DELAYED: words(
            "\\w*verspat\\w* \\w*verzoger\\w* spater\\w* uberfallig\\w* verschoben\\w* in_verzug aufgehalten"
        ),
        Claim.EARLY: words("fruher\\w* vorzeitig\\w* verfruht\\w*"),
        Claim.TEMPERATURE: words(
            "zu_(?:warm|kalt|heiss) ausserhalb_des_(?:temperatur\\w*|bereichs|bandes) temperaturabweichung\\w* aufgetaut\\w*"
        ),
        Claim.SILENT: words("kein(?:e|en)?_(?:signal\\w*|meldung\\w*|position\\w*|lebenszeichen)"),
        Claim.RECOVERED: words(
            "punktlich\\w* (?:im|nach)_(?:zeit)?plan planmassig\\w* behoben\\w* erledigt\\w* rechtzeitig\\w* wieder_normal"
        ),
        Claim.WEATHER: words("wetter\\w* unwetter sturm\\w* schnee\\w* eis glatteis hochwasser nebel"),
        Claim.STRIKE: words("\\w*streik\\w* blockade\\w*"),
        Claim.BREAKDOWN: words("panne\\w* \\w*defekt\\w* liegengeblieben\\w* motorschaden reifenpanne"),
        Claim.ACCIDENT: words("\\w*unfall\\w* zusammenstoss"),
        Claim.CONGESTION: words("stau\\w* verkehr\\w* uberlast\\w* ruckstau"),
        Claim.THEFT: words("diebstahl\\w* gestohlen\\w* entwendet\\w*"),
    },
    negations=words("nicht kein(?:e[nrms]?)? nie niemals ohne weder noch_nicht nichts"),
    conditions=words("wenn falls sobald bis ob sofern"),
    futures=words("wird werden soll sollen voraussichtlich"),
    commitments={
        "guarantee": words(
            "garant\\w+ verspr[aeiou]ch\\w* zusicher\\w* zugesichert\\w* zusage\\w* zugesagt\\w* versicher\\w* bestimmt definitiv"
            " auf_jeden_fall zweifellos ganz_sicher mit_sicherheit"
        ),
        "money": words(
            "erstatt\\w* ruckerstatt\\w* gutschrift\\w* gutschreiben \\w*entschadig\\w* schadenersatz\\w* schadensersatz\\w* rabatt\\w*"
            " nachlass kostenlos\\w* kostenfrei\\w* auf_unsere_kosten kulanz\\w* ubernehmen_(?:die|alle)_kosten bezahl\\w* vergut\\w*"
        ),
        "liability": words(
            "\\w*haft(?:en|et|ung|bar)\\w* unser(?:e[nrms]?)?_(?:schuld|fehler|versehen|verantwortung) wir_sind_verantwortlich"
        ),
    },
    blame=words(
        "schuld\\w* verschuld\\w* fahrlassig\\w* fehlverhalten nachlassig\\w* versaumnis\\w* verantwortlich\\w* verursacher\\w* fehler"
    ),
    causal=words("wegen aufgrund verursacht_durch durch aufgrund_von"),
)
