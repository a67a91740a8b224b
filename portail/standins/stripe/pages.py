"""La page de paiement d'essai : elle dit qu'elle en est une, et laisse choisir ce que la banque répondra."""

from html import escape

from portail.domain.money import euros
from portail.standins.stripe.bank import Outcome
from portail.standins.stripe.store import Thing

_REFUSED = (
    '<div class="errors" role="alert"><p>Votre banque a refusé le paiement : la provision ne suffit pas. '
    "Rien n’a été débité. Choisissez une autre suite ou revenez au portail.</p></div>"
)


def payment(session: Thing, *, is_refused: bool = False) -> str:
    if session["status"] != "open":
        return _closed(session)
    choices = "".join(_choice(one, rank) for rank, one in enumerate(Outcome))
    amount = escape(euros(session["amount_total"]))
    body = (
        f"<h1>Payer {amount}</h1>"
        f'<p class="muted">{escape(str(session["label"]))}, référence {escape(str(session["client_reference_id"]))}</p>'
        f"{_REFUSED if is_refused else ''}"
        '<form method="post" class="stack">'
        '<fieldset class="stack tight"><legend>Que doit-il se passer ?</legend>'
        f"{choices}</fieldset>"
        f'<button type="submit" class="btn">Payer {amount}</button></form>'
        f'<a class="btn ghost" href="{escape(session["cancel_url"])}">Annuler et revenir au portail</a>'
    )
    return page(f"Payer {amount}", body)


def _choice(outcome: Outcome, rank: int) -> str:
    checked = " checked" if rank == 0 else ""
    return (
        f'<label class="check"><input type="radio" name="outcome" value="{outcome}"{checked}> '
        f"<span>{escape(outcome.label)}</span></label>"
    )


def confirmation(session: Thing) -> str:
    amount = escape(euros(session["amount_total"]))
    body = (
        "<h1>Votre banque vous demande de confirmer</h1>"
        f"<p>Un paiement de {amount} est demandé par le Portail Famille. Le reconnaissez-vous ?</p>"
        '<form method="post" class="stack">'
        f'<button class="btn" name="outcome" value="{Outcome.SUCCESS}">Oui, confirmer le paiement</button>'
        f'<button class="btn ghost" name="outcome" value="{Outcome.DECLINE}">Non, refuser</button></form>'
    )
    return page("Confirmer le paiement", body)


def _closed(session: Thing) -> str:
    is_paid = session["payment_status"] == "paid"
    back = session["success_url"] if is_paid else session["cancel_url"]
    said = "Ce paiement est déjà fait" if is_paid else "Cette page de paiement a expiré"
    detail = "Il n’a été débité qu’une fois." if is_paid else "Rien n’a été débité."
    link = f'<a class="btn" href="{escape(back)}">Revenir au portail</a>'
    if is_paid:
        link += (
            f'<a class="btn ghost" href="../tableau/{escape(session["id"])}">Rembourser ou contester, pour essayer</a>'
        )
    return page(said, f"<h1>{said}</h1><p>{detail}</p>{link}")


def unknown() -> str:
    return page("Page inconnue", "<h1>Cette page de paiement n’existe pas</h1><p>Revenez au portail.</p>")


def page(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="fr"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{title} · Paiement d’essai</title>"
        '<link rel="icon" href="/favicon.svg">'
        '<link rel="stylesheet" href="/style.css"><link rel="stylesheet" href="/ville/couleurs.css"></head>'
        '<body><main id="contenu" class="main narrow standin"><div class="card pad stack">'
        '<p class="pill alert">Démonstration : aucune vraie carte, aucun argent</p>'
        f"{body}</div></main></body></html>"
    )
