"""L'accueil d'un parent : ce qui compte maintenant, en peu de lectures."""

from dataclasses import replace
from datetime import datetime

from portail.domain.accounts import Actor
from portail.domain.money import euros
from portail.domain.todos import todos
from portail.models.accounts import Account
from portail.models.database import reading
from portail.services import families
from portail.services.home.todos import items, waiting
from portail.services.town import news
from portail.views import wording
from portail.views.home import HomeView


def show(*, actor: Actor, now: datetime) -> HomeView:
    with reading() as db:
        account = db.get_one(Account, actor.account_id)
        cards = families.cards_of(db, actor, now)
        due = waiting(db, actor, account, now)
        latest = news.latest(db, now)
    facts = replace(due.facts, has_family=bool(cards), family_pending=any(card.pending for card in cards))
    children = [child for card in cards for child in card.children]
    to_fill = {child.id: child.first_name for child in children if child.id in due.incomplete}
    opened = due.open_requests
    return HomeView(
        ready=True,
        greeting=f"Bonjour {account.first_name}",
        today=wording.today(now),
        todos=items(todos(facts), to_fill),
        children=children,
        families=cards,
        news=latest,
        family_badge=wording.count(len(children), "enfant", "enfants"),
        wallet_badge="" if due.wallet_cents is None else euros(due.wallet_cents),
        invoices_badge=f"{euros(facts.invoices_due_cents)} à payer" if facts.invoices_due_cents else "",
        account_badge=wording.count(facts.open_sessions, "appareil connecté", "appareils connectés"),
        requests_badge=wording.count(opened, "démarche en cours", "démarches en cours") if opened else "",
        news_badge=f"Dernière : {latest[0].day}" if latest else "Aucune pour l’instant",
    )
