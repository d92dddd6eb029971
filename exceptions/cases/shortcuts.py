"""The keys of the queue and the case, and their place in the navigation."""

from controltower.web import keys, nav


def register() -> None:
    nav.register("Queue", "cases:queue", order=10, verb="VIEW", key="q", icon="list-ordered")
    nav.register("Disruptions", "cases:disruptions", order=25, verb="VIEW", key="i", icon="cloud-lightning")
    nav.register(
        "Detection", "cases:detection", order=45, verb="ADMINISTER", icon="sliders-horizontal", section="manage"
    )
    nav.register("Suppressions", "cases:suppressions", order=46, verb="OPERATE", icon="bell-off", section="manage")
    nav.register("Escalation", "cases:escalation", order=44, verb="AGREE", icon="megaphone", section="manage")
    nav.register("Pricing anew", "cases:repricings", order=36, verb="AGREE", icon="rotate-ccw", section="manage")
    group = "Case"
    keys.register("case.take", "t", "Take", group=group)
    keys.register("case.resolve", "e", "Resolve", group=group)
    keys.register("case.snooze", "s", "Snooze", group=group)
    keys.register("case.merge", "m", "Merge into another case", group=group)
    keys.register("case.not_an_exception", "!", "Not an exception", group=group)
    keys.register("case.pin", "p", "Pin", group=group)
    keys.register("case.note", "n", "Write a note", group=group)
    keys.register("case.why", "w", "Why it stands here", group=group)
    keys.register("case.next_check", "h", "Set the next check", group=group)
    keys.register("case.promise_update", "f", "Promise the next update", group=group)
    keys.register("case.assign", "o", "Assign", group=group)
    keys.register("case.classify", "c", "Set the cause", group=group)
    keys.register("case.pause", "b", "Note what stops the contract's clock", group=group)
    keys.register("case.reached", "1", "Log a call: reached", group=group)
    keys.register("case.no_answer", "2", "Log a call: no answer", group=group)
