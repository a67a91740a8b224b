"""Les factures dessinées : la pastille de leur état, le détail par enfant et par prestation, ce qui les a soldées."""

import reflex as rx

from portail.components.icons import icon
from portail.components.links import plain, to


def title(row: rx.Var) -> rx.Component:
    """Le numéro ne se coupe pas."""
    return rx.el.h1(f"{row.kind} ", rx.el.span(row.number, class_name="nowrap"))


def pill(row: rx.Var) -> rx.Component:
    return rx.el.span(row.standing, class_name="pill", custom_attrs={"data-tone": row.tone})


def debit(row: rx.Var, then: str = " : vous n’avez rien à faire.") -> rx.Component:
    """Ce qui sera prélevé n'est pas à payer."""
    return rx.cond(row.debit, rx.el.p(icon("info"), row.debit, then))


def rejected(file: rx.Var) -> rx.Component:
    return rx.cond(file.rejected, rx.el.p(icon("alert"), " ", file.rejected))


def download(row: rx.Var, css: str = "btn ghost small") -> rx.Component:
    """Le PDF archivé, tel qu'émis ; en échec, il se redemande quand même."""
    late = rx.el.p("Son PDF n’a pas pu être composé : un nouvel essai est fait chaque jour.", class_name="small")
    link = plain(
        f"/telechargements/facture-{row.id}",
        rx.fragment(icon("download"), " Télécharger"),
        css=css,
        aria_label=f"Télécharger {row.number} (PDF)",
    )
    return rx.cond(row.has_pdf, rx.fragment(rx.cond(row.is_pdf_failed, late), link))


def facts(file: rx.Var, *more: rx.Component) -> rx.Component:
    """Les montants et les dates d'une facture."""
    row = file.row
    due = rx.fragment(rx.el.dt("À payer avant le"), rx.el.dd(row.due))
    issued = rx.fragment(rx.el.dt(rx.cond(row.is_credit, "Émis le", "Émise le")), rx.el.dd(file.issued))
    left = rx.fragment(
        rx.el.dt("Déjà réglé"),
        rx.el.dd(file.paid, class_name="sum"),
        rx.el.dt("Reste à payer"),
        rx.el.dd(rx.el.b(row.left, class_name="sum")),
    )
    return rx.el.dl(
        rx.el.dt("Période"),
        rx.el.dd(file.period),
        rx.cond(file.is_draft, rx.fragment(), issued),
        rx.cond(row.is_credit, rx.fragment(), due),
        rx.el.dt("Montant"),
        rx.el.dd(row.total, class_name="sum"),
        rx.cond(row.is_credit | file.is_draft, rx.fragment(), left),
        *more,
        class_name="lines",
    )


def detail(file: rx.Var) -> rx.Component:
    """Par enfant : chaque prestation, combien de fois, à quel prix, quels jours."""
    return rx.el.section(
        rx.el.h2("Détail", id="detail"),
        rx.foreach(file.children, _child),
        class_name="card bill",
        aria_labelledby="detail",
    )


def _child(part: rx.Var) -> rx.Component:
    return rx.el.div(
        rx.el.div(rx.el.h3(part.name), rx.el.b(part.total, class_name="sum"), class_name="spread"),
        rx.el.ul(rx.foreach(part.rows, _row), class_name="plain"),
        class_name="part",
    )


def _row(row: rx.Var) -> rx.Component:
    """Ce qui a été fourni, combien de fois et quels jours ; ce que cela fait, à droite."""
    days = rx.cond(row.days, rx.el.span(row.days, class_name="under small muted"))
    why = rx.cond(
        row.why,
        rx.el.details(
            rx.el.summary("Pourquoi ce montant ?", class_name="lost small"), rx.el.p(row.why, ".", class_name="small")
        ),
    )
    return rx.el.li(
        rx.el.div(row.label, rx.el.span(f"{row.quantity} × {row.unit}", class_name="under small muted"), days, why),
        rx.el.span(row.amount, class_name="sum"),
        class_name="supplied",
    )


def paid_by(file: rx.Var, base: str) -> rx.Component:
    """Les paiements et les avoirs qui l'ont soldée ; rien à montrer tant qu'il n'y en a pas."""

    def one(part: rx.Var) -> rx.Component:
        label = rx.cond(part.href, to(f"{base}/{part.href}", part.label), part.label)
        return rx.el.li(
            rx.el.div(
                rx.el.b(label),
                rx.el.span(part.day, class_name="under small muted"),
                rx.cond(part.reason, rx.el.span("Motif : ", part.reason, class_name="under small")),
                rx.cond(part.receipt, _receipt(part)),
                class_name="t",
            ),
            rx.el.b(part.amount, class_name="sum"),
            class_name="row movement",
        )

    return rx.cond(
        file.paid_by.length() > 0,
        rx.el.section(
            rx.el.h2("Paiements et avoirs", id="regle"),
            rx.el.ul(rx.foreach(file.paid_by, one)),
            class_name="card",
            aria_labelledby="regle",
        ),
    )


def _receipt(part: rx.Var) -> rx.Component:
    return plain(
        part.receipt,
        rx.fragment(icon("download"), "\u00a0Reçu"),
        css="lost",
        aria_label=f"Reçu du paiement du {part.day}, {part.amount} (PDF)",
    )


def corrected(file: rx.Var, base: str) -> rx.Component:
    """L'avoir dit sa facture, et le motif que l'agent a écrit."""
    return rx.fragment(
        rx.cond(
            file.corrects_id > 0,
            rx.el.p(
                icon("info"), "Cet avoir corrige la facture ", to(f"{base}/{file.corrects_id}", file.corrects), "."
            ),
        ),
        rx.cond(file.reason, rx.el.p(rx.el.b("Motif :"), " ", file.reason)),
    )
