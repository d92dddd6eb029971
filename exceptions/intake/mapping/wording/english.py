"""English. Wording of USPS, UPS, FedEx, DHL, Canada Post, Royal Mail, Australia Post, LTL and truckload carriers."""

from typing import Final

from exceptions.intake.mapping.wording.signs import Causes, Phrases, Sign

_ITEM = (
    "(?:package|parcel|shipment|item|consignment|freight|goods|article|packet|letter|mail ?piece|order|cargo|load)s?"
)
_RECEIVER = (
    "(?:recipient|customer|consignee|addressee|receiver|client|company|business|occupant|resident|buyer|"
    "individual|neighbou?r|household)s?"
)
_SENDER = "(?:sender|shipper|consignor|seller|merchant|retailer|origin|originator|vendor|supplier|mailer)"
_SITE = (
    "(?:facility|cent(?:er|re)|hub|depot|terminal|station|warehouse|airport|port|ramp|yard|branch|office|dock|"
    "location|plant|gateway|network|building|unit|post)"
)
_ADDRESS = "(?:address|addressing|house number|street|post ?code|zip(?: code)?|suite|name|unit number|apartment number)"
_WRONG = "(?:bad|wrong|incorrect|insufficient|incomplete|invalid|unknown|inaccurate|faulty|missing|no such)"

