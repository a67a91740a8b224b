"""Les courriels : recherche, tableau qui devient cartes sur téléphone, courriel ouvert, pages."""

import reflex as rx

from portail.components import tables
from portail.components.forms import submit
from portail.components.icons import icon
from portail.components.tables import cell

TONES = {"waiting": "warn", "sent": "ok", "failed": "err", "kept": ""}


def search(on_search: rx.EventHandler) -> rx.Component:
    return rx.el.form(
        rx.el.div(
            rx.el.label("Destinataire ou objet", html_for="words"),
            rx.el.input(
                name="words", type="search", auto_complete="off", class_name="input", custom_attrs={"id": "words"}
            ),
            class_name="field",
        ),
        submit("Rechercher", rx.Var.create(False), css="btn"),
        on_submit=on_search,
        class_name="search",
        role="search",
    )


def _state(row: rx.Var) -> rx.Component:
    tone = rx.Var.create(TONES)[row.state]
    return rx.el.span(row.state_label, class_name="pill", custom_attrs={"data-tone": tone})


def _row(row: rx.Var, on_show: rx.EventHandler) -> rx.Component:
    return rx.el.tr(
        cell("Date", rx.el.span(row.at, class_name="nowrap")),
        cell("Destinataire", row.recipient),
        cell("Objet", rx.el.b(row.subject)),
        cell("État", _state(row)),
        rx.el.td(
            rx.el.button(
                "Ouvrir",
                type="button",
                class_name="btn quiet small",
                aria_label=f"Ouvrir {row.subject}, {row.recipient}",
                on_click=on_show(row.id),
            ),
            class_name="act",
        ),
    )


def table(rows: rx.Var[list], on_show: rx.EventHandler) -> rx.Component:
    return tables.table(
        "Courriels du plus récent au plus ancien",
        ("Date", "Destinataire", "Objet", "État"),
        rx.foreach(rows, lambda row: _row(row, on_show)),
    )


def opened(mail: rx.Var, on_resend: rx.event.EventSpec, on_close: rx.EventHandler) -> rx.Component:
    """Le texte d'abord ; la version mise en forme, dans un cadre qui n'exécute rien."""
    return rx.el.section(
        rx.el.div(
            rx.el.h2(mail.subject),
            rx.el.button(
                icon("close"), type="button", class_name="closer", aria_label="Fermer le courriel", on_click=on_close
            ),
            class_name="spread",
        ),
        rx.el.dl(
            rx.el.dt("Destinataire"),
            rx.el.dd(mail.recipient),
            rx.el.dt("Date"),
            rx.el.dd(mail.at),
            rx.el.dt("État"),
            rx.el.dd(mail.state_label),
            class_name="lines",
        ),
        rx.cond(mail.error, rx.el.p(icon("alert"), mail.error, class_name="errors")),
        rx.el.h3("Texte"),
        rx.el.pre(mail.text),
        rx.cond(mail.html, rx.fragment(rx.el.h3("Version mise en forme"), _sandbox(mail.html))),
        rx.cond(
            mail.can_resend,
            rx.el.p(rx.el.button("Renvoyer ce courriel", type="button", class_name="btn", on_click=on_resend)),
        ),
        class_name="card pad stack sheetmail",
    )


def _sandbox(html: rx.Var[str]) -> rx.Component:
    return rx.el.iframe(
        title="Courriel mis en forme", custom_attrs={"srcDoc": html, "sandbox": "", "referrerPolicy": "no-referrer"}
    )
