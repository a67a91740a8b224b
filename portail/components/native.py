"""Les quelques lignes que seul le navigateur peut faire : vrai envoi de formulaire, ticket de connexion, focus."""

import reflex as rx

LIBRARY = f"$/public{rx.asset('native.jsx', shared=True)}"


class NativeForm(rx.Component):
    """Un formulaire que le navigateur envoie lui-même, sans la connexion en direct."""

    library = LIBRARY
    tag = "NativeForm"
    action: rx.Var[str]
    method: rx.Var[str]


class TicketForm(rx.Component):
    """Le ticket reçu de l'état part une fois, en POST, vers /session."""

    library = LIBRARY
    tag = "TicketForm"
    ticket: rx.Var[str]
    suite: rx.Var[str]


class Departure(rx.Component):
    """Part vers la page de paiement dès que son adresse arrive ; `url` est précédée de la marque de ce départ."""

    library = LIBRARY
    tag = "Departure"
    url: rx.Var[str]


class Arrival(rx.Component):
    """Place le focus sur le contenu après un changement de page."""

    library = LIBRARY
    tag = "Arrival"


class DisplayChoice(rx.Component):
    """« Activer l'ergonomie mobile » : fait suivre à toute la page la présentation choisie."""

    library = LIBRARY
    tag = "DisplayChoice"
    choice: rx.Var[str]
    ready: rx.Var[bool]


class FocusOnShow(rx.Component):
    """Une boîte qui prend le focus en apparaissant."""

    library = LIBRARY
    tag = "FocusOnShow"


class PrintButton(rx.Component):
    """Imprime la page."""

    library = LIBRARY
    tag = "PrintButton"


class CopyField(rx.Component):
    """Une adresse, et de quoi la copier."""

    library = LIBRARY
    tag = "CopyField"
    field_id: rx.Var[str]
    value: rx.Var[str]
    label: rx.Var[str]
    copied: rx.Var[str]


def sign_out(css: str = "btn ghost small") -> rx.Component:
    """« Déconnexion » : marche aussi quand le serveur en direct ne répond plus."""
    return NativeForm.create(
        rx.el.button("Déconnexion", type="submit", class_name=css), action="/deconnexion", method="post"
    )
