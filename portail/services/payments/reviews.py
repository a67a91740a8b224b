"""Ce qu'un agent doit regarder sur un paiement en ligne : une phrase, gardée jusqu'à ce qu'il dise « C'est vu »."""

import re

from sqlmodel import Session, select

from portail.models.payments import PaymentAttempt

LONGEST = 600


def hold(db: Session, attempt_id: int) -> PaymentAttempt:
    """Verrouillée la première : tout ce qui arrive ensuite à ce paiement passe l'un après l'autre."""
    query = select(PaymentAttempt).where(PaymentAttempt.id == attempt_id)
    return db.exec(query.with_for_update().execution_options(populate_existing=True)).one()


def ask_agent(db: Session, attempt: PaymentAttempt, sentence: str) -> None:
    """Ce qui n'a pas encore été vu reste, à la suite."""
    waiting = attempt.review if attempt.reviewed_at is None else ""
    if sentence not in waiting:
        attempt.review, attempt.reviewed_at = f"{sentence} {waiting}".strip()[:LONGEST], None
    db.flush()


def withdraw_about(db: Session, attempt: PaymentAttempt, start: str) -> None:
    """Le doute est levé : la phrase qui commence ainsi s'efface, vue ou non ; une autre attend toujours."""
    attempt.review = re.sub(re.escape(start) + r"[^.]*\. ?", "", attempt.review).strip()
    if not attempt.review:
        attempt.reviewed_at = None
    db.flush()


def withdraw(db: Session, attempt: PaymentAttempt, sentence: str) -> None:
    """Ce qui n'est plus à faire ne se lit plus ; le reste attend toujours."""
    if sentence in attempt.review:
        attempt.review = attempt.review.replace(sentence, "").replace("  ", " ").strip(" ")
    db.flush()
