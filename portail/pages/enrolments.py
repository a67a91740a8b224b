"""Une activité : ce qu'elle est, ce qu'elle coûte, qui y est, et le formulaire d'inscription."""

import reflex as rx

from portail.components.activities import done, standing
from portail.components.cards import awaited
from portail.components.forms import checkbox, form, problem, submit
from portail.components.icons import icon
from portail.components.links import plain, to
from portail.components.shell import back_link
from portail.domain.activities import EnrolmentKind
from portail.pages.layout import frame
from portail.state.enrolments import EnrolmentState as State

KIND_WORDS = {
    EnrolmentKind.OCCASIONAL: "vous choisissez chaque jour dans le calendrier.",
    EnrolmentKind.REGULAR: "vous choisissez une semaine type, que vous réservez ensuite d’un geste.",
}


def draw() -> rx.Component:
    return frame(
        "/activites/[activity_id]",
        back_link("/activites", "Activités"),
        rx.cond(State.activity.ready, _whole(), awaited("Activité")),
    )


def _whole() -> rx.Component:
    activity = State.activity
    return rx.el.div(
        rx.el.div(rx.el.h1(activity.title), rx.el.span(activity.kind, class_name="pill"), class_name="spread"),
        rx.cond(activity.summary, rx.el.p(activity.summary, class_name="muted")),
        done(State.done),
        rx.el.div(
            rx.el.div(_children(), rx.cond(activity.to_enrol.length() > 0, _enrol()), class_name="stack"),
            rx.el.div(_offerings(), _rules(), class_name="stack"),
            class_name="two",
        ),
        class_name="stack",
    )


def _children() -> rx.Component:
    activity = State.activity
    return rx.el.section(
        rx.el.h2("Vos enfants", id="vos-enfants"),
        rx.el.ul(
            rx.foreach(activity.children, lambda child: standing(child, activity.title, _week(child), _end(child))),
            class_name="standings",
        ),
        class_name="card pad stack",
        aria_labelledby="vos-enfants",
    )


def _week(child: rx.Var) -> rx.Component:
    return rx.cond(child.week_link, rx.el.p(to(child.week_link, "Réserver la semaine type"), class_name="small"))


def _end(child: rx.Var) -> rx.Component:
    name = child.first_name
    return rx.cond(
        child.can_end,
        rx.el.details(
            rx.el.summary("Mettre fin à l’inscription"),
            rx.el.p(
                "Plus rien ne pourra être réservé ici. Les jours déjà réservés le restent : annulez-les d’abord dans "
                "le calendrier si vous n’en voulez plus.",
                class_name="small",
            ),
            rx.el.button(
                f"Terminer l’inscription de {name}",
                type="button",
                class_name="btn ghost small",
                on_click=State.end(child.id),
            ),
        ),
    )


def _enrol() -> rx.Component:
    activity = State.activity
    how = rx.cond(
        activity.is_validated,
        "La mairie répond à chaque demande, par courriel.",
        "L’inscription est acceptée aussitôt. Elle ne réserve encore aucun jour.",
    )
    return rx.el.section(
        rx.el.h2("Inscrire un enfant", id="inscrire"),
        rx.el.p(how, class_name="muted"),
        form(
            problem(State.fault, "inscription-faute", "inscription-enfant"),
            _child(),
            _documents(),
            _kind(),
            _weekdays(),
            rx.el.div(
                checkbox(
                    "inscription-reglement",
                    "rules",
                    "J’ai lu et j’accepte le ",
                    plain("/reglement", "règlement des activités (nouvel onglet)", target="_blank"),
                ),
                _wrong("rules"),
            ),
            submit("Valider", State.busy),
            on_submit=State.enrol,
        ),
        class_name="card pad stack enrol",
        aria_labelledby="inscrire",
    )


def _wrong(name: str) -> rx.Component:
    error = State.errors[name]
    return rx.el.p(
        rx.cond(error, rx.fragment(icon("alert"), error)), class_name="wrong", id=f"inscription-{name}-faute"
    )


def _child() -> rx.Component:
    return rx.el.div(
        rx.el.label("Enfant", html_for="inscription-enfant"),
        rx.el.select(
            rx.foreach(State.activity.to_enrol, lambda one: rx.el.option(one.label, value=one.value)),
            name="child",
            value=State.activity.child.to_string(),
            on_change=State.choose,
            class_name="input",
            custom_attrs={"id": "inscription-enfant", "aria-describedby": "inscription-child-faute"},
        ),
        _wrong("child"),
        class_name="field",
    )


def _documents() -> rx.Component:
    documents = State.activity.documents
    listed = rx.el.ul(
        rx.foreach(
            documents,
            lambda one: rx.el.li(
                one.name,
                " ",
                rx.el.span(one.word, class_name="pill", custom_attrs={"data-tone": one.tone}),
                rx.cond(one.why, rx.el.span(f"Motif : {one.why}", class_name="under small muted")),
            ),
        ),
        class_name="asked",
    )
    return rx.cond(
        documents.length() > 0,
        rx.el.div(
            rx.el.h3("Documents demandés"),
            listed,
            rx.el.p(
                "Tant qu’il en manque un, aucun jour ne se réserve. Remettez-les au service enfance.",
                class_name="small muted",
            ),
        ),
    )


def _kind() -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend("Inscription"),
        *[
            rx.el.div(
                rx.el.input(
                    type="radio",
                    name="kind",
                    value=kind.value,
                    default_checked=kind is EnrolmentKind.OCCASIONAL,
                    custom_attrs={"id": f"inscription-{kind.value}"},
                ),
                rx.el.label(rx.el.b(kind.label), " : ", words, html_for=f"inscription-{kind.value}"),
                class_name="check line",
            )
            for kind, words in KIND_WORDS.items()
        ],
        _wrong("kind"),
    )


def _weekdays() -> rx.Component:
    """Montrés quand « Régulière » est choisie : le style le fait, sans aller-retour."""
    return rx.el.div(
        rx.foreach(
            State.activity.days,
            lambda part: rx.el.fieldset(
                rx.el.legend(part.name),
                rx.el.div(
                    rx.foreach(part.boxes, lambda box: checkbox(box.name, box.name, box.label)), class_name="options"
                ),
            ),
        ),
        _wrong("days"),
        class_name="week",
    )


def _offerings() -> rx.Component:
    activity = State.activity
    return rx.el.section(
        rx.el.h2("Horaires et prix", id="formules"),
        rx.el.ul(
            rx.foreach(
                activity.offerings,
                lambda one: rx.el.li(
                    rx.el.div(rx.el.b(one.name), rx.el.span(one.price, class_name="push"), class_name="spread"),
                    rx.el.span(f"{one.weekdays}, {one.hours} · enfants {one.ages}", class_name="under small muted"),
                ),
            ),
            class_name="plain",
        ),
        rx.cond(activity.price_note, rx.el.p(activity.price_note, class_name="small")),
        class_name="card pad stack",
        aria_labelledby="formules",
    )


def _rules() -> rx.Component:
    return rx.cond(
        State.activity.rules.length() > 0,
        rx.el.section(
            rx.el.h2("Délais", id="delais"),
            rx.el.ul(rx.foreach(State.activity.rules, rx.el.li), class_name="points"),
            class_name="card pad stack",
            aria_labelledby="delais",
        ),
    )
