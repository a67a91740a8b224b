"""Les tableaux : colonnes nommées, lignes qui deviennent des cartes sur téléphone, pages de la liste."""

import reflex as rx


class Amount(str):
    """Le titre d'une colonne de montants : à droite, au-dessus de ses chiffres."""

    __slots__ = ()


def table(caption: str, heads: tuple[str, ...], rows: rx.Component) -> rx.Component:
    """La dernière colonne porte le geste, sans titre à l'écran."""
    rows_and_heads = rx.el.table(
        rx.el.caption(caption, class_name="unseen"),
        rx.el.thead(rx.el.tr(*titles(heads), rx.el.th(rx.el.span("Action", class_name="unseen"), scope="col"))),
        rx.el.tbody(rows),
        class_name="table",
    )
    return rx.el.div(rows_and_heads, class_name="tableroom")


def read_only(caption: rx.Var[str] | str, heads: tuple[str, ...], rows: rx.Component) -> rx.Component:
    """Un tableau sans geste : toutes les colonnes ont leur titre."""
    shown = rx.el.table(
        rx.el.caption(caption, class_name="unseen"),
        rx.el.thead(rx.el.tr(*titles(heads))),
        rx.el.tbody(rows),
        class_name="table",
    )
    return rx.el.div(shown, class_name="tableroom")


def titles(heads: tuple[str, ...]) -> list[rx.Component]:
    return [rx.el.th(head, scope="col", class_name="money" if isinstance(head, Amount) else "") for head in heads]


def cell(label: str, *content: rx.Component | rx.Var) -> rx.Component:
    return rx.el.td(*content, custom_attrs={"data-label": label})


def pager(listing: rx.Var, on_turn: rx.EventHandler, label: str = "Pages de la liste") -> rx.Component:
    """Deux listes sur la même page : chacune dit la sienne."""
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
        aria_label=label,
    )


def _turn(label: str, page: rx.Var[int], possible: rx.Var[bool], on_turn: rx.EventHandler) -> rx.Component:
    return rx.el.button(label, type="button", class_name="btn ghost small", disabled=~possible, on_click=on_turn(page))
