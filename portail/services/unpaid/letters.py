"""Ce que disent les trois relances, par courriel ou sur papier : de la plus douce à la dernière."""

from portail.domain.desk import ReminderLevel
from portail.services.mails.letters import Message
from portail.settings import current

Line = tuple[str, str, str]  # numéro, échéance, reste dû
Owed = list[Line]
SUBJECTS = {
    ReminderLevel.FIRST: "Une facture a peut-être échappé à votre attention",
    ReminderLevel.SECOND: "Facture en retard : trouvons une solution",
    ReminderLevel.LAST: "Dernière relance avant transmission au Trésor public",
}
OPENINGS = {
    ReminderLevel.FIRST: "Sauf erreur de notre part, il reste à payer :",
    ReminderLevel.SECOND: "Nous vous avons déjà écrit : ces factures attendent toujours votre paiement.",
    ReminderLevel.LAST: "Malgré deux relances, ces factures ne sont pas payées.",
}
CLOSINGS = {
    ReminderLevel.FIRST: "Si vous venez de payer, ne tenez pas compte de ce rappel. Merci !",
    ReminderLevel.SECOND: "Un mois difficile ? Appelez-nous : un paiement en plusieurs fois est possible.",
    ReminderLevel.LAST: "Sans paiement ni appel sous dix jours, elles seront transmises au Trésor public, qui les "
    "recouvrera. Appelez-nous : il est encore temps de s’arranger.",
}


ADVICE = "Vous pouvez payer au guichet de la régie, ou sur {site}. Une question ? Appelez le {phone}."


def message(level: ReminderLevel, owed: Owed) -> Message:
    lines = (f"Facture {number} : {left}, à payer avant le {due}." for number, due, left in owed)
    return Message(
        subject=SUBJECTS[level],
        paragraphs=(OPENINGS[level], *lines),
        action="Voir et payer mes factures",
        url=f"{current().site_url}/factures",
        closing=CLOSINGS[level],
    )
