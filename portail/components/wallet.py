"""Le porte-monnaie : les mouvements, le solde après chacun, et comment l'alimenter."""

from dataclasses import dataclass

import reflex as rx

from portail.components.forms import Choice, picker
from portail.components.icons import icon
from portail.components.links import plain
from portail.components.papers import download
from portail.domain.history import Period
from portail.domain.wallet import MovementKind

KINDS = (Choice("", "Tout"), *(Choice(kind.value, kind.label) for kind in MovementKind))
PERIODS = (Choice("", "Depuis toujours"), *(Choice(period.value, period.label) for period in Period))


def movement(row: rx.Var, *, shows_author: bool = False) -> rx.Component:
    """Le sens se lit au signe, jamais à la couleur seule ; l'auteur, pour la régie."""
    return rx.el.li(
        rx.el.div(
            rx.el.b(row.label),
            rx.el.span(
                f"{row.day} · {row.kind}",
                rx.cond(row.child, f" · {row.child}", ""),
                rx.cond(row.who, f" · {row.who}", "") if shows_author else "",
                class_name="under small muted",
            ),
            class_name="t",
        ),
        rx.el.div(
            rx.el.b(row.amount, class_name="sum", custom_attrs={"data-credit": rx.cond(row.is_credit, "yes", "no")}),
            rx.el.span("Solde : ", row.after, class_name="under small muted"),
            class_name="end",
        ),
        class_name="row movement",
    )


@dataclass(frozen=True)
class Filters:
    """Les gestes qui filtrent les mouvements."""

    kind: rx.EventHandler
    period: rx.EventHandler
    child: rx.EventHandler


def filters(shown: rx.Var, gestures: Filters) -> rx.Component:
    return rx.el.div(
        picker("sorte", "Montrer", KINDS, shown.kind, gestures.kind),
        picker("periode", "Période", PERIODS, shown.period, gestures.period),
        rx.cond(shown.children.length() > 0, _child(shown, gestures.child)),
        class_name="filters pickers",
    )


def _child(shown: rx.Var, on_change: rx.EventHandler) -> rx.Component:
    return rx.el.div(
        rx.el.label("Enfant", html_for="enfant"),
        rx.el.select(
            rx.el.option("Tous", value=""),
            rx.foreach(shown.children, lambda one: rx.el.option(one.label, value=one.value)),
            value=shown.child,
            on_change=on_change,
            class_name="input",
            custom_attrs={"id": "enfant"},
        ),
        class_name="field",
    )


def statement_files(family_id: rx.Var[int], shown: rx.Var) -> rx.Component:
    """Le relevé à garder : le même filtre que l'écran."""
    start = f"/telechargements/releve-{family_id}?format="
    more = f"&sorte={shown.kind}&periode={shown.period}&enfant={shown.child}"
    return rx.el.div(
        download(f"{start}pdf{more}", "Relevé (PDF)"),
        download(f"{start}csv{more}", "Relevé (CSV)"),
        download(f"{start}xlsx{more}", "Relevé (XLSX)"),
        class_name="after inset",
    )


def refund(line: rx.Var) -> rx.Component:
    """Une demande de remboursement, telle que la famille la relit."""
    return rx.el.li(
        rx.el.div(
            rx.el.b(line.amount, " vers ", line.iban),
            rx.el.span("Demandé le ", line.asked, class_name="under small muted"),
            rx.cond(line.reason, rx.el.span("Motif : ", line.reason, class_name="under small")),
            class_name="t",
        ),
        rx.el.span(line.state, class_name="pill", custom_attrs={"data-tone": rx.cond(line.is_waiting, "warn", "")}),
        class_name="row",
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
