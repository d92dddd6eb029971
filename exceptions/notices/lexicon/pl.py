"""Polish. Nouns decline, so most entries are stems."""

from .base import Claim, Lexicon, words

POLISH = Lexicon(
    values={
        "month": words(
            "stycz(?:en|nia|niu|niem) lut(?:y|ego|ym) marzec marca marcu marcem kwie(?:cien|tnia|tniu|tniem) maja maju"
            " czerw(?:iec|ca|cu|cem) lip(?:iec|ca|cu|cem) sierp(?:ien|nia|niu|niem) wrze(?:sien|snia|sniu|sniem)"
            " pazdziernik(?:a|u|iem)? listopad(?:a|zie|em)? grud(?:zien|nia|niu|niem)"
        ),
        "weekday": words(
            "poniedzial(?:ek|ku|kowi|kiem|ki) wtor(?:ek|ku|kiem|ki) srod(?:a|e|y|zie) czwart(?:ek|ku|kiem|ki) piat(?:ek|ku|kiem|ki)"
            " sobot(?:a|e|y|nio)? niedziel(?:a|e|i) weekend(?:u|owy|em)?"
        ),
        "day": words(
            "dzis dzisiaj dzisiejsz\\w+ jutro jutra jutrzejsz\\w+ pojutrze wczoraj\\w* przedwczoraj poludni(?:e|u|em) polnoc(?:y|a)?"
            " godz\\w* rano wieczor(?:em|a)? popoludni\\w* (?:w_tym|przyszl\\w+|nastepn\\w+)_(?:tygodni\\w*|miesiac\\w*|roku)"
            " w_(?:przyszlym|nastepnym|tym)_(?:tygodniu|miesiacu|roku) koniec_dnia (?:swieta|wielkanoc\\w*)"
        ),
        "number": words(
            "jeden jedn(?:a|ego|ej|ym) dw(?:a|ie|och|om|oma|oje) trzy(?:dziesci\\w*|nascie|sta)? trzech trzema cztery czterech czterema"
            " (?:czternascie|czterdziesci\\w*|czterysta) piec(?:iu|nascie|dziesiat|set)? szesc(?:iu|dziesiat|set)? szesnascie"
            " siedem(?:nascie|dziesiat|set)? siedmiu osiem(?:nascie|dziesiat|set)? osmiu dziewiec(?:iu|dziesiat|set)? dziewietnascie"
            " dziesiec(?:iu)? jedenascie dwanascie dwadziescia dwiescie tysiac\\w* tysiec\\w* milion\\w* tuzin\\w* pol polowa polowe"
            " kilka kilku kilkanascie oba obie dwukrotn\\w* podwojn\\w* procent\\w* (?:drug|trzec|czwart|piat|szost)(?:i|a|ie|iej|iego|ego|ej|y)"
        ),
        "currency": words("zloty(?:ch|mi)? zlotow\\w* groszy? euro dolar\\w* usd eur pln"),
    },
    own_values={
        "month": words("maj"),
        "number": words("sto zero pierwsz(?:y|a|e|ego|ej) para pare"),
        "currency": words("zl"),
        "time unit": words(
            "godzin\\w* minut\\w* sekund\\w* dni dnia dniu dzien tydzien tygodni\\w* miesiec\\w* miesiac\\w* lat rok\\w?"
        ),
    },
    units=words(
        "godzin\\w* minut\\w* dni dnia dzien tygodni\\w* miesiec\\w* miesiac\\w* lat rok palet\\w* sztuk\\w* karton\\w* mil km"
        " kilometr\\w* kg kilogram\\w* ton\\w* stopni\\w*"
    ),
    greetings=words("dzien_dobry"),
    claims={
        Claim.DELIVERED: words(
            "dostarczon\\w* doreczon\\w* rozladowan\\w* wydan(?:o|a|y|e) przekazan(?:o|a|y|e)_odbiorcy"
        ),
        Claim.PICKED_UP: words("odebran\\w* zaladowan\\w* podjet\\w*"),
        Claim.DEPARTED: words("wyjechal\\w* wyruszyl\\w* odplynal\\w* odplynela opuscil\\w* w_drodze w_trasie"),
        Claim.ARRIVED: words("przyjechal\\w* przybyl\\w* dotarl\\w* dojechal\\w* jest_na_miejscu"),
        Claim.CLEARED: words("zwolnion\\w* odprawion\\w* odprawa_(?:zostala_)?zakonczona"),
        Claim.HELD: words("zatrzyman\\w* wstrzyman\\w* zajet\\w* zablokowan\\w*"),
        Claim.DAMAGED: words(
            "uszkodz\\w* uszkadz\\w* mokr\\w* zamok\\w* zniszcz\\w* rozbit\\w* peknie\\w* zepsut\\w* szkod(?:a|e|y|zie)"
        ),
        Claim.LOST: words("zagin\\w* zgub\\w* utrac\\w* zniknel\\w* zniknal"),
        Claim.SHORT: words("brakuj\\w* brakow braki niekompletn\\w* niedobor\\w*"),
        Claim.REFUSED: words("odmow\\w* odrzuc\\w* nieprzyjet\\w*"),
        Claim.ATTEMPTED: words("prob(?:a|e|y|ie)_(?:dostaw\\w*|dorecz\\w*) nieudan\\w* nie_udal\\w* bezskuteczn\\w*"),
        Claim.DELAYED: words("opoznion\\w* opozni\\w* pozniej\\w* przesunie\\w* przesuni\\w* spoznion\\w* zaleg\\w*"),
        Claim.EARLY: words("wczesniej\\w* przed_czasem"),
        Claim.TEMPERATURE: words(
            "zbyt_(?:ciepl\\w*|zimn\\w*|wysok\\w*|nisk\\w*) poza_zakres\\w* przekrocz\\w*_temperatur\\w* rozmroz\\w* rozmrazan\\w*"
        ),
        Claim.SILENT: words("brak_(?:sygnalu|informacji|pozycji|danych|kontaktu)"),
        Claim.RECOVERED: words("na_czas terminowo zgodnie_z_planem rozwiazan\\w* punktualn\\w*"),
        Claim.WEATHER: words("pogod\\w* burz\\w* snieg\\w* snieznic\\w* lod oblodz\\w* powodz\\w* mgl\\w* sztorm\\w*"),
        Claim.STRIKE: words("strajk\\w* blokad\\w*"),
        Claim.BREAKDOWN: words("awari\\w* usterk\\w* silnik\\w* zepsul\\w*"),
        Claim.ACCIDENT: words("wypad(?:ek|ku|kiem|ki) kolizj\\w* stluczk\\w*"),
        Claim.CONGESTION: words("kork(?:i|u|ow|ach|iem) zator\\w* ruch_drogowy przeciazen\\w*"),
        Claim.THEFT: words("kradziez\\w* skradzion\\w* ukradzion\\w*"),
    },
    negations=words("nie nigdy bez ani brak jeszcze_nie"),
    conditions=words("jesli jezeli gdy dopiero dopoki az czy kiedy_tylko jak_tylko gdyby"),
    futures=words("bedzie beda zostanie zostana ma_byc maja_byc powin\\w*"),
    commitments={
        "guarantee": words(
            "gwaranc\\w* gwarant\\w* obiec\\w* zapewnia\\w* zapewnimy przyrzek\\w* na_pewno z_pewnoscia bez_watpienia zobowiaz\\w*"
        ),
        "money": words(
            "zwroc\\w* zwrot\\w* zwrac\\w* rekompens\\w* odszkodow\\w* rabat\\w* upust\\w* znizk\\w* za_darmo bezplatn\\w* nieodplatn\\w*"
            " na_nasz_koszt pokry\\w*_koszt\\w* zaplac\\w* korekt\\w*_faktur\\w*"
        ),
        "liability": words(
            "nasz(?:a|ej|ego|ym)?_(?:win\\w*|blad|bledu|odpowiedzialnosc) odpowiedzialnosc\\w* odpowiadamy_za ponosimy"
        ),
    },
    blame=words(
        "win(?:a|y|e|ny|na|ni|ien) zawini\\w* niedbal\\w* zaniedb\\w* blad bledu bledem pomylk\\w* odpowiedzialn\\w*"
    ),
    causal=words("z_powodu przez spowodowan\\w*_przez ze_wzgledu_na z_winy wskutek"),
)
