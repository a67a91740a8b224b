"""Les courriels : recherche, tableau qui devient cartes sur téléphone, courriel ouvert, pages."""

import reflex as rx

from portail.components.forms import submit
from portail.components.icons import icon

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


def _cell(label: str, *content: rx.Component | rx.Var) -> rx.Component:
    return rx.el.td(*content, custom_attrs={"data-label": label})


def _row(row: rx.Var, on_show: rx.EventHandler) -> rx.Component:
    return rx.el.tr(
        _cell("Date", rx.el.span(row.at, class_name="nowrap")),
        _cell("Destinataire", row.recipient),
        _cell("Objet", rx.el.b(row.subject)),
        _cell("État", _state(row)),
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
    heads = [rx.el.th(label, scope="col") for label in ("Date", "Destinataire", "Objet", "État")]
    return rx.el.table(
        rx.el.caption("Courriels du plus récent au plus ancien", class_name="unseen"),
        rx.el.thead(rx.el.tr(*heads, rx.el.th(rx.el.span("Action", class_name="unseen"), scope="col"))),
        rx.el.tbody(rx.foreach(rows, lambda row: _row(row, on_show))),
        class_name="table",
    )


def pager(listing: rx.Var, on_turn: rx.EventHandler) -> rx.Component:
    return rx.el.nav(
        rx.el.span(listing.summary, class_name="small muted"),
        rx.cond(
            listing.pages > 1,
            rx.el.div(
                _turn("Page précédente", listing.page - 1, listing.page > 1, on_turn),
                _turn("Page suivante", listing.page + 1, listing.page < listing.pages, on_turn),
                class_name="after",
            ),
        ),
        class_name="pages",
        aria_label="Pages de la liste",
    )


def _turn(label: str, page: rx.Var[int], possible: rx.Var[bool], on_turn: rx.EventHandler) -> rx.Component:
    return rx.el.button(label, type="button", class_name="btn ghost small", disabled=~possible, on_click=on_turn(page))


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
