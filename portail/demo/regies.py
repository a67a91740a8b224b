"""La régie de la ville de démonstration : ses numéros sont faux, mais bien formés."""

from sqlmodel import Session

from portail.domain.payments import Provider
from portail.services import regies


def load(db: Session) -> None:
    regie = regies.default(db)
    regie.providers = [Provider.STRIPE.value, Provider.PAYFIP.value]
    regie.minimum_cents, regie.due_days = 500, 30
    regie.iban, regie.bic, regie.creditor_id = "FR7630006000011234567890189", "AGRIFRPP", "FR72ZZZ123456"
    regie.siret, regie.payfip_client = "21350014000008", "000001"
    regie.treasury_code, regie.budget_code = "035021", "40700"
