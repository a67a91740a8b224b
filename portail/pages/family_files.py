"""Les dossiers, pour les agents : la recherche qui pardonne les fautes, et le dossier entier d'une famille."""

import reflex as rx

from portail.components import contact_fields, household, tables
from portail.components.cards import awaited, bones, empty
from portail.components.forms import form, submit
from portail.components.icons import icon
from portail.components.inputs import Input, choice, text
from portail.components.links import button_to, plain, to
from portail.components.papers import download
from portail.components.tables import cell
from portail.domain.accounts import Audience
from portail.pages import document_desk
from portail.pages.layout import frame
from portail.state.base import PortalState
from portail.state.family_files import FamilyFilesState as State


def draw_list() -> rx.Component:
    listing = State.listing
    nothing = empty(
        "search",
        "Aucune famille trouvée",
        "Essayez un seul mot, un téléphone ou un numéro de dossier. Les fautes d’orthographe sont pardonnées.",
    )
    heads = ("Dossier", "Famille", "Responsables", "Enfants", "Commune", "État")
    rows = rx.cond(
        listing.rows.length() > 0,
        rx.fragment(
            tables.table("Dossiers des familles", heads, rx.foreach(listing.rows, _row)),
            tables.pager(listing, State.turn),
        ),
        nothing,
    )
    return frame(
        "/admin/familles",
        rx.el.h1("Familles"),
        rx.el.form(
            text(Input("mots", "words", "Nom, prénom, téléphone ou numéro de dossier", "search")),
            submit("Rechercher", rx.Var.create(False), css="btn"),
            on_submit=State.search,
            class_name="search filters",
            role="search",
        ),
        rx.el.section(
            rx.el.h2("Liste des familles", class_name="unseen"),
            rx.cond(listing.ready, rows, rx.el.div(*bones("", 5), class_name="bones")),
            class_name="card",
        ),
    )


def _row(row: rx.Var) -> rx.Component:
    return rx.el.tr(
        cell("Dossier", row.number),
        cell("Famille", rx.el.b(row.name)),
        cell("Responsables", row.adults),
        cell("Enfants", row.children),
        cell("Commune", row.city),
        cell("État", rx.el.span(row.status, class_name="pill", custom_attrs={"data-tone": row.tone})),
        rx.el.td(
            to(
                f"/admin/familles/{row.id}",
                "Ouvrir",
                css="btn quiet small",
                aria_label=f"Ouvrir le dossier {row.name}, {row.number}",
            ),
            class_name="act",
        ),
    )


def draw_file() -> rx.Component:
    return frame(
        "/admin/familles/[family_id]",
        rx.el.p(to("/admin/familles", icon("back"), "Familles"), class_name="crumb"),
        rx.cond(State.file.ready, _whole(), awaited("Famille")),
    )


def _whole() -> rx.Component:
    file = State.file
    return rx.el.div(
        rx.el.div(
            rx.el.h1("Famille ", file.name),
            rx.el.span(file.status, class_name="pill", custom_attrs={"data-tone": file.tone}),
            class_name="spread",
        ),
        rx.el.div(
            download(f"/telechargements/fiche-famille-{file.id}", "Fiche famille (PDF)"),
            button_to(
                f"/admin/familles/{file.id}/fusion",
                rx.cond(file.is_open, "Fusionner avec un autre dossier", "Voir les fusions de ce dossier"),
                css="btn ghost small",
            ),
            rx.cond(
                PortalState.me.open_to.contains(Audience.MONEY.value),
                button_to(f"/admin/encaissements/{file.id}", "Encaisser, porte-monnaie", css="btn ghost small"),
            ),
            class_name="after",
        ),
        rx.el.div(
            rx.el.div(_adults(), _children(), household.bookings(file), document_desk.section(), class_name="stack"),
            rx.el.div(_address(), _requests(), _history(), class_name="stack"),
            class_name="two",
        ),
        class_name="stack",
    )


def _edit(what: rx.Var[str] | str, about: rx.Var[str] | str) -> rx.Component:
    return rx.el.button(
        "Corriger",
        type="button",
        class_name="btn ghost small",
        aria_label=f"Corriger {about}",
        on_click=State.edit(what),
    )


def _form(*fields: rx.Component) -> rx.Component:
    return form(
        household.summary(State.fault),
        *fields,
        rx.el.div(
            submit("Enregistrer", rx.Var.create(False), css="btn"),
            rx.el.button("Annuler", type="button", class_name="btn quiet", on_click=State.edit("")),
            class_name="after",
        ),
        on_submit=State.save,
    )


