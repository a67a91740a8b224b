"""« Inscription » : cinq étapes, puis un courriel à ouvrir."""

import reflex as rx

from portail.components import sign_up
from portail.components.forms import form, submit
from portail.components.icons import icon
from portail.components.inputs import Input
from portail.components.links import button_to, to
from portail.components.native import FocusOnShow
from portail.components.prose import scroll
from portail.components.steps import bar, go_back, panel, ways
from portail.pages.layout import frame
from portail.pages.texts import privacy, terms
from portail.state.registration import RegistrationState as State

STEPS = ("Mes informations", "Mes références dossier", "Conditions d’utilisation", "Confidentialité", "Récapitulatif")
TERMS = Input("conditions", "terms", "J’ai lu et j’accepte les conditions générales d’utilisation.")
PRIVACY = Input("confidentialite", "privacy", "J’ai lu comment mes données sont protégées.")
NEXT = "Étape suivante"
IDENTITY_FIELDS = (
    sign_up.FIRST,
    sign_up.LAST,
    sign_up.EMAIL,
    sign_up.EMAIL_AGAIN,
    sign_up.USERNAME,
    sign_up.PASSWORD,
    sign_up.PASSWORD_AGAIN,
)


def draw() -> rx.Component:
    return frame(
        "/inscription",
        rx.el.div(rx.el.h1("Inscription"), class_name="hello"),
        rx.cond(State.created, _created(), _steps()),
        narrow=True,
    )


def _steps() -> rx.Component:
    return rx.el.div(
        bar(STEPS, State.step),
        _identity(),
        _reference(),
        _agreement(3, terms.TEXT, TERMS, State.typed.terms, State.submit_terms),
        _agreement(4, privacy.TEXT, PRIVACY, State.typed.privacy, State.submit_privacy),
        _recap(),
        rx.el.p("Vous avez déjà un compte ? ", to("/connexion", "Connectez-vous"), class_name="muted"),
        class_name="stack signup",
    )


def _panel(rank: int, *content: rx.Component) -> rx.Component:
    return panel(rank, STEPS[rank - 1], State.step, State.moved, *content)


def _fault(rank: int, *fields: Input) -> rx.Component:
    return rx.cond(State.step == rank, sign_up.summary(State.fault, State.errors, fields))


def _identity() -> rx.Component:
    return _panel(
        1,
        rx.el.p("Quelques minutes suffisent. Si vous avez un dossier à la mairie, préparez son numéro et son nom."),
        form(
            _fault(1, *IDENTITY_FIELDS),
            *sign_up.identity_fields(State.typed, State.errors),
            ways(None, submit(NEXT, State.busy, css="btn")),
            on_submit=State.submit_identity,
        ),
    )


def _reference() -> rx.Component:
    return _panel(
        2,
        form(
            _fault(2, sign_up.NUMBER, sign_up.NAME),
            *sign_up.reference_fields(State.typed, State.errors),
            ways(go_back(State.back), submit(NEXT, State.busy, css="btn")),
            on_submit=State.submit_reference,
        ),
    )


def _agreement(
    rank: int, text: terms.Text, box: Input, agreed: rx.Var[bool], on_submit: rx.EventHandler
) -> rx.Component:
    return _panel(
        rank,
        scroll(STEPS[rank - 1], text.intro, text.sections),
        form(
            _fault(rank, box),
            sign_up.agreement(box, agreed, State.errors[box.name]),
            ways(go_back(State.back), submit(NEXT, State.busy, css="btn")),
            on_submit=on_submit,
        ),
    )


def _recap() -> rx.Component:
    return _panel(
        5,
        _fault(5),
        sign_up.recap(State.typed),
        ways(
            go_back(State.back),
            rx.el.button("Valider", type="button", class_name="btn", disabled=State.busy, on_click=State.finish),
        ),
    )


def _created() -> rx.Component:
    return FocusOnShow.create(
        rx.el.section(
            rx.el.span(icon("mail"), class_name="plate", custom_attrs={"data-tone": "ok"}),
            rx.el.h2("Votre espace personnel a été créé"),
            rx.el.p(
                "Pour utiliser les services du portail, activez votre compte : ouvrez le lien que nous venons de vous "
                "envoyer par courriel."
            ),
            rx.el.p(rx.el.b("Attention, ce lien n’est valable que 72 heures."), " Pensez aux courriers indésirables."),
            rx.el.div(
                button_to("/", "Retour à la page d’accueil"),
                button_to("/mot-de-passe-oublie", "Recevoir un nouveau lien", css="btn quiet"),
                class_name="after",
            ),
            class_name="card access stack",
        )
    )
