"""Les pages des agents."""

from portail.domain.accounts import Audience
from portail.pages.sections.section import Section

STAFF = (
    Section(
        "/admin",
        "Tableau de bord",
        "Tableau de bord",
        "chart",
        Audience.STAFF,
        words="Les chiffres du jour et ce qui attend le service.",
    ),
    Section(
        "/admin/demarches",
        "Démarches",
        "Démarches",
        "document",
        Audience.FILES,
        words="Tout ce que les familles demandent, en une seule file.",
    ),
    Section(
        "/admin/familles",
        "Familles",
        "Familles",
        "family",
        Audience.FILES,
        words="Trouver un dossier, le lire, le corriger.",
    ),
    Section(
        "/admin/absences",
        "Absences",
        "Absences",
        "clock",
        Audience.FILES,
        words="Annuler les jours d’une classe qui ne vient pas ; les déclarations des familles.",
    ),
    Section(
        "/admin/comptes",
        "Comptes",
        "Comptes",
        "users",
        Audience.FILES,
        words="Ouvrir, fermer et dépanner les comptes des familles.",
    ),
    Section(
        "/admin/encaissements",
        "Encaissements",
        "Encaissements",
        "purse",
        Audience.MONEY,
        words="Porte-monnaie et quotients des familles.",
    ),
    Section(
        "/admin/ecoles",
        "Écoles",
        "Écoles",
        "school",
        Audience.TOWN,
        words="Les écoles et les classes que les familles choisissent.",
    ),
    Section(
        "/admin/autorisations",
        "Autorisations",
        "Autorisations",
        "check",
        Audience.TOWN,
        words="Ce que les parents signent : droit à l’image, sorties, baignade…",
    ),
    Section(
        "/admin/courriels",
        "Courriels",
        "Courriels",
        "mail",
        Audience.ADMIN,
        words="Les courriels envoyés par le portail.",
    ),
)
