"""Les quelques pages que le serveur écrit lui-même : refus et pannes, sans rien dire de l'intérieur."""

from html import escape

from starlette.responses import HTMLResponse

from portail.settings import current


def refusal_page(status: int, sentence: str, reference: str = "") -> HTMLResponse:
    number = f"<p>Numéro à donner à la mairie : <strong>{escape(reference)}</strong></p>" if reference else ""
    body = (
        '<!doctype html><html lang="fr"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<title>Demande refusée · Portail Famille</title><link rel="stylesheet" href="/style.css">'
        '<link rel="stylesheet" href="/ville/couleurs.css"></head>'
        f'<body><main id="contenu" class="page narrow"><h1>{escape(sentence)}</h1>{number}'
        f'<p><a href="/">Revenir à l’accueil du Portail Famille de {escape(current().town_name)}</a></p>'
        "</main></body></html>"
    )
    return HTMLResponse(body, status, headers={"cache-control": "no-store"})
