"""Le porte-monnaie : les mouvements, le solde après chacun, et comment l'alimenter."""

import reflex as rx

from portail.components.icons import icon
from portail.components.links import plain


def movement(row: rx.Var, on_undo: rx.EventHandler | None = None) -> rx.Component:
    """Le sens se lit au signe, jamais à la couleur seule ; `on_undo` : pour la régie, qui lit aussi l'auteur."""
    return rx.el.li(
        rx.el.div(
            rx.el.b(row.label),
            rx.el.span(
                f"{row.day} · {row.kind}",
                rx.cond(row.who, f" · {row.who}", "") if on_undo else "",
                class_name="under small muted",
            ),
            class_name="t",
        ),
        rx.el.div(
            rx.el.b(row.amount, class_name="sum", custom_attrs={"data-credit": rx.cond(row.is_credit, "yes", "no")}),
            rx.el.span("Solde : ", row.after, class_name="under small muted"),
            _undo(row, on_undo) if on_undo else rx.fragment(),
            class_name="end",
        ),
        class_name="row movement",
    )


def _undo(row: rx.Var, on_undo: rx.EventHandler) -> rx.Component:
    return rx.cond(
        row.can_undo,
        rx.el.button(
            "Annuler",
            type="button",
            class_name="btn quiet small",
            aria_label=f"Annuler l’encaissement de {row.amount}, {row.label}",
            on_click=on_undo(row.id),
        ),
    )


def how_to_pay_in(phone: str, email: str, address: str) -> rx.Component:
    """À la régie de la mairie."""
    number = "".join(char for char in phone if char.isdigit() or char == "+")
    return rx.el.section(
        rx.el.h2("Verser à la mairie", id="verser"),
        rx.el.p("À la régie, en espèces ou par chèque. La somme est disponible aussitôt."),
        rx.el.ul(
            rx.el.li(icon("pin"), rx.el.span(address)),
            rx.el.li(icon("phone"), plain(f"tel:{number}", phone)),
            rx.el.li(icon("mail"), plain(f"mailto:{email}", email)),
            class_name="reach",
        ),
        class_name="card pad stack tight",
        aria_labelledby="verser",
    )
