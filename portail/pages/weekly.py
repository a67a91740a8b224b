"""« Modification avancée » : une semaine type pour plusieurs enfants et activités, montrée avant d'être confirmée."""

import reflex as rx

from portail.components import weekly
from portail.components.cards import awaited
from portail.components.forms import checkbox, form, problem, submit
from portail.components.icons import icon
from portail.components.links import button_to, to
from portail.components.native import FocusOnShow
from portail.components.recap import blocked
from portail.components.shell import back_link
from portail.pages.layout import frame
from portail.state.weekly import WeeklyState as State


def draw() -> rx.Component:
    return frame(
        "/reservations/[activity_id]/avancee",
        rx.cond(
            State.form.ready,
            rx.fragment(back_link(f"/reservations/{State.form.activity}", State.form.title), _whole()),
            awaited("Modification avancée"),
        ),
    )


def _whole() -> rx.Component:
    return rx.el.div(
        rx.el.h1("Modification avancée"),
        rx.el.p(
            "Une semaine type, répétée sur une période, pour plusieurs enfants et activités à la fois. Rien n’est "
            "changé avant que vous ne confirmiez.",
            class_name="muted",
        ),
        _outcome(),
        rx.el.div(_form(), rx.cond(State.preview.token, _preview()), class_name="two"),
        class_name="stack weekly",
    )


def _form() -> rx.Component:
    view, errors = State.form, State.errors
    first = rx.cond(errors["enfants"], "enfants", rx.cond(errors["jours"], "jours", rx.cond(errors["du"], "du", "au")))
    return rx.el.section(
        form(
            problem(State.fault, "avancee-resume", f"avancee-{first}"),
            weekly.children(view, errors),
            weekly.week(view, errors),
            weekly.period(view, errors),
            weekly.mode(view, errors),
            submit("Voir ce qui changerait", State.busy),
            on_submit=State.prepare,
        ),
        class_name="card pad stack",
        aria_label="Votre demande",
    )


def _preview() -> rx.Component:
    found = State.preview
    return rx.el.section(
        FocusOnShow.create(rx.el.h2(found.title, id="apercu"), key=found.token, custom_attrs={"tabIndex": -1}),
        rx.cond(found.changed, rx.el.p(icon("alert"), found.changed, class_name="errors", role="alert")),
        weekly.groups("À réserver", found.added, "ok"),
        weekly.groups("À annuler", found.removed, "warn"),
        weekly.groups("Déjà réservé, inchangé", found.already),
        weekly.groups("Reste réservé : l’annulation n’est plus possible", found.kept, "warn"),
        weekly.groups("Non réservé", found.skipped),
        weekly.sums(found),
        blocked(found, State.busy, State.settle_first),
        form(
            rx.el.input(type="hidden", name="wish", value=found.wish),
            rx.el.input(type="hidden", name="seen", value=found.seen),
            rx.el.input(type="hidden", name="token", value=found.token),
            rx.cond(found.can_confirm, checkbox("avancee-partiel", "partial", PARTIAL)),
            rx.el.div(
                rx.cond(found.can_confirm, submit(rx.Var.create("Confirmer · ") + found.button, State.busy, css="btn")),
                rx.el.button("Fermer l’aperçu", type="button", class_name="btn ghost", on_click=State.close_preview),
                class_name="recapways",
            ),
            on_submit=State.confirm,
        ),
        class_name="card pad stack preview",
        aria_labelledby="apercu",
    )


PARTIAL = "Si un jour devient impossible d’ici là, réserver quand même les autres"


def _outcome() -> rx.Component:
    done = State.outcome
    undo = rx.el.button(
        icon("rotate-ccw"),
        "Annuler ma modification",
        type="button",
        class_name="btn ghost small",
        on_click=State.undo,
    )
    return rx.cond(
        done.batch > 0,
        rx.el.section(
            rx.el.h2(done.message, id="compte-rendu"),
            rx.el.p(done.detail),
            rx.cond(done.can_undo, rx.el.div(undo, key=done.batch, class_name="undo")),
            rx.el.div(
                button_to(f"/reservations/{State.form.activity}", "Voir le calendrier"),
                to("/planning", "Voir le planning"),
                class_name="after",
            ),
            class_name="card pad stack done",
            aria_labelledby="compte-rendu",
            custom_attrs={"data-tone": "ok"},
        ),
    )