def _address() -> rx.Component:
    file = State.file
    shown = rx.el.dl(
        rx.el.dt("Dossier"),
        rx.el.dd(file.number),
        rx.el.dt("Adresse"),
        rx.el.dd(f"{file.address}, {file.postcode} {file.city}"),
        rx.el.dt("Depuis le"),
        rx.el.dd(file.since),
        class_name="lines",
    )
    return rx.el.section(
        rx.el.div(rx.el.h2("Adresse"), _edit("address", "l’adresse"), class_name="spread"),
        rx.cond(State.editing == "address", _form(*contact_fields.address(file, State.errors)), shown),
        class_name="card pad stack",
    )


def _adults() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Responsables"),
        rx.el.ul(rx.foreach(State.file.adults, _adult), class_name="plain"),
        class_name="card pad stack",
    )


def _adult(adult: rx.Var) -> rx.Component:
    what = f"adult-{adult.id}"
    shown = rx.el.div(
        rx.el.p(rx.cond(adult.contacts, adult.contacts, "Aucun moyen de contact"), class_name="muted"),
        rx.cond(adult.caf_number, rx.el.p(f"CAF n° {adult.caf_number}", class_name="muted")),
        rx.cond(adult.rights, rx.el.p(icon("lock"), adult.rights, class_name="small")),
    )
    fields = [*contact_fields.reach(adult, State.errors), *contact_fields.billing(adult, State.errors)]
    return rx.el.li(
        rx.el.div(
            rx.el.div(
                rx.el.b(adult.name),
                rx.el.span(adult.role, class_name="under small muted"),
                rx.el.span(adult.account, class_name="pill", custom_attrs={"data-tone": adult.tone}),
            ),
            _edit(what, adult.name),
            class_name="spread",
        ),
        rx.cond(State.editing == what, _form(*fields), shown),
        class_name="stack tight",
    )


def _children() -> rx.Component:
    nobody = rx.el.p("Aucun enfant dans ce dossier.", class_name="muted")
    listed = rx.el.ul(rx.foreach(State.file.children, _child), class_name="plain")
    return rx.el.section(
        rx.el.h2("Enfants"),
        rx.cond(State.file.children.length() > 0, listed, nobody),
        class_name="card pad stack",
    )


def _child(child: rx.Var) -> rx.Component:
    what, name = f"child-{child.id}", f"{child.first_name} {child.last_name}"
    group = rx.cond(child.class_name, f", {child.class_name}", "")
    shown = rx.el.div(
        rx.el.p(f"Naissance : {child.birth}", class_name="muted"),
        rx.el.p(rx.cond(child.school, child.school, "Pas encore d’école"), group, class_name="muted"),
        rx.cond(
            child.shared_id > 0,
            rx.el.p(
                "Aussi dans le dossier ",
                to(f"/admin/familles/{child.shared_id}", child.shared_with),
                " · ",
                to(f"/admin/enfants/{child.id}/garde", "Garde partagée"),
            ),
        ),
        rx.cond(
            State.file.reads_health,
            rx.el.p(to(f"/admin/enfants/{child.id}/sante", f"Fiche sanitaire de {child.first_name}")),
        ),
        rx.cond(State.file.is_validated, rx.el.p(_registration(child))),
    )
    classes = choice(
        Input("enfant-classe", "class_id", "Classe"),
        State.file.classes,
        child.class_id,
        State.errors["class_id"],
        blank="Pas encore de classe",
    )
    return rx.el.li(
        rx.el.div(
            rx.el.div(rx.el.b(name), rx.cond(child.level, rx.el.span(child.level, class_name="under small muted"))),
            _edit(what, name),
            class_name="spread",
        ),
        rx.cond(
            State.editing == what, _form(*household.identity_fields(child, State.file, State.errors), classes), shown
        ),
        class_name="stack tight",
    )


def _registration(child: rx.Var) -> rx.Component:
    label = f"Attestation d’inscription de {child.first_name} (PDF)"
    return plain(f"/telechargements/attestation-{child.id}", label, download=True)


def _requests() -> rx.Component:
    listed = rx.el.ul(
        rx.foreach(State.file.requests, lambda one: rx.el.li(to(f"/admin/demarches/{one.value}", one.label))),
        class_name="plain",
    )
    return rx.el.section(
        rx.el.h2("Démarches"),
        rx.cond(State.file.requests.length() > 0, listed, rx.el.p("Aucune démarche.", class_name="muted")),
        class_name="card pad stack tight",
    )


def _history() -> rx.Component:
    listed = rx.el.ul(
        rx.foreach(
            State.file.history,
            lambda one: rx.el.li(one.what, rx.el.span(f"{one.when}, {one.who}", class_name="under small muted")),
        ),
        class_name="plain",
    )
    return rx.el.section(
        rx.el.h2("Historique"),
        rx.cond(State.file.history.length() > 0, listed, rx.el.p("Rien pour l’instant.", class_name="muted")),
        class_name="card pad stack tight",
    )
