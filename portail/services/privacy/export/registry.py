"""Chaque table de la base, exportée ou exclue avec sa raison : une table oubliée fait échouer un test."""

from portail.services.privacy.export import (
    accounts,
    attachments,
    bookings,
    custody,
    direct_debits,
    enrolments,
    families,
    health,
    invoices,
    money,
    payments,
    requests,
)
from portail.services.privacy.export.shapes import Excluded, Exported

_NO_PERSON = "aucune donnée personnelle"
REGISTRY: dict[str, Exported | Excluded] = {
    **accounts.TABLES,
    **families.TABLES,
    **custody.TABLES,
    **health.TABLES,
    **requests.TABLES,
    **attachments.TABLES,
    **enrolments.TABLES,
    **bookings.TABLES,
    **money.TABLES,
    **payments.TABLES,
    **direct_debits.TABLES,
    **invoices.TABLES,
    "stored_file": Excluded(
        "adresses techniques des fichiers gardés ; les fichiers eux-mêmes sont dans fichiers/pieces"
    ),
    "school": Excluded(f"liste des écoles, {_NO_PERSON} ; celle de l’enfant est écrite à côté de son nom"),
    "school_class": Excluded(f"liste des classes, {_NO_PERSON} ; celle de l’enfant est écrite à côté de son nom"),
    "news": Excluded(f"actualités publiques, {_NO_PERSON}"),
    "consent": Excluded(
        f"textes des autorisations, {_NO_PERSON} ; celui que vous avez signé est écrit avec la réponse"
    ),
    "activity": Excluded(f"activités proposées par la commune, {_NO_PERSON}"),
    "activity_rule": Excluded(f"délais de réservation des activités, {_NO_PERSON}"),
    "activity_document": Excluded(f"documents que demande chaque activité, {_NO_PERSON}"),
    "document_type": Excluded(f"sortes de documents demandés, {_NO_PERSON}"),
    "offering": Excluded(f"formules des activités, {_NO_PERSON}"),
    "slot": Excluded(f"séances ouvertes et leurs places, {_NO_PERSON} ; les vôtres sont écrites à côté de leur jour"),
    "calendar_period": Excluded(f"fermetures et vacances de la commune, {_NO_PERSON}"),
    "campaign": Excluded(f"dates des campagnes de réservation, {_NO_PERSON}"),
    "campaign_activity": Excluded(f"activités de chaque campagne, {_NO_PERSON}"),
    "tariff": Excluded(f"prestations que la commune vend, {_NO_PERSON}"),
    "tariff_grid": Excluded(f"grilles de tarifs et leurs dates, {_NO_PERSON}"),
    "tariff_bracket": Excluded(f"prix de chaque tranche de quotient, {_NO_PERSON}"),
    "ledger_transaction": Excluded("date et libellé de chaque mouvement, écrits à côté de son montant"),
    "ledger_fault": Excluded(f"ce que le contrôle de nuit des comptes trouve de faux, {_NO_PERSON}"),
    "deposit_slip": Excluded(f"bordereaux de remise en banque, {_NO_PERSON} ; vos paiements sont écrits à part"),
    "day_closing": Excluded(f"totaux des journées de caisse, {_NO_PERSON}"),
    "counter": Excluded(f"compteurs des numéros de démarche, {_NO_PERSON}"),
    "person_key": Excluded(
        "formes simplifiées des noms, téléphones et adresses de vos dossiers, d’où elles se recalculent ; elles aident "
        "le service à retrouver un dossier mal orthographié"
    ),
    "family_merge": Excluded(
        "traces techniques des fusions de dossiers, gardées trente jours pour pouvoir les défaire ; vos dossiers en "
        "montrent le résultat"
    ),
    "one_use_link": Excluded("jetons de sécurité, sans autre contenu, effacés trente jours après leur expiration"),
    "recovery_code": Excluded("empreintes de vos codes de secours : les copier affaiblirait votre compte"),
    "failed_attempts": Excluded("compteurs d’essais sous empreinte, effacés en un jour ; ils ne désignent personne"),
}
