"""English."""

from .base import Claim, Lexicon, words

ENGLISH = Lexicon(
    values={
        "month": words("january february april june july august september october november december"),
        "weekday": words("(?:mon|tues|wednes|thurs|fri|satur|sun)days? tues weds thurs weekends? workdays?"),
        "day": words(
            "today tomorrow tonight yesterday noon midday midnight overmorrow fortnights? o'?clock [ap]\\.m\\.?"
            " this_(?:morning|afternoon|evening|week|month|year|weekend) next_(?:day|week|month|year)"
            " last_(?:night|week|month|year) (?:in_the|by|before|every)_(?:morning|afternoon|evening|night)"
            " end_of_(?:the_)?(?:day|week|month|business) day_after mid-?(?:week|month) christmas easter"
            " new_year'?s?(?:_(?:day|eve))? thanksgiving"
        ),
        "number": words(
            "zero two three four five six seven eight nine eleven twelve (?:thir|four|fif|six|seven|eigh|nine)teen"
            " (?:twen|thir|for|fif|six|seven|eigh|nine)ty(?:-?\\w+)? hundreds? thousands? millions? billions?"
            " dozens? half quarters? couple twice thrice single double triple pair both"
            " third fourth fifth sixth seventh eighth ninth tenth percent per_?cent minus nil"
        ),
        "currency": words("dollars? euros? cents? pounds_sterling sterling bucks usd eur gbp pln mxn chf cad czk"),
        "contact": words("https? www mailto (?:dot|punkt|kropka|punto)_(?:com|net|org|io|pl|eu|info|biz) e-?mail_at"),
    },
    own_values={
        "month": words("may march jan feb apr jun jul aug sept? oct nov dec"),
        "weekday": words("mon tue wed thu fri"),
        "time unit": words(
            "hours? hrs? minutes? mins? seconds days? weeks? months? years? mornings? afternoons? evenings? nights?"
        ),
        "number": words("one ten second first few several none"),
    },
    units=words(
        "hours? hrs? minutes? mins? days? weeks? months? years? pallets? skids? pieces? cartons? units? boxes miles?"
        " km kilomet(?:er|re)s? kg kilos? lbs? pounds? tons? tonnes? degrees? fahrenheit celsius k"
    ),
    greetings=words("good_(?:morning|afternoon|evening|day)"),
    claims={
        Claim.DELIVERED: words(
            "delivered deliver(?:y|ies)_(?:is|was|has_been)_(?:complete|completed|made|done|successful)"
            " unloaded signed_for handed_over dropped_off reached_(?:you|its_destination)"
        ),
        Claim.PICKED_UP: words("picked_up collected loaded"),
        Claim.DEPARTED: words("departed left(?!_(?:to|hand)) on_(?:its|the)_way underway in_transit moving rolling"),
        Claim.ARRIVED: words("arrived is_here at_(?:the|your)_(?:dock|door|gate) reached"),
        Claim.CLEARED: words(
            "cleared released customs_clearance_(?:is|was|has_been)_(?:complete|completed|done|granted)"
        ),
        Claim.HELD: words("on_hold held detained seized stopped_by blocked"),
        Claim.DAMAGED: words("damaged? broken crushed wet torn dented leaking spoil(?:ed|t)|ruined destroyed"),
        Claim.LOST: words("lost missing untraceable disappeared vanished"),
        Claim.SHORT: words("short shortage incomplete"),
        Claim.REFUSED: words("refus(?:ed|al) rejected declined turned_away"),
        Claim.ATTEMPTED: words("attempted attempts? tried failed unsuccessful could_not_(?:be_)?deliver(?:ed)?"),
        Claim.DELAYED: words("delay(?:ed|s)? late later overdue behind_schedule postponed held_up slipped"),
        Claim.EARLY: words("early earlier ahead_of_schedule"),
        Claim.TEMPERATURE: words(
            "too_(?:warm|cold|hot) (?:out|outside)_(?:of_)?(?:the_)?(?:temperature|band|range) thawed frozen overheated"
            " temperature_(?:excursion|deviation)"
        ),
        Claim.SILENT: words("no_(?:signal|tracking|update|position) stopped_reporting"),
        Claim.RECOVERED: words("on_time on_schedule on_track back_on back_to_normal resolved recovered punctual"),
        Claim.WEATHER: words("weather storms? snow ice flood(?:s|ing)? hurricane fog"),
        Claim.STRIKE: words("strikes? blockades? industrial_action"),
        Claim.BREAKDOWN: words("breakdown broke_down mechanical flat_tyre flat_tire engine"),
        Claim.ACCIDENT: words("accident crash collision"),
        Claim.CONGESTION: words("congestion traffic backlog"),
        Claim.THEFT: words("theft stolen stole pilferage robbed"),
    },
    negations=words(
        "not no never nor neither without yet_to cannot (?:is|was|has|have|are|were|do|does|did|could|wo|ca)n'?t"
    ),
    conditions=words("if once until till as_soon_as whether unless after_(?:it|they)"),
    futures=words("will shall going_to expected_to scheduled_to planned_to due_to_be to_be"),
    commitments={
        "guarantee": words(
            "guarante\\w+ promis\\w+ assur\\w+ definitely certainly without_fail for_sure rest_assured warrant\\w* pledge\\w*"
            " commit(?:s|ted|ment|ments|ting)?_?(?:to)? no_doubt absolutely"
        ),
        "money": words(
            "refund\\w* credit\\w* reimburs\\w* compensat\\w* waive\\w* discount\\w* free_of_charge at_no_(?:extra_)?c(?:ost|harge)"
            " goodwill pay(?:s|ing|ment|ments)?(?!_attention) cover_(?:the|all|any)_costs? at_our_(?:cost|expense) indemnif\\w*"
        ),
        "liability": words(
            "liab\\w* our_(?:fault|mistake|error|failure|responsibility) accept_responsibility we_(?:are|were)_responsible"
        ),
    },
    blame=words("fault(?:s|y)? to_blame blam\\w+ neglig\\w+ careless\\w* mistakes? incompeten\\w* culprit responsible"),
    causal=words("because_of caused_by due_to thanks_to owing_to on_account_of attributable_to"),
)
