from exceptions.notices.models import Claim, Notice, NoticeAttempt
from exceptions.parties.adminkit import show

show(Notice, "case", "audience", "state", "hold_until", "sent_at", "approved_by", search=("message_id", "address"))
show(NoticeAttempt, "notice", "state", "claimed_at", "finished_at")
show(Claim, "case", "against", "state", "claim_by", "asked", "paid")
