"""La copie d'un mandat signé, en PDF : pour la famille, à garder."""

from datetime import datetime

from portail.domain.accounts import Actor
from portail.domain.dates import paris_day
from portail.domain.direct_debits import TERMS_OF, MandateEnd, MandateState
from portail.domain.iban import grouped
from portail.domain.papers import file_name
from portail.integrations.pdf import compile_pdf
from portail.models.accounts import Account
from portail.models.database import transaction
from portail.models.direct_debits import Mandate
from portail.models.regies import Regie
from portail.services import audit
from portail.services.direct_debits import mandates
from portail.services.direct_debits.rows import creditor_of
from portail.services.health import vault
from portail.services.papers import FOLDER, content
from portail.settings import current
from portail.views import wording
from portail.views.downloads import Download

TEMPLATE = FOLDER / "mandate.typ"


def make_pdf(actor: Actor, mandate_id: int, now: datetime) -> Download:
    """Pour un adulte du dossier qui voit l'argent ; l'IBAN y est entier, donc chaque copie est inscrite."""
    with transaction() as db:
        mandate = mandates.mine(db, actor, mandate_id)
        regie, name = db.get_one(Regie, mandate.regie_id), mandate.rum
        signer = db.get(Account, mandate.account_id) if mandate.account_id else None
        lines = [["Référence unique du mandat (RUM)", name], *_parties(mandate, regie), *_signature(mandate, signer)]
        terms, subject = TERMS_OF[mandate.terms_version], mandate.family_id
        audit.record(db, "mandate.copied", at=now, actor_id=actor.account_id, subject_id=subject, detail=name)
    given = {
        "town": content.town_content(),
        "title": "Mandat de prélèvement SEPA",
        "description": f"Copie du mandat {name}.",
        "sentence": "Copie du mandat signé en ligne sur le Portail Famille, à garder avec vos relevés de compte.",
        "lines": [line for line in lines if line[1]],
        "terms": list(terms),
        "made": f"Copie faite à {current().town_name}, le {wording.long_date(paris_day(now))}.",
    }
    return Download(file_name("mandat", name), compile_pdf(TEMPLATE, given, now, content.emblem()))


def _parties(mandate: Mandate, regie: Regie) -> list[list[str]]:
    return [
        ["Créancier", creditor_of(regie)],
        ["Adresse du créancier", current().town_address],
        ["Identifiant créancier SEPA (ICS)", regie.creditor_id],
        ["Titulaire du compte", mandate.holder],
        ["IBAN", grouped(vault.read(mandate).get("sealed_iban", ""))],
        ["BIC", mandate.bic],
        ["Type de paiement", "Récurrent"],
    ]


def _signature(mandate: Mandate, signer: Account | None) -> list[list[str]]:
    """Qui a signé, et quand ; un mandat terminé le dit."""
    at = f"{wording.long_date(paris_day(mandate.signed_at))}, {wording.hour(mandate.signed_at)}"
    lines = [["Signé en ligne", f"le {at}" + (f", par {signer.full_name}" if signer else "")]]
    if mandate.state == MandateState.ENDED and mandate.ended_at:
        over = f"le {wording.long_date(paris_day(mandate.ended_at))} {MandateEnd(mandate.end_reason).label}"
        lines.append(["Terminé", over])
    return lines
