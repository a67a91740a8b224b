"""Les champs d'une adresse et d'un responsable, les mêmes pour la famille et pour l'agent."""

import reflex as rx

from portail.components.inputs import Input, text, tick
from portail.domain.coordinates import PHONES

STREET = Input("rue", "address", "Numéro et rue", autocomplete="street-address")
POSTCODE = Input("code-postal", "postcode", "Code postal", autocomplete="postal-code", mode="numeric")
CITY = Input("commune", "city", "Commune", autocomplete="address-level2")
CAF = Input("caf", "caf_number", "Numéro d’allocataire CAF", hint="7 chiffres, parfois suivis d’une lettre.")
INVOICES = Input("e-mail-factures", "invoice_email", "Adresse où envoyer les factures", "email", "email")
REACH = (
    *(
        Input(f"numero-{name}", name, label, "tel", "tel" if name == "phone" else "off")
        for name, label in PHONES.items()
    ),
    Input("e-mail", "email", "E-mail de contact", "email", "email"),
)


def address(known: rx.Var, errors: rx.Var) -> list[rx.Component]:
    return [
        _field(STREET, known, errors),
        rx.el.div(_field(POSTCODE, known, errors), _field(CITY, known, errors), class_name="pair"),
    ]


def reach(known: rx.Var, errors: rx.Var) -> list[rx.Component]:
    return [_field(spec, known, errors) for spec in REACH]


def billing(known: rx.Var, errors: rx.Var) -> list[rx.Component]:
    return [
        _field(CAF, known, errors),
        tick(Input("factures", "invoices_by_email", "Recevoir les factures par e-mail"), known.invoices_by_email),
        _field(INVOICES, known, errors),
    ]


def _field(spec: Input, known: rx.Var, errors: rx.Var) -> rx.Component:
    return text(spec, getattr(known, spec.name), errors[spec.name])
