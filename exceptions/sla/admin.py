from exceptions.parties.adminkit import show
from exceptions.sla.models import Calendar, ClaimRegime, Contract, ContractVersion, CurrencyRate, LeadTime, Term

show(Contract, "side", "account", "currency", search=("code",))
show(ContractVersion, "contract", "state", "effective_from", "effective_to")
show(Term, "kind", "version", "account", "mode", "lane", "case_type")
show(Calendar, "account", "location", "zone")
show(ClaimRegime, "code", "step", "days", "months", "confirmed_by", "confirmed_at")
show(CurrencyRate, "currency", "rate", "valid_from", "source")
show(LeadTime, "action", "case_type", "mode", "account", "minutes", "cost", "p_act")
