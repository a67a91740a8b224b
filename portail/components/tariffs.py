"""Un prix expliqué pas à pas, et une grille en clair : ses tranches, ses parts, ce qui s'ajoute et se retire."""

import reflex as rx

from portail.components.icons import icon


def explained(one: rx.Var) -> rx.Component:
    """Qui, combien, et « pourquoi ce montant »."""
    return rx.el.li(
        rx.el.div(
            rx.el.span(one.who),
            rx.el.b(one.price, class_name="sum"),
            class_name="spread",
        ),
        rx.cond(one.parts, rx.el.p(one.parts, class_name="small muted")),
        rx.el.details(
            rx.el.summary("Pourquoi ce montant ?", class_name="lost small"),
            rx.el.ul(rx.foreach(one.steps, _step), class_name="steps"),
        ),
        class_name="explained",
    )


def homes(page: rx.Var, on_change: rx.EventHandler) -> rx.Component:
    """Un choix seulement quand il y en a plusieurs."""
    return rx.cond(
        page.homes.length() > 1,
        rx.el.div(
            rx.el.label("Dossier", html_for="dossier"),
            rx.el.select(
                rx.foreach(page.homes, lambda home: rx.el.option("Famille ", home.label, value=home.value)),
                value=page.family_id.to_string(),
                on_change=on_change,
                class_name="input",
                custom_attrs={"id": "dossier"},
            ),
            class_name="field",
        ),
    )


def previous(fault: rx.Var[bool], title: str) -> rx.Component:
    """Un refus laisse le dernier calcul à l'écran : dire que ce n'est pas celui qu'on vient de demander."""
    return rx.cond(fault, rx.el.p(icon("alert"), title, class_name="small iconed"))


def _step(step: rx.Var) -> rx.Component:
    return rx.el.li(rx.el.span(step.label), rx.el.span(step.amount, class_name="sum"))


def grid(card: rx.Var) -> rx.Component:
    return grid_with(card)


def grid_with(card: rx.Var, *ends: rx.Component) -> rx.Component:
    """Les deux côtés d'une grille, ses notes, et ce qu'on peut en faire."""
    return rx.el.div(
        rx.el.div(
            rx.el.h3(card.since),
            rx.cond(card.standing, rx.el.span(card.standing, class_name="pill", custom_attrs={"data-tone": card.tone})),
            class_name="spread",
        ),
        rx.el.p(card.method, class_name="muted"),
        rx.el.div(rx.foreach(card.sides, lambda side: _side(side, card.since)), class_name="gridsides"),
        rx.el.ul(rx.foreach(card.notes, rx.el.li), class_name="bulleted small"),
        *ends,
        class_name="stack tight",
    )


def effect(found: rx.Var) -> rx.Component:
    """Avant d'enregistrer : combien de familles, à quel prix, et qui paiera plus."""
    return rx.el.div(
        rx.el.h3("Effet sur les familles"),
        rx.el.p(found.summary),
        rx.foreach(found.notes, lambda note: rx.el.p(note, class_name="small")),
        rx.el.div(rx.foreach(found.tables, _effect_table), class_name="gridsides"),
        rx.el.p(
            "Les familles dont un enfant vient aujourd’hui, à leur quotient d’aujourd’hui. Les prix sont ceux d’une "
            "séance dans les délais pour un premier enfant ; l’écart moyen, par enfant, et qui paie plus ou moins "
            "tiennent compte de la fratrie. Ce qui est déjà réservé garde son prix.",
            class_name="small muted",
        ),
        class_name="stack tight",
    )


def _effect_table(table: rx.Var) -> rx.Component:
    heads = ("Tranche", "Prix", "Paieront")
    rows = rx.foreach(table.rows, _effect_row)
    return rx.el.div(rx.el.h4(table.title), compact(f"Effet sur les familles, {table.title}", heads, rows))


def _effect_row(row: rx.Var) -> rx.Component:
    who = rx.el.span(row.families, ", ", row.children, class_name="under small muted")
    average = rx.el.span("écart moyen ", row.average, class_name="under small muted")
    less = rx.cond(row.less, rx.el.span(row.less, class_name="under small nowrap"))
    return rx.el.tr(
        rx.el.th(row.label, who, scope="row"),
        rx.el.td(row.before, " → ", rx.el.b(row.after), rx.cond(row.average, average)),
        rx.el.td(rx.el.span(row.more, class_name="nowrap"), less),
    )


def _side(side: rx.Var, since: rx.Var[str]) -> rx.Component:
    return rx.el.div(
        rx.el.h4(side.title),
        compact(f"{side.title}, {since}", ("Pour", "Prix d’une séance"), rx.foreach(side.rows, _row)),
    )


def _row(row: rx.Var) -> rx.Component:
    parts = rx.cond(row.parts, rx.el.span(row.parts, class_name="under small muted"))
    return rx.el.tr(rx.el.th(row.label, scope="row"), rx.el.td(rx.el.b(row.price), parts))


def compact(caption: str | rx.Var[str], heads: tuple[str, ...], rows: rx.Component) -> rx.Component:
    """Un tableau de deux ou trois colonnes, qui tient même sur un petit téléphone."""
    return rx.el.table(
        rx.el.caption(caption, class_name="unseen"),
        rx.el.thead(rx.el.tr(*[rx.el.th(label, scope="col") for label in heads])),
        rx.el.tbody(rows),
        class_name="compact",
    )