WHAT: Final[Phrases] = {
    Sign.NOT_FOUND: (
        r"(?:tracking|waybill|reference|barcode) (?:number|id|code|information|details?) (?:was |is |are )?not (?:found|av\w+)",
        rf"{_ITEM} (?:was )?not found|(?<=^)not found(?=$)",
        r"no (?:tracking )?(?:information|details|record|data|results?|events?) (?:\w+ ){0,3}(?:available|found|yet)",
        r"invalid (?:tracking|barcode)|tracking (?:is )?not (?:yet )?available|no longer trackable|end of tracking",
    ),
    Sign.HANDED_ON: (
        r"delivered (?:by \w+ )?to (?:the |an? |our |your |its )?(?:\w+ ){0,2}(?:agent|carrier|courier|airline|broker|"
        r"partner|operator|destination country|third party|connecting line|customs|hub|terminal|airport|port)\b"
        r"(?! (?:pick|locker|for (?:pick|collect)))",
        r"delivered to (?:the )?country",
    ),
    Sign.RETURN_ANNOUNCED: (
        r"return (?:label|order|request|authori[sz]ation|shipment (?:data|information)) ?(?:\w+ ){0,3}(?:created|printed|"
        r"generated|received|announced|issued|sent|approved)",
    ),
    Sign.RESOLVED: (
        r"(?:problem|issue|exception|error)s?(?: \w+){0,2} (?:resolved|solved|fixed)|(?:resolved|solved) (?:the )?"
        r"(?:problem|issue|exception)",
    ),
    Sign.RETURNED: (
        rf"return\w*(?: \w+){{0,5}}? to (?:the |its |your |our )?(?:original )?{_SENDER}\b",
        r"(?:back|redirected|sent|forwarded|delivered|handed)(?: \w+){0,2} to (?:the |its )?(?:original )?"
        r"(?:sender|shipper|consignor|seller|merchant|retailer)\b",
        r"to (?:the )?original (?:sender|shipper)|on its way back|r\.?t\.?[so]\b|foreign return",
        r"returns? (?:agent|process\w*|cent(?:er|re)|department|initiated|started|in transit|received|delivered|"
        r"completed?|scan|shipment|requested|on the way|parcel|package|consignment|journey|trip|undeliver\w*|home)",
        rf"return(?:ed|ing)\b(?! (?:back )?to (?:the |its |our |a )?(?:\w+ ){{0,3}}(?:{_SITE}|carrier|transit|driver|"
        r"ups|fedex|dhl|usps|courier))",
        r"being returned|will be returned|unclaimed|refused (?:entry|import\w*|admission) by|denied entry",
        # What a post writes on mail that it gives back (USPS Domestic Mail Manual 507, exhibit 1.4.1) is a return when
        # it stands alone; beside other words it is the reason of those.
        r"(?<=^)(?:undeliverable as addressed|not deliverable as addressed|no such (?:number|street|office)|"
        r"insufficient address|moved\.? left no address|forward(?:ing)?(?: order| time)? expired|addressee unknown|"
        r"attempted\.? not known|vacant|deceased|no mail receptacle|outside delivery limits|abandon(?:ed|ment))(?=$)",
    ),
    Sign.CANCELLED: (
        r"(?<!appointment )(?<!attempt )(?<!request )cancel(?:l?ed|l?ation)?\b|(?<!a)void(?:ed)?\b|label (?:deleted|expired)",
    ),
    Sign.LOST: (
        r"(?<!been )(?<!not )lost\b(?! connection)|been lost|stolen|theft|untraceable|declared lost|presumed lost|hijack\w*",
        rf"missing (?:{_ITEM}|pieces?|pallets?|cartons?|box(?:es)?|skids?|units?)",
        rf"(?:{_ITEM}|pieces?|pallets?|cartons?|skids?|contents?) (?:is |are |was |were |reported |still )*(?:missing|lost)\b",
        rf"(?:unable|failed|cannot|could not|couldnt|impossible|not able) (?:to )?(?:be )?(?:locate|located|find|found|"
        rf"trace|traced) (?:the |your |this )?{_ITEM}",
        rf"{_ITEM} (?:could not|cannot|couldnt) be (?:located|found|traced)|all short\b|tracer (?:opened|started|initiated)",
        r"pilfer\w*|whereabouts",
    ),
    Sign.DELIVERED_DAMAGED: (
        r"(?<!be )(?<!being )delivered(?: \w+){0,3} (?:damaged|with damages?)|delivered\. (?:\w+ )?damaged",
    ),
    Sign.DAMAGED: (
        r"damage[ds]?\b|crushed|leak(?:ing|age|ed|s)\b|water ?logged|wet\b|torn\b|punctured|spoil(?:ed|age)|contaminat\w*|"
        r"contents? (?:broken|spilled)|(?:item|package|parcel|pallet|box|carton)s? (?:is |was )?(?:broken|open(?:ed)?)\b|"
        r"rewrapped",
    ),
    Sign.REFUSED: (
        r"refus(?:ed|al|es?)\b|refusing",
        rf"(?:rejected|declined|not accepted) by (?:the )?(?:{_RECEIVER}|recipient)|{_RECEIVER} (?:has |have )?(?:declined|"
        r"rejected|did not accept|does not accept|didnt accept|did not want|does not want)",
        rf"(?:declined|rejected) (?:the |your )?(?:delivery|{_ITEM})|delivery (?:was |has been )?(?:declined|rejected)",
        r"cancell?ed by (?:the )?(?:customer|recipient|consignee) (?:at|on) (?:the )?(?:door|delivery)|not ordered",
    ),
    Sign.UNCOLLECTED: (
        rf"(?:not|never|wasnt|hasnt been) (?:been )?(?:collected|picked ?up|claimed)\b(?! (?:from (?:the )?{_SENDER}|"
        r"by (?:the )?(?:carrier|courier|driver|fedex|ups|dhl|usps)))",
        rf"{_RECEIVER} (?:has |have |did |had )?(?:not|failed to|didnt|hasnt)(?: yet)? (?:collect|pick(?:ed)? ?up|claim)\w*",
        r"(?:collection|storage|holding|pick ?up) (?:period|time|deadline) (?:has )?(?:expired|ended|elapsed|exceeded)",
    ),
    Sign.PICKUP_FAILED: (
        r"(?:attempt\w*|unable|failed|could not|couldnt|not able|impossible)(?: \w+){0,3} (?:pick ?up|collect|be collected|"
        r"be picked up)\b",
        r"pick ?up (?:attempt\w*|fail\w*|was (?:not|missed)|not (?:ready|made|possible|completed)|unsuccessful|missed|delay"
        r"\w*|exception|reschedul\w*|could not)",
        r"collection (?:attempt\w*|fail\w*|not (?:made|possible)|unsuccessful|missed|delay\w*|reschedul\w*)",
        r"missed (?:pick ?up|collection)|(?:sender|shipper) (?:was |is )?(?:not available|closed|unavailable)|not ready for "
        r"(?:pick ?up|collection)|(?:freight|shipment|goods|order|load) (?:was |is )?not ready",
    ),
    Sign.ATTEMPTED: (
        r"(?:delivery|deliver) attempt\w*|attempt(?:ed|ing|s)?(?: \w+){0,2} (?:delivery|to (?:be )?deliver\w*)|attempt(?:ed)? "
        r"(?:fail\w*|made|unsuccessful)|attempt ?fail\w*|(?:failed|unsuccessful|missed|first|1st|second|2nd|third|3rd|final|"
        r"last)(?: delivery)? attempt",
        r"(?:failed|unsuccessful|missed|incomplete|impossible|no) delivery\b|delivery(?: \w+){0,3} (?:attempted|fail\w*|"
        r"unsuccessful|impossible|not (?:possible|completed?|made|successful|done)|could not|couldnt|cannot)",
        r"(?:unable|failed|impossible|not able|not possible|cannot|could not|couldnt|cant|was not|were not|wasnt|has not|hasnt|"
        r"have not|havent|not|un|non)(?: \w+){0,3} ?deliver(?:y|ed|able|able as addressed)?\b(?! (?:yet|until))",
        r"undeliver(?:ed|able)|nondelivery|not (?:been )?(?:able to )?deliver(?:ed)?\b",
        r"(?:notice|card|note|slip) (?:was |has been )?left|left (?:a |an? \w+ )?(?:notice|card|note)|carded|(?:we )?missed you\b|"
        r"missed delivery",
        r"not (?:at )?home|no ?(?:body|one)(?: \w+){0,2} (?:home|available|present|in|there|premises|answer\w*|address)|no "
        r"(?:answer|reply|response)\b(?! from (?:the )?(?:sender|shipper))",
        rf"{_RECEIVER}(?: \w+)? (?:was |is |were |are |currently |has |have |had )*(?:not (?:available|present|in|there|known|"
        r"located|found|at)|absent|unavailable|away|closed|moved|relocated|unknown|deceased|vacated|on (?:holiday|vacation))",
        r"no (?:authori[sz]ed |suitable )?(?:recipient|person|adult|signatory)|recipient (?:too )?young|id (?:check )?failed",
        r"(?:business|office|premises|store|shop|building|school|site|dock|location|company|warehouse|consignee|receiver|"
        r"customer)(?: \w+)? (?:is |was |were |are )?closed|closed (?:(?:on|at|upon|during)(?: the)? (?:arrival|delivery|time|attempt|weekend\w*|saturday|sunday|holiday)|for (?:the )?(?:day|holiday|lunch|inventory|vacation))|closed(?=$)|holiday. closed",
        r"(?:receptacle|mail ?box|letter ?box|locker) (?:\w+ )?(?:blocked|full|too small)|no (?:secure|safe) (?:location|place)|"
        r"(?:unsafe|hazardous)(?: \w+)? (?:delivery|conditions?)|dog\b|too (?:large|big) for",
        r"(?:no|restricted|denied|unable to|could not|cannot|couldnt)(?: \w+)? (?:access|gain entry)|access (?:\w+ )?(?:denied|"
        r"restricted|problem|issue|not possible|blocked)|(?:location|address|site|premises) (?:is |was )?(?:in|not )accessible|"
        r"inaccessible|(?:gate|door|building|entrance) (?:was |is )?(?:locked|closed)|security (?:prevented|denied)",
        rf"{_WRONG} (?:\w+ )?{_ADDRESS}|{_ADDRESS} (?:is |was |details? )?(?:incorrect|incomplete|invalid|unknown|wrong|"
        r"insufficient|not found|does not exist|could not be found|unreadable|illegible)|no such (?:number|street|address)|"
        rf"(?:unable|could not|cannot|couldnt|failed) (?:to )?(?:locate|find) (?:the |this )?(?:\w+ )?(?:{_ADDRESS}|premises|"
        r"recipient|consignee|customer|house)|moved\.? left no|forward(?:ing order)? expired|house number",
        r"(?:please )?(?<!to )reschedule (?:your |the )?delivery|will (?:re ?try|try(?: to deliver)? again|re ?attempt)|need to "
        r"(?:re ?arrange|re ?schedule)",
    ),
    Sign.BROKEN_DOWN: (
        r"(?:truck|tractor|trailer|vehicle|unit|van|lorry) (?:has |is |was |had )?(?:broke\w* down|a? ?break ?down|disabled)",
    ),
    Sign.ROLLED: (r"(?:booking|container|cargo|shipment) (?:has been |was )?rolled|rolled (?:to|over)\b|roll ?over",),
    Sign.MISROUTED: (r"mis ?(?:sort|rout|direct|ship|sent|cod)\w*|missent|(?:wrong|incorrect) (?:facility|terminal|depot|hub|route)",),
    Sign.CLEARANCE_DELAYED: (
        r"(?:clearance|customs) delay\w*|delay\w*(?: \w+){0,3} (?:by|in|at) customs|(?:held|stopped|detained|retained)"
        r"(?: \w+){0,3} (?:by|in|at) (?:\w+ )?customs",
    ),
    Sign.DELAYED: (
        r"delay(?:ed|s|ing)?\b|late\b|behind "
        r"schedule|later than|(?<!to )re ?schedul\w*|postpone\w*|(?<!for )(?<!for a )re ?deliver\w*|backlog|broke\w* down|breakdown",
        r"missed (?:the )?(?:\w+ )?(?:connection|linehaul|flight|cut ?off|sailing|departure|transfer)|(?:transit|service|"
        r"network|operational) (?:disruption|interruption|issue)|(?:next|following) (?:business|working|delivery|operating) day",
        r"(?:not|wont|will not) (?:be )?(?:delivered|delivering|out for delivery|loaded)(?: \w+)? (?:today|as (?:planned|"
        r"scheduled)|on time)|new (?:delivery|eta|arrival) (?:date|time)|(?:severe|adverse|bad|extreme) weather|held up\b",
        r"address(?:ing)? (?:\w+ )?(?:issue|correct\w*|information (?:needed|required)|quer\w*|verification)|correct\w* (?:the )?"
        r"address|overdue|extended transit|await\w* (?:the )?next (?:\w+ )?(?:flight|sailing|vessel|departure|truck|linehaul|available)|(?:eta|arrival|delivery) (?:has been |was |is )?(?:pushed|moved|slipped)|closed (?:road|highway|interstate)|natural disaster",
    ),
    Sign.RELEASED: (
        r"(?<=^)cleared(?=$)|customs (?:\w+ ){0,2}(?:is |has been |was |have )?(?:completed?|cleared|finali[sz]ed|released|finished)|customs "
        r"release|clear(?:ed|s) (?:\w+ ){0,2}customs|(?:released|cleared)(?: \w+){0,3} customs|out of customs|left customs",
        r"clearance (?:\w+ )?(?:is |was |has been )?(?:completed?|finished|release)|(?:item|package|shipment|parcel) "
        r"(?:has )?cleared|cleared (?:and|for)\b|broker release|hold (?:was |has been )?(?:released|lifted|removed)|released "
        r"from (?:\w+ )?hold|(?:import|export) (?:approved|cleared)",
    ),
    Sign.NOT_YET_RECEIVED: (
        r"not (?:yet )?(?:been )?(?:yet )?(?:received|handed|accepted|arrived|scanned|in (?:our|the|its) (?:possession|network|"
        r"system|hands))(?! by (?:the )?(?:recipient|customer|consignee))|has not yet|hasnt been (?:received|handed|scanned)",
        r"(?:awaiting|waiting for|pending|ready for|scheduled for) (?:the )?(?:carrier|courier|driver|fedex|ups|dhl|usps|"
        r"dispatch|despatch|shipment|shipping|induction|drop ?off)\b|(?:awaiting|waiting for)(?: \w+){0,3} (?:by|from)"
        r" (?:the )?(?:carrier|courier|driver|sender|shipper|seller|merchant|fedex|ups|dhl)",
        r"(?:pick ?up|collection) (?:has been |is |was )?(?:scheduled|request(?:ed)?\b|booked|arranged|planned|assigned|order\w*)|"
        r"(?:dispatched|assigned|en ?route|sent) (?:for|to) (?:pick ?up|collect\w*|shipper)|(?:driver|courier) assigned",
        rf"(?:about to|(?<!waiting )(?<!ready )to be|will) (?:be )?(?:picked up|collected|pick up|collect)\b(?: the (?:{_ITEM}))?(?! by (?:the )?"
        r"(?:recipient|customer|you))",
        r"expects? (?:item|to receive)|expecting (?:your|the|this|a)|(?:sender|shipper|seller|merchant) (?:is )?(?:preparing|dispatching|packing|sending)|expecting it|being (?:prepared|packed|processed) (?:by|at) (?:the )?(?:sender|shipper|"
        r"seller|merchant|retailer)|(?:label|shipment|order|parcel|package|consignment|booking|manifest|air ?waybill|bill of "
        r"lading) (?:has been |was |is )?(?:created|printed|generated|prepared|announced|placed|registered)",
    ),
    Sign.AVAILABLE: (
        r"(?:available|ready|waiting|awaiting|held|kept|stored|waits|hold|await) (?:\w+ ){0,5}?(?:pick ?up|collection|collected|"
        r"picked up|pickup)\b(?! (?:by|from) (?:the )?(?:carrier|courier|driver))|available for redelivery",
        r"(?:pick ?up|collection) (?:is |now )?(?:available|ready)|collect (?:for|from|at)\b|can (?:now )?be (?:collected|picked "
        r"up)|ready (?:for|to) (?:collect|pick)|will call",
        r"(?:delivered|deposited|placed|left|taken)(?: \w+){0,3} (?:to|at|in|into) (?:an? |the |your |our )?"
        r"(?:\w+ ){0,2}(?:pick ?up|collection point|parcel ?shop|service ?point|access point|(?:parcel )?locker|packstation|"
        r"post office|postal outlet|retail (?:outlet|location))|left with (?:an )?agent",
        r"(?:arrived|now|is|transferred)(?: \w+)? (?:at|in|to) (?:an? |the |your )?(?:\w+ ){0,2}(?:pick ?up|collection|access|service) (?:point|location|"
        r"facility)|to pick ?up ?(?:parcel ?shop|point)|at (?:the )?(?:access|service|pick ?up|collection) point",
    ),
    Sign.HELD: (
        r"(?<!cargo )(?:hold|held)\b(?! your)|(?:parcel|item|shipment|package) blocked|detained|detention|"
        r"intercept\w*|stopped\b|impound\w*|quarantin\w*|embargo\w*|suspended|seized|confiscat\w*|lodged (?:in|into) holding",
        r"(?:await\w*|waiting (?:for|on)|pending|requires?|need(?:s|ed)?|lacks?|missing)(?: \w+){0,3} (?:payment|documents?|"
        r"documentation|paperwork|instructions?|information|release|approval|dut(?:y|ies)|appointment|invoice|authori[sz]ation)",
        r"customs(?: \w+){0,3} request\w*|customs (?:hold|exception|inspection|exam\w*|seizure|detention|issue|problem|control|query)|(?:under|for|selected for|"
        r"undergoing) (?:\w+ )?(?:inspection|examination)|in storage|stored\b|storage (?:at|in)",
        r"(?:payment|duties|charges|documents|documentation|appointment|action) (?:is |are )?(?:required|pending|due|needed|"
        r"missing|outstanding)|(?:further|additional|more) (?:information|details) (?:is |are )?(?:required|needed)",
        r"contact (?:the |your )?(?:carrier|courier|customer service|us\b)|unpaid|non ?payment|credit hold",
    ),
    Sign.DELIVERY_PROBLEM: (r"delivery(?: \w+){0,2} (?:exception|problem|issue)",),
    Sign.ANNOUNCED: (
        r"(?:shipment|shipping|parcel|package|order|consignment|item|electronic|label|instruction|sender|booking)s? "
        r"(?:data|information|info|details?|notification|advice|instructions?)\b(?! (?:correct|updat|chang))",
        r"(?:data|information|info|details?|instructions?)(?: \w+){0,3} (?:received|sent|transmitted|uploaded|downloaded|submitted)\b|"
        r"info(?:rmation)? ?received|electronic(?:ally)?\b|pre ?(?:advi[cs]e\w*|shipment|transit|alert|notif\w*|announce\w*)",
        r"manifest\w*|order (?:received|processed|placed|confirmed|ready|packed)|inventory allocated|fulfil\w*|tracking number "
        r"(?:allocated|assigned|created)|booking (?:confirmed|received)|booked\b|advised\b|despatched to royal",
        r"received a request|data entered|request (?:received )?from the shipper|advanced? (?:notification|notice|advice)|(?:tender|load|booking) (?:was |has been )?accepted|in preparation",
    ),
    Sign.OUT_FOR_DELIVERY: (
        r"out (?:for|on)(?: \w+){0,2} delivery|out on (?:a |the )?(?:delivery|route|road|van)|out for distribution|in delivery\b|out ?for ?delivery|ofd\b",
        r"(?:vehicle|van|truck|car) (?:for|to) deliver\w*|delivery (?:vehicle|van|truck)|on ?board(?: \w+)? for delivery|"
        r"(?:loaded|on)(?: \w+){0,4} for delivery|for (?:delivery|final delivery) (?:today|this)",
        r"with (?:the |a |our |your )?(?:\w+ )?(?:delivery )?(?:courier|driver|postman|postie|postal worker)|(?:dispatched|sent|"
        r"released|assigned|left)(?: \w+){0,2} for (?:final |local )?delivery\b(?! partner)",
        rf"on (?:its|the) way to (?:the |your |its )?(?:{_RECEIVER}|delivery address|final destination|you\b|address)",
        r"(?:will|to) be delivered (?:\w+ )?(?:today|during the day|shortly|soon|between|this (?:morning|afternoon))|"
        r"(?:expected|due|scheduled|estimated)(?: \w+){0,3} (?:delivered|delivery) (?:today|during the day)|arriving today",
        r"delivery (?:is )?(?:in progress|underway|under way|run|round|started|has started)|being delivered|(?:^|is |now |parcel |shipment )on delivery\b|"
        rf"{_RECEIVER} (?:is |was |has been )?contacted|driver (?:is )?(?:on|near|approach|en ?route)\w*|en ?route to "
        r"(?:the )?(?:delivery|customer|consignee)\b(?! location)|(?<=^)at delivery(?=$)",
    ),
    Sign.DELIVERED: (
        r"(?<!be )(?<!being )delivered\b",
        r"delivery (?:has been |was |is |now )?(?:complete[d]?|confirmed|successful\w*|made|accepted|confirmation|done)|"
        r"successful delivery|proof of delivery|pod\b",
        rf"(?:picked ?up|collected|signed|received|accepted|taken)(?: \w+){{0,3}} by (?:the |a |an )?(?:\w+ )?{_RECEIVER}",
        rf"{_RECEIVER} (?:has |have )?(?:collected|picked ?up|received|signed|accepted)",
        r"sign(?:ed)? (?:for )?by|signature (?:obtained|captured|received)|authori[sz]ed agent(?=$)",
        r"left (?:with|at|in|on|outside|by) (?:the |a |an |your )?(?:\w+ )?(?:neighbou?r|reception\w*|front|porch|safe (?:place|"
        r"location)|mail ?room|mail ?box|letter ?box|concierge|individual|garage|door\w*|garden|residence|receptionist)",
        rf"handed (?:over )?to (?:the |a )?(?:{_RECEIVER}|reception)|(?:completed unloading|unloaded|empty|unloading complete\w*)"
        r" (?:at|from) (?:the )?(?:consignee|receiver|delivery|customer|final)|consignee (?:has )?unloaded",
    ),
    Sign.APPOINTMENT: (
        r"(?:delivery )?appointment (?:has been |was |is )?(?:scheduled|confirmed|made|set|booked|obtained|agreed)|(?:scheduled|"
        r"confirmed|set|made)(?: \w+){0,2} appointment|agreed delivery",
    ),
    Sign.PROBLEM: (
        r"exception|incorrect (?:\w+ )?details|incomplete data|repack(?:ed|aged)|problem\b|issue\b|incident|irregular\w*|unsuccessful|noncomplian\w*|rejected by|dispos(?:ed|al)\b|"
        r"destroy(?:ed)?|investigat\w*|abandon\w*|(?<!un)fail(?:ed|ure)\b|shortage|overage|os ?d\b|expired\b",
    ),
    Sign.PICKED_UP: (
        r"pick(?:ed)? ?up(?! (?:by shipping partner|point|location|shop|available|facility|date))|collected\b|collection "
        r"(?:scan|complete\w*|made|success\w*|transport)|(?<!not )accept(?:ance|ed)\b|in (?:\w+ )?possession|origin scan",
        r"handed over|(?:posted|dropped ?off|lodged|deposited|tendered|inducted)\b|received (?:item )?(?:from|by)\b|"
        rf"{_ITEM} (?:has been |was |is )?received\b|taken (?:over|from|in charge|into|charge)|we (?:have |ve )?(?:got|received|your)|has received (?:your|the)|received your|drop ?off",
        r"completed loading|(?:loaded|loading complete\w*) at (?:the )?(?:origin|shipper|pick|sender)|courier picked",
    ),
    Sign.DEPARTED: (
        rf"depart\w*|des?patch(?:ed)?\b|dispatched|(?:has )?left (?:\w+ ){{0,5}}?{_SITE}\b|(?:has|have) left\b|outgoing|"
        r"outbound|export\w*|sailed|uplift\w*|airborne|leaving|sent (?:to|from|out)\b|shipped\b|(?<!be )forwarded to|"
        r"in flight|left (?:the )?(?:origin|country|\w+ origin)",
    ),
    Sign.ARRIVED: (
        r"arriv(?:ed|al|es|ing)\b|reached|received at|(?:^|now |is |currently )at (?:\w+ ){0,4}?"
        rf"{_SITE}|incoming|inbound|in ?scan(?:ned)?|landed|import\w*|unload(?:ed|ing)|spotted|discharged|checked in|at (?:\w+ )?(?:destination|origin|"
        r"interim)\b|in (?:the )?destination country",
    ),
    Sign.PENDING: (r"label|awaiting item|pending\b|created\b|registered\b|announced\b|planned\b|scheduled for|awaiting",),
    Sign.IN_CUSTOMS: (r"customs|clearance|broker",),
    Sign.MOVING: (
        r"in ?transit|on (?:the|its) way|transit|process(?:ed|ing)|sort(?:ed|ing|ation)|scan(?:ned)?\b|forwarded|tendered|"
        r"en ?route|mov(?:ing|ed|ement)|transfer\w*|rout(?:ed|ing)|handl(?:ed|ing)|relay\w*|crossing|consolidat\w*|grouped|"
        r"loaded|in progress|in (?:our|the) network|delivery (?:scheduled|expected|date)|scheduled (?:for )?delivery|underway|"
        r"re ?direct\w*|re ?shipped|cross ?dock\w*|shipment update|weighed|measured|with (?:the )?carrier",
    ),
}  # fmt: skip

