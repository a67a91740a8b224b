"""Les pages du tableau de bord d'essai : les paiements faits, et ce que l'on peut faire arriver à chacun."""

from html import escape
from typing import Any

from portail.domain.money import euros
from portail.standins.stripe.dashboard import RefundOutcome
from portail.standins.stripe.pages import page
from portail.standins.stripe.store import Thing

TITLE = "Tableau de bord d’essai"
STATES = {
    "succeeded": "accepté",
    "pending": "en attente",
    "failed": "refusé par la banque",
    "needs_response": "attend une réponse",
    "lost": "perdue par la mairie",
    "won": "gagnée par la mairie",
}


def listing(sessions: list[Thing]) -> str:
    rows = "".join(
        f'<li><a href="tableau/{escape(one["id"])}">{escape(str(one["client_reference_id"]))}, '
        f"{escape(euros(one['amount_total']))}</a></li>"
        for one in sessions
    )
    shown = f"<ul>{rows}</ul>" if rows else "<p>Aucun paiement par carte pour le moment.</p>"
    return page(TITLE, f"<h1>{TITLE}</h1><p>Les derniers paiements par carte.</p>{shown}")


def one(session: Thing, intent: Thing, refunds: list[Thing], disputes: list[Thing], said: str = "") -> str:
    reference, amount = escape(str(session["client_reference_id"])), escape(euros(session["amount_total"]))
    alert = f'<div class="errors" role="alert"><p>{escape(said)}</p></div>' if said else ""
    body = (
        f"<h1>Paiement {reference}</h1><p>{amount}, payés par carte.</p>{alert}"
        f"{_refunds(session, intent, refunds)}{_disputes(disputes)}"
        '<a class="btn ghost" href="../tableau">Tous les paiements</a>'
    )
    return page(f"Paiement {reference}", body)


def _refunds(session: Thing, intent: Thing, refunds: list[Thing]) -> str:
    chosen = intent.get("refund_outcome", RefundOutcome.SUCCEEDS)
    options = "".join(
        f'<option value="{one}"{" selected" if one == chosen else ""}>{escape(one.label)}</option>'
        for one in RefundOutcome
    )
    left = session["amount_total"] - sum(one["amount"] for one in refunds if one["status"] != "failed")
    money = (
        f'<input id="montant" class="input" name="amount" inputmode="decimal" value="{left // 100},{left % 100:02d}">'
    )
    return (
        "<h2>Remboursements</h2>"
        + "".join(_line(one, "Faire passer le temps", "advance", _is_moving(one)) for one in refunds)
        + '<form method="post" class="stack"><div class="field"><label for="suite">Les prochains, d’ici ou du portail'
        f'</label><select id="suite" class="input" name="outcome">{options}</select></div>'
        '<button class="btn ghost" name="do" value="choose">Retenir ce choix</button></form>'
        '<form method="post" class="stack"><div class="field"><label for="montant">Montant en euros</label>'
        f'{money}</div><button class="btn" name="do" value="refund">Rembourser au tableau de bord</button></form>'
    )


def _disputes(disputes: list[Thing]) -> str:
    shown = ["<h2>Contestation</h2>"]
    for one in disputes:
        is_open = one["status"] == "needs_response"
        shown.append(_line(one, "La banque donne raison à la famille", "lose", is_open))
        shown.append(_button(one, "La banque donne raison à la mairie", "win") if is_open else "")
    if not disputes:
        button = '<button class="btn ghost" name="do" value="contest">Contester</button>'
        shown.append(f'<form method="post" class="stack">{button}</form>')
    return "".join(shown)


def _is_moving(refund: Thing) -> bool:
    return refund["status"] == "pending" or (refund["status"] == "succeeded" and refund["then"] == RefundOutcome.FAILS)


def _line(one: Thing, label: str, do: str, is_open: Any) -> str:
    state = STATES.get(one["status"], one["status"])
    said = f"<p>{escape(euros(one['amount']))} : {escape(state)}</p>"
    return said + (_button(one, label, do) if is_open else "")


def _button(one: Thing, label: str, do: str) -> str:
    about = f'<input type="hidden" name="about" value="{escape(one["id"])}">'
    button = f'<button class="btn ghost" name="do" value="{do}">{label}</button>'
    return f'<form method="post" class="stack">{about}{button}</form>'
