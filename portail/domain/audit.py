"""Le journal en français : ce que veut dire chaque action sur un dossier."""

from portail.domain.requests import RequestKind

LABELS = {
    "coordinates.saved": "Coordonnées changées par la famille",
    "coordinates.corrected": "Coordonnées corrigées par un agent",
    "child.corrected": "Fiche d’un enfant corrigée par un agent",
    "family.entered": "Dossier créé par la famille, à valider",
    "family.joined": "Un parent s’est relié au dossier par son numéro",
    "family.merged": "Un autre dossier a été fusionné dans celui-ci",
    "family.unmerged": "Une fusion a été défaite",
    **{f"request.applied.{kind}": f"{kind.label} : accepté et appliqué" for kind in RequestKind},
}


def action_label(action: str) -> str:
    return LABELS.get(action, action)
