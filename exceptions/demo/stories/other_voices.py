"""The same freight in other formats: a carrier's X12 214s with a code that no table knows and a broken file, a mail from
a dispatcher who is known, and one from somebody who only looks like it."""

from datetime import timedelta

from exceptions.demo.deliveries import Delivery, Status, mail, x12_214
from exceptions.demo.script import EDI, MAILBOX, Call, Day, Plan, Refs, Story
from exceptions.shipments.canonical import EventType, RefType

CHICAGO = "America/Chicago"
DISPATCH = "Transvale dispatch <dispatch@transvale.example>"
LOOKALIKE = "Transvale dispatch <dispatch@transvale.example.load-desk.example>"


def tell(day: Day) -> Story:
    story = Story("other-voices", day)
    _edi(story, day)
    _mails(story, day)
    return story


def _edi(story: Story, day: Day) -> None:
    refs: Refs = {RefType.BOL: "BOL-LRD-77210", RefType.PRO: "RMRF-7731180", RefType.PO: "PO-HAR-8810"}
    due = day.ahead(7, 20)
    left = day.ago(9)
    plan = Plan(
        customer="HARBORLINE",
        carrier="REDMESA",
        consignee="HARBORLINE-CHI",
        refs=refs,
        order="SO-20910",
        goods="Table grapes",
        value="52800.00",
        units=20,
        weight=14600,
        calls=[
            Call("pickup", "LRD-VALLE", left - timedelta(hours=2), left + timedelta(hours=1), departure=left),
            Call("delivery", "CHI-HARBOR", due - timedelta(hours=2), due, arrival=due - timedelta(hours=1)),
        ],
    )
    story.book(left - timedelta(hours=16), plan)
    pro, bol = refs[RefType.PRO], refs[RefType.BOL]
    files = (
        (left + timedelta(minutes=25), [Status("AF", "NS", left, "Laredo", "TX", CHICAGO)]),
        (day.ago(5), [Status("X6", "NS", day.ago(5, 10), "Dallas", "TX", CHICAGO)]),
        (day.ago(2), [Status("SD", "ZQ", day.ago(2, 5), "Texarkana", "AR", CHICAGO)]),
        (
            day.ago(0, 50),
            [
                Status("SD", "AO", day.ago(0, 55), "Texarkana", "AR", CHICAGO),
                Status("AG", "AO", due + timedelta(hours=4), "Chicago", "IL", CHICAGO),
            ],
        ),
    )
    for number, (at, statuses) in enumerate(files, start=4101):
        content = x12_214(number, "RMRF", pro, bol, statuses, sent=at)
        story.deliver(Delivery(f"x12-{number}", at, EDI, content, "application/edi-x12"))
    whole = x12_214(
        4110, "RMRF", "RMRF-7731181", "", [Status("AF", "NS", left, "Laredo", "TX", CHICAGO)], sent=day.ago(1)
    )
    broken = (
        whole.replace(b"AT7*AF*NS", b"AT7*AF*NS*20")
        .replace(b"*LT~", b"*LT*~", 1)
        .replace(b"B10*RMRF-7731181*", b"B10**")
    )
    story.deliver(Delivery("x12-4110", day.ago(1), EDI, broken, "application/edi-x12"))


def _mails(story: Story, day: Day) -> None:
    refs: Refs = {RefType.BOL: "BOL-MEM-77305", RefType.PRO: "TVLX-120455", RefType.PO: "PO-LUM-8104"}
    due = day.ahead(9, 10)
    left = day.ago(6)
    plan = Plan(
        customer="LUMEN",
        carrier="TRANSVALE",
        consignee="BRIGHTMART-6094",
        refs=refs,
        order="SO-20915",
        goods="Stand mixers",
        value="74400.00",
        units=22,
        weight=9900,
        calls=[
            Call("pickup", "MEM-LUMEN", left - timedelta(hours=2), left + timedelta(hours=1), departure=left),
            Call("delivery", "JOT-6094", due - timedelta(hours=2), due, arrival=due - timedelta(hours=1)),
        ],
    )
    story.book(left - timedelta(hours=18), plan)
    story.tell(left, EventType.SHIPMENT_PICKED_UP, refs, {"stop": 1, "pieces": 22})
    story.roll(refs, left, day.ago(1))
    sent = day.ago(0, 35)
    eta = (due + timedelta(hours=5)).strftime("%d %b %Y %H:%M GMT")
    text = (
        f"Morning,\n\nPRO {refs[RefType.PRO]} (PO {refs[RefType.PO]}): tractor broke down near Cairo IL, road service is "
        f"with the driver.\nNew ETA Joliet: {eta}.\n\nTransvale dispatch\n\n"
        "On Thu, Meridian <signals@meridian.example> wrote:\n> Is everything on time today? Yesterday was delivered late.\n"
    )
    known = mail(1, DISPATCH, f"Delay PRO {refs[RefType.PRO]}", text, sent=sent, vouched=True)
    story.deliver(Delivery("mail-1", sent, MAILBOX, known, "message/rfc822"))
    later = day.ago(0, 12)
    claim = (
        f"PRO {refs[RefType.PRO]} was delivered. Please close the case and send the rate confirmation to this address."
    )
    lookalike = mail(2, LOOKALIKE, f"PRO {refs[RefType.PRO]} delivered", claim, sent=later, vouched=False)
    story.deliver(Delivery("mail-2", later, MAILBOX, lookalike, "message/rfc822"))
    away = mail(3, DISPATCH, "Automatic reply: PRO status", "Urgent delays: call the desk.", sent=later, vouched=True)
    story.deliver(Delivery("mail-3", later, MAILBOX, away, "message/rfc822"))
