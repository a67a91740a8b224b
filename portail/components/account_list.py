"""Les comptes, vus par un agent : recherche, tableau qui devient cartes sur téléphone."""

import reflex as rx

from portail.components import tables
from portail.components.forms import Choice, Field, choose, submit
from portail.domain.accounts import Standing

TONES = {Standing.INVITED: "", Standing.EXPIRED: "warn", Standing.ACTIVE: "ok", Standing.CLOSED: "err"}
HEADS = ("Nom", "Rôle", "Dossier", "État")
STANDING = Field("standing", "standing", "État")
STANDINGS = (Choice("", "Tous"), *(Choice(one.value, one.label.capitalize()) for one in Standing))


def standing_pill(standing: rx.Var[str], label: rx.Var[str]) -> rx.Component:
    return rx.el.span(label, class_name="pill", custom_attrs={"data-tone": rx.Var.create(TONES)[standing]})


def search(on_search: rx.EventHandler) -> rx.Component:
    return rx.el.form(
        rx.el.div(
            rx.el.label("Nom, e-mail, identifiant ou n° de dossier", html_for="words"),
            rx.el.input(
                name="words", type="search", auto_complete="off", class_name="input", custom_attrs={"id": "words"}
            ),
            class_name="field",
        ),
        choose(STANDING, STANDINGS),
        submit("Rechercher", rx.Var.create(False), css="btn"),
        on_submit=on_search,
        class_name="search accounts",
        role="search",
    )


def table(rows: rx.Var[list], on_show: rx.EventHandler) -> rx.Component:
    return tables.table("Comptes par ordre alphabétique", HEADS, rx.foreach(rows, lambda row: _row(row, on_show)))


def _row(row: rx.Var, on_show: rx.EventHandler) -> rx.Component:
    name = rx.el.span(rx.el.b(row.full_name), rx.el.span(row.email, class_name="under small muted"))
    return rx.el.tr(
        tables.cell("Nom", name),
        tables.cell("Rôle", row.role_label),
        tables.cell("Dossier", rx.cond(row.families, row.families, "aucun")),
        tables.cell("État", standing_pill(row.standing, row.standing_label)),
        rx.el.td(
            rx.el.button(
                "Ouvrir",
                type="button",
                class_name="btn quiet small",
                aria_label=f"Ouvrir le compte de {row.full_name}, {row.email}",
                on_click=on_show(row.id),
            ),
            class_name="act",
        ),
    )
