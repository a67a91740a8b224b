"""Les papiers que chacun produit lui-même : fiche famille, attestation d'inscription, en PDF."""

from datetime import datetime
from pathlib import Path

from sqlmodel import Session, col, select

from portail.domain.accounts import Actor, Audience
from portail.domain.families import FamilyRight, FamilyStatus
from portail.domain.papers import FamilyNotValidatedError, PaperKind, file_name
from portail.domain.requests import RequestKind
from portail.integrations.pdf import compile_pdf
from portail.models.database import reading, transaction
from portail.models.families import Child, Family, FamilyChild, Guardian
from portail.models.requests import Request
from portail.services import access, audit
from portail.services.papers import content, paid_year, references
from portail.services.papers.paid_year import PaidYear
from portail.services.privacy import requests
from portail.views import wording
from portail.views.downloads import Download
from portail.views.papers import PaperCard, PapersView, YearPapers

NO_TAX = "Pas d’attestation fiscale : aucun enfant de moins de six ans au 1er\u00a0janvier."
FOLDER = Path(__file__).parent
FAMILY_SHEET, REGISTRATION = FOLDER / "family_sheet.typ", FOLDER / "registration.typ"


def show_mine(*, actor: Actor, now: datetime) -> PapersView:
    """Sept lectures, quel que soit le nombre de foyers et d'enfants."""
    mine = select(Guardian.family_id).where(Guardian.account_id == actor.account_id)
    opened = (col(Family.id).in_(mine), col(Family.status).in_(access.OPEN))
    inside = (
        select(Child, Family.status)
        .join(FamilyChild, col(FamilyChild.child_id) == col(Child.id))
        .join(Family, col(Family.id) == col(FamilyChild.family_id))
        .where(*opened)
        .order_by(col(Child.birth_date), col(Child.id))
    )
    with reading() as db:
        families = list(db.exec(select(Family).where(*opened).order_by(col(Family.name), col(Family.id))))
        children = [(child, status) for child, status in db.exec(inside)]
        waiting = requests.waiting(db, actor)
        paying = set(db.exec(mine.where(getattr(Guardian, FamilyRight.MONEY))))
        seen = [family for family in families if family.key in paying]
        years = paid_year.years_of(db, [family.key for family in seen])
    validated = {child.key for child, status in children if status == FamilyStatus.ACTIVE}
    each = {child.key: child for child, _ in children}.values()
    return PapersView(
        ready=True,
        cards=[
            *(_family_card(family, alone=len(families) == 1) for family in families),
            *(_child_card(child, validated=child.key in validated) for child in each),
        ],
        years=[
            year_papers(family, year, now, alone=len(seen) == 1)
            for family in seen
            for year in years.get(family.key, [])
        ],
        correction=_pending(waiting.get(RequestKind.CORRECTION)),
        deletion=_pending(waiting.get(RequestKind.DELETION)),
    )


def _family_card(family: Family, *, alone: bool) -> PaperCard:
    which = "" if alone else f" {family.name}"
    return PaperCard(
        "Fiche famille",
        f"{family.name}, dossier {family.number}",
        f"Télécharger la fiche famille{which} (PDF)",
        f"/telechargements/fiche-famille-{family.key}",
    )


def _child_card(child: Child, *, validated: bool) -> PaperCard:
    if not validated:
        return PaperCard(child.first_name, FamilyNotValidatedError().full_sentence)
    label = f"Télécharger l’attestation d’inscription {wording.of(child.first_name)} (PDF)"
    detail = f"{PaperKind.REGISTRATION.label}, pour cette année scolaire"
    return PaperCard(child.first_name, detail, label, f"/telechargements/attestation-{child.key}")


def year_papers(family: Family, paid: PaidYear, now: datetime, *, alone: bool = True) -> YearPapers:
    """Les deux attestations d'une année ; celle en cours s'arrête à aujourd'hui."""
    which = f"{paid.number}" if alone else f"{paid.number}, famille {family.name}"
    here = f"{family.key}?annee={paid.number}"
    detail = "Jusqu’à aujourd’hui" if paid.number == content.today(now).year else "Année entière"
    return YearPapers(
        title=which,
        detail=detail if paid.has_young else f"{detail}. {NO_TAX}",
        tax_label=f"Attestation fiscale {which} (PDF)",
        tax_href=f"/telechargements/attestation-fiscale-{here}" if paid.has_young else "",
        paid_label=f"Attestation de paiement {which} (PDF)",
        paid_href=f"/telechargements/attestation-paiement-{here}",
    )


def _pending(request: Request | None) -> str:
    if request is None:
        return ""
    return f"Votre demande {request.number}, envoyée le {wording.instant(request.created_at)}, est à l’étude."


def make_family_sheet(actor: Actor, family_id: int, now: datetime) -> Download:
    """Le foyer que l'on tient ; pour un agent des dossiers, n'importe lequel."""
    with transaction() as db:
        family = _family(db, actor, family_id)
        given = content.family_sheet(db, family, now)
        audit.record(db, "paper.family_sheet", at=now, actor_id=actor.account_id, subject_id=family.key)
    body = compile_pdf(FAMILY_SHEET, given, now, content.emblem())
    return Download(file_name("fiche-famille", family.number), body)


def make_registration(actor: Actor, child_id: int, now: datetime) -> Download:
    """L'attestation du jour, avec sa référence ; refusée tant que le dossier n'est pas validé."""
    with transaction() as db:
        child = _child(db, actor, child_id)
        _check_validated(db, child)
        paper = references.take(db, PaperKind.REGISTRATION, child, now)
        given = content.registration(db, child, paper)
        audit.record(db, "paper.registration", at=now, actor_id=actor.account_id, subject_id=child.key)
    pictures = {**content.emblem(), **content.code(paper)}
    body = compile_pdf(REGISTRATION, given, paper.made_at, pictures)
    return Download(file_name("attestation-inscription", child.first_name), body)


def _family(db: Session, actor: Actor, family_id: int) -> Family:
    if actor.is_staff:
        return access.any_family(db, actor, family_id)
    return access.my_family(db, actor, family_id)[0]


def _child(db: Session, actor: Actor, child_id: int) -> Child:
    if actor.is_staff:
        return access.any_child(db, actor, child_id, Audience.FILES)
    return access.my_child(db, actor, child_id).child


def _check_validated(db: Session, child: Child) -> None:
    query = (
        select(Family.id)
        .join(FamilyChild, col(FamilyChild.family_id) == col(Family.id))
        .where(FamilyChild.child_id == child.key, Family.status == FamilyStatus.ACTIVE)
    )
    if db.exec(query.limit(1)).first() is None:
        raise FamilyNotValidatedError
