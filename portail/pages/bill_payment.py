"""« Payer mes factures » en trois étapes : les choisir, relire, payer. Chaque bouton dit son effet."""

import reflex as rx

from portail.components import steps
from portail.components.cards import awaited, empty
from portail.components.forms import form
from portail.components.household import summary
from portail.components.icons import icon
from portail.components.links import button_to, to
from portail.components.native import Departure, FocusOnShow
from portail.pages.layout import frame
from portail.state.invoices import CHOSEN
from portail.state.invoices import BillPaymentState as State

STEPS = ("Mes factures", "Mon récapitulatif", "Mon paiement")


def draw() -> rx.Component:
    nothing = rx.cond(
        State.listing.is_due,
        empty("check", "Rien à payer", "Vos factures sont à la banque : elles seront prélevées.", css="empty alone"),
        empty(
            "check", "Rien à payer", "Toutes vos factures sont réglées. La prochaine paraîtra ici.", css="empty alone"
        ),
    )
    ready = rx.cond(
        State.listing.is_payable,
        _steps(),
        rx.fragment(rx.el.div(rx.el.h1("Payer mes factures"), class_name="hello"), nothing),
    )
    return frame(
        "/paiement",
        rx.el.p(to("/factures", icon("back"), "Mes factures"), class_name="crumb"),
        rx.cond(State.done != "", _paid(), rx.cond(State.listing.ready, ready, awaited("Payer mes factures"))),
        Departure.create(url=State.leaving),
        narrow=True,
    )


def _steps() -> rx.Component:
    return rx.el.div(
        rx.el.h1("Payer mes factures"),
        steps.bar(STEPS, State.step),
        steps.panel(1, f"Étape 1 : {STEPS[0]}", State.step, State.moved, _choose()),
        steps.panel(2, f"Étape 2 : {STEPS[1]}", State.step, State.moved, _relire()),
        steps.panel(3, f"Étape 3 : {STEPS[2]}", State.step, State.moved, _pay()),
        class_name="stack",
    )


def _fault(step: int) -> rx.Component:
    return rx.cond(State.step == step, summary(State.fault))


def _choose() -> rx.Component:
    return form(
        _fault(1),
        rx.el.fieldset(
            rx.el.legend("Les factures à payer"),
            rx.foreach(State.listing.rows, _box),
        ),
        steps.ways(None, rx.el.button("Étape suivante", icon("forward"), type="submit", class_name="btn")),
        on_submit=State.review,
    )


def _box(row: rx.Var) -> rx.Component:
    name = f"{CHOSEN}{row.id}"
    chosen = (State.wanted == row.id) | ((State.wanted < 1) & (row.debit == ""))
    return rx.cond(
        row.is_payable,
        rx.el.div(
            rx.el.input(type="checkbox", name=name, default_checked=chosen, custom_attrs={"id": name}),
            rx.el.label(
                rx.el.b(row.left, class_name="sum"),
                f" · {row.month}, ",
                rx.el.span(row.number, class_name="nowrap"),
                rx.el.span(
                    rx.cond(State.listing.has_homes, f"Famille {row.family} · ", ""),
                    f"{row.regie} · ",
                    rx.cond(row.debit, row.debit, f"avant le {row.due}"),
                    class_name="under small muted",
                ),
                html_for=name,
            ),
            class_name="check line",
        ),
    )


def _relire() -> rx.Component:
    plan = State.plan
    return rx.el.div(
        _fault(2),
        rx.el.ul(rx.foreach(plan.rows, _line), class_name="plain"),
        rx.el.dl(
            rx.el.dt("Total à payer"),
            rx.el.dd(rx.el.b(plan.total, class_name="sum")),
            rx.el.dt("Au profit de"),
            rx.el.dd(plan.regie),
            rx.el.dt("Reçu envoyé à"),
            rx.el.dd(plan.email),
            class_name="lines",
        ),
        steps.ways(
            steps.go_back(State.go_back),
            rx.el.button("Étape suivante", icon("forward"), type="button", class_name="btn", on_click=State.go_on),
        ),
        class_name="stack",
    )


def _pending() -> rx.Component:
    """Rien n'empêche de payer quand même : c'est dit, et l'argent en trop ne se perd pas."""
    return rx.foreach(State.plan.pending, lambda said: rx.el.div(icon("hourglass"), rx.el.p(said), class_name="aside"))


def _line(row: rx.Var) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.b(row.month, class_name="under"),
            rx.el.span(row.number, class_name="small muted"),
        ),
        rx.el.b(row.left, class_name="sum"),
        class_name="spread",
    )


def _pay() -> rx.Component:
    plan = State.plan
    return form(
        _fault(3),
        _pending(),
        rx.el.fieldset(rx.el.legend("Comment payer"), rx.foreach(plan.means, _mean)),
        rx.cond(
            plan.can_debit,
            rx.el.p(
                "Pour les prochaines, vous pouvez aussi ne plus y penser : ",
                to("/prelevements", "payer par prélèvement"),
                ".",
                class_name="small",
            ),
        ),
        steps.ways(
            steps.go_back(State.go_back),
            rx.el.button(
                icon("euro"),
                rx.cond(State.busy, "Paiement en cours…", f"Payer {plan.total}"),
                type="submit",
                disabled=State.busy,
                class_name="btn",
                custom_attrs={"aria-busy": rx.cond(State.busy, "true", "false")},
            ),
        ),
        on_submit=State.pay,
    )


def _mean(one: rx.Var, rank: rx.Var[int]) -> rx.Component:
    field_id = f"moyen-{one.value}"
    after = rx.cond((one.value == "wallet") & one.is_open, f" Il y restera {State.plan.after}.", "")
    return rx.el.div(
        rx.el.input(
            type="radio",
            name="means",
            value=one.value,
            default_checked=(rank == 0) & one.is_open,
            disabled=~one.is_open,
            custom_attrs={"id": field_id},
        ),
        rx.el.label(one.label, rx.el.span(one.detail, after, class_name="under small muted"), html_for=field_id),
        class_name="check line",
    )


def _paid() -> rx.Component:
    return rx.el.div(
        FocusOnShow.create(rx.el.h1("Paiement reçu")),
        rx.el.section(
            rx.el.p(icon("check"), rx.el.span(State.plan.total, class_name="balance"), class_name="paid"),
            rx.el.p(State.done, role="status"),
            button_to("/factures", "Voir mes factures"),
            class_name="card pad stack",
            custom_attrs={"data-tone": "ok"},
        ),
        class_name="stack",
    )
