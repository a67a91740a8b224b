"""« Présenter ma famille » : responsables et adresse, enfants, récapitulatif ; puis ce qui est en attente."""

import reflex as rx

from portail.components import household
from portail.components.cards import awaited, empty
from portail.components.contact_fields import CITY, POSTCODE, STREET
from portail.components.forms import form, submit
from portail.components.icons import icon
from portail.components.inputs import Input, choice, text, tick
from portail.components.links import button_to
from portail.components.sign_up import summary
from portail.components.steps import bar, go_back, panel, ways
from portail.pages.layout import frame
from portail.state.family_entry import FamilyEntryState as State

STEPS = ("Responsables et adresse", "Enfants", "Récapitulatif")
NEXT = "Étape suivante"
ROLE = Input("mon-lien", "role", "Votre lien avec les enfants")
PHONE = Input("mon-portable", "phone", "Votre téléphone portable", "tel", "tel")
WITH_OTHER = Input("avec-autre", "with_other", "Ajouter un autre responsable")
OTHER = (
    Input("autre-prenom", "other_first_name", "Son prénom"),
    Input("autre-nom", "other_last_name", "Son nom"),
    Input("autre-lien", "other_role", "Son lien avec les enfants"),
    Input("autre-telephone", "other_phone", "Son téléphone (facultatif)", "tel"),
    Input("autre-e-mail", "other_email", "Son e-mail (facultatif)", "email"),
)
CHILD = tuple(
    Input(f"enfant-{field_id}", name, "")
    for field_id, name in (
        ("prenom", "first_name"),
        ("nom", "last_name"),
        ("naissance", "birth_date"),
        ("ecole", "school_id"),
        ("niveau", "level"),
    )
)


def draw() -> rx.Component:
    entry = State.entry
    return frame(
        "/inscription/famille",
        rx.cond(
            entry.ready,
            rx.fragment(
                rx.el.div(rx.el.h1("Présenter ma famille"), class_name="hello"),
                rx.match(entry.status, ("pending", _pending()), ("open", _open()), _steps()),
            ),
            awaited("Présenter ma famille"),
        ),
        narrow=True,
    )


def _pending() -> rx.Component:
    entry = State.entry
    return rx.el.section(
        rx.el.span(icon("clock"), class_name="plate"),
        rx.el.h2("Votre inscription est en cours de vérification"),
        rx.el.p(
            f"Le dossier {entry.family}, n° {entry.number}, est créé. Le service enfance vérifie qu’il n’existe pas "
            "déjà ; un courriel vous dira que votre inscription est terminée."
        ),
        rx.el.p("En attendant, vous pouvez compléter votre dossier."),
        rx.el.div(
            button_to("/dossier", "Compléter mon dossier"),
            rx.cond(
                entry.request_id > 0, button_to(f"/demarches/{entry.request_id}", "Suivre ma demande", css="btn ghost")
            ),
            class_name="after",
        ),
        class_name="card pad stack",
    )


def _open() -> rx.Component:
    entry = State.entry
    return rx.el.section(
        rx.el.span(icon("check"), class_name="plate", custom_attrs={"data-tone": "ok"}),
        rx.el.h2("Votre famille a déjà un dossier"),
        rx.el.p(f"Dossier {entry.family}, n° {entry.number}."),
        rx.el.div(button_to("/dossier", "Voir mon dossier"), class_name="after"),
        class_name="card pad stack",
    )


def _steps() -> rx.Component:
    refused = State.entry.refused
    return rx.el.div(
        rx.cond(
            refused,
            rx.el.div(
                icon("info"),
                rx.el.div(rx.el.b("Votre demande précédente n’a pas été acceptée"), rx.el.p(refused)),
                class_name="errors",
            ),
        ),
        bar(STEPS, State.step),
        _home(),
        _children(),
        _recap(),
        class_name="stack signup",
    )


def _panel(rank: int, *content: rx.Component) -> rx.Component:
    return panel(rank, STEPS[rank - 1], State.step, State.moved, *content)


def _fault(rank: int, *fields: Input) -> rx.Component:
    return rx.cond(State.step == rank, summary(State.fault, State.errors, fields))


def _text(spec: Input) -> rx.Component:
    return text(spec, getattr(State.entry.home, spec.name), State.errors[spec.name])


def _role(spec: Input) -> rx.Component:
    return choice(spec, State.entry.roles, getattr(State.entry.home, spec.name), State.errors[spec.name])


def _home() -> rx.Component:
    first, last, role, phone, email = OTHER
    return _panel(
        1,
        form(
            _fault(1, ROLE, PHONE, STREET, POSTCODE, CITY, *OTHER),
            rx.el.p("Vous : ", rx.el.b(State.entry.me)),
            _role(ROLE),
            _text(PHONE),
            _text(STREET),
            rx.el.div(_text(POSTCODE), _text(CITY), class_name="pair"),
            tick(WITH_OTHER, State.entry.home.with_other),
            rx.el.fieldset(
                rx.el.legend("L’autre responsable"),
                rx.el.div(_text(first), _text(last), class_name="pair"),
                _role(role),
                _text(phone),
                _text(email),
                class_name="other",
            ),
            ways(None, submit(NEXT, State.busy, css="btn")),
            on_submit=State.save_home,
        ),
    )


def _children() -> rx.Component:
    children = State.entry.children
    nobody = empty("family", "Aucun enfant pour l’instant", "Ajoutez chaque enfant du foyer.", css="empty alone")
    return _panel(
        2,
        rx.cond(children.length() > 0, rx.el.ul(rx.foreach(children, _child), class_name="plain"), nobody),
        rx.el.div(
            form(
                _fault(2, *CHILD),
                *household.identity_fields(None, State.entry, State.errors),
                submit("Ajouter cet enfant", State.busy, css="btn ghost"),
                on_submit=State.add_child,
            ),
            key=children.length(),
        ),
        ways(go_back(State.go(1)), rx.el.button(NEXT, type="button", class_name="btn", on_click=State.go(3))),
    )


def _child(child: rx.Var) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.b(child.name),
            rx.el.span(child.birth, class_name="under small muted"),
            rx.cond(child.school, rx.el.span(f"{child.school} {child.level}", class_name="under small muted")),
            class_name="t",
        ),
        rx.el.button(
            "Retirer",
            type="button",
            class_name="btn quiet small",
            aria_label=f"Retirer {child.name}",
            on_click=State.remove_child(child.rank),
        ),
        class_name="spread",
    )


def _recap() -> rx.Component:
    home, children = State.entry.home, State.entry.children
    other = rx.fragment(rx.el.dt("Autre responsable"), rx.el.dd(f"{home.other_first_name} {home.other_last_name}"))
    return _panel(
        3,
        _fault(3),
        rx.el.dl(
            rx.el.dt("Vous"),
            rx.el.dd(f"{State.entry.me}, {home.phone}"),
            rx.cond(home.with_other, other),
            rx.el.dt("Adresse"),
            rx.el.dd(f"{home.address}, {home.postcode} {home.city}"),
            rx.el.dt("Enfants"),
            rx.el.dd(rx.foreach(children, lambda one: rx.el.span(f"{one.name}, {one.birth}", class_name="under"))),
            class_name="lines",
        ),
        rx.el.p("La mairie vérifie ces informations, puis vous écrit que votre inscription est terminée."),
        ways(
            go_back(State.go(2)),
            rx.el.button("Valider", type="button", class_name="btn", disabled=State.busy, on_click=State.send),
        ),
    )