WHY: Final[Causes] = {
    "theft": (r"stolen|theft|pilfer\w*|hijack\w*|robbery",),
    "accident": (r"accident|collision|crash(?:ed)?\b|derail\w*",),
    "reefer_fault": (r"reefer (?:unit )?(?:fail|fault|alarm|breakdown|down)\w*|genset|cooling unit",),
    "equipment_breakdown": (
        r"break ?down|broke\w* down|mechanical|(?:flat|blown) tires?|engine|vehicle (?:issue|problem|failure)|transport issue|"
        r"alternator|gearbox",
    ),
    "driver_hours": (r"hours of service|hos\b|out of (?:\w+ )?hours|driving time",),
    "driver_unavailable": (r"driver (?:is |was )?(?:unavailable|sick|ill|no show|not available|late)|no driver",),
    "equipment_unavailable": (r"(?:no|lack of|insufficient) (?:trailer|chassis|equipment|container|truck)s?",),
    "customs_documents": (
        r"(?:customs|clearance|commercial|export|import) (?:document\w*|paperwork|invoice|information)|improper documentation|"
        r"(?:missing|incorrect|incomplete|inaccurate) (?:customs |or missing )?(?:document\w*|paperwork|invoice)|documents? "
        r"(?:missing|required|needed)",
    ),
    "credit_or_payment": (
        r"dut(?:y|ies)(?: and taxes)? (?:\w+ )?(?:non ?payment|unpaid|not paid|due|outstanding|pending|payment)|unpaid|(?:held|"
        r"await\w*|pending)(?: for| customer)? (?:payment|duties)|credit hold|charges due|non ?payment|cod (?:amount|payment|not)|"
        r"fees outstanding|pending payment|payment (?:required|pending|due)",
    ),
    "strike_or_civil": (r"strike|industrial action|blockade|border clos\w*|civil (?:unrest|event)|lockdown|protest",),
    "weather": (
        r"weather|snow\w*|blizzard|hurricane|typhoon|cyclone|(?:ice |winter |tropical )?storm|flood\w*|tornado|natural disaster|"
        r"wildfire|earthquake|fog\b|icy|emergency (?:situation|conditions)",
    ),
    "customs_exam": (r"customs|clearance|under inspection|regulatory|quarantine|border agency",),
    "berth_congestion": (r"(?:port|berth) congestion|congested port",),
    "terminal_productivity": (r"terminal congestion|yard congestion",),
    "road_conditions": (
        r"(?:road|interstate|highway|motorway|bridge|tunnel|i)[ \d]*(?:is |was )?(?:closed|closure|conditions)|traffic|"
        r"closed (?:road|highway)",
    ),
    "address_wrong": (
        rf"{_WRONG} (?:\w+ )?{_ADDRESS}|{_ADDRESS} (?:is |was |details? )?(?:issue|error|not found|incorrect|incomplete|invalid|"
        r"unknown|correct\w*|wrong|insufficient)|undeliverable as addressed|no such (?:number|street)|(?:customer|receiver|addressee|"
        r"recipient|consignee) (?:has )?(?:moved|unknown|relocated)|left no address|vacant|(?:unable to|could not|cannot) "
        r"(?:locate|find)|forward(?:ing order)? expired|relocated|attempted\.? not known",
    ),
    "receiver_refused": (
        rf"refus(?:ed|al|e)\b|(?:rejected|declined) by (?:the )?{_RECEIVER}|delivery (?:declined|rejected)|{_RECEIVER} "
        r"(?:declined|rejected)",
    ),
    "receiver_restricted": (
        r"no (?:\w+ )?access|access (?:\w+ )?(?:restricted|denied|problem|issue)|unable to access|inaccessible|no (?:secure|safe) "
        r"(?:location|place)|receptacle|(?:unsafe|hazardous)(?: \w+)? (?:delivery|conditions)|no (?:dock )?appointment|dock "
        r"(?:full|unavailable)|appointment (?:required|refused)|receiving hours|gate (?:locked|closed)|security",
    ),
    "receiver_closed": (
        rf"closed|holiday|not (?:at )?home|no ?(?:body|one)(?: \w+)? (?:home|available|in|there|present)|{_RECEIVER} (?:was |is )?"
        r"(?:not (?:available|present|in)|unavailable|absent|away)|no authori[sz]ed recipient|notice left|vacation|card left|"
        r"no (?:answer|reply)|not available",
    ),
    "customer_reschedule": (
        rf"{_RECEIVER} (?:has )?request\w*|at (?:the )?(?:request of|\w+ request)|future delivery|unclaimed|not (?:been )?(?:picked "
        r"up|collected)|delivery (?:date )?changed by|pick ?up missed",
    ),
    "missort_misroute": (r"mis ?(?:sort|rout|direct|sent)\w*|missent|sorting error|wrong (?:terminal|route|facility|hub|depot)",),
    "linehaul_missed": (r"missed (?:the )?(?:\w+ )?(?:connection|linehaul|cut ?off|flight|sailing|transfer)|late flight",),
    "carrier_capacity": (r"(?:no|lack of|insufficient) (?:capacity|space)|trailer full|held for full load|rolled|overbooked|volume",),
    "stop_delay_prior": (r"(?:previous|prior|earlier) stop",),
    "insufficient_time": (r"not enough time|insufficient time|ran out of time|late arrival|time constraint|no time",),
    "packaging_or_load": (r"(?:improper|insufficient|poor|bad) packag\w*|load shift\w*|overweight|rewrapped",),
    "shipper_not_ready": (r"(?:freight|shipment|goods|order|load) (?:was |is )?not ready|late release|production delay",),
    "shipper_hold": (r"(?:held|hold) (?:per|by|for) (?:the )?shipper|awaiting (?:shipping|shipper) instructions",),
    "restricted_goods": (r"restricted (?:articles?|goods|items?)|prohibited|dangerous goods|noncomplian\w*|hazmat",),
    "carrier_other": (r"operational (?:issue|reason|delay)\w*|system (?:issue|outage)|network (?:disruption|delay)",),
}  # fmt: skip
