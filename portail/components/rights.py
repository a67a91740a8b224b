"""Les droits d'un adulte : des cases qui disent ce qu'elles ouvrent, ou leur lecture."""

import reflex as rx

from portail.components.forms import problem
from portail.components.icons import icon


def family(
    home: rx.Var, faulty: rx.Var[int], fault: rx.Var[str], redrawn: rx.Var[int], on_save: rx.EventHandler
) -> rx.Component:
    """Les adultes d'un dossier ; le refus reste sur la carte de l'adulte concerné."""

    def adult(one: rx.Var) -> rx.Component:
        error = rx.cond(faulty == one.guardian_id, fault, "")
        return rx.el.li(
            rx.cond(home.can_change, _form(one, error, redrawn, on_save), _read(one)), class_name="card pad rights"
        )

    return rx.el.section(
        rx.el.div(
            rx.el.h2(f"Famille {home.name}"),
            rx.el.span(f"Dossier n° {home.number}", class_name="pill"),
            class_name="spread",
        ),
        rx.cond(
            home.can_change,
            rx.fragment(),
            rx.el.p("Un autre responsable du dossier, ou la mairie, peut changer ces droits.", class_name="muted"),
        ),
        rx.cond(
            home.adults.length() == 1,
            rx.el.p("Vous êtes le seul adulte de ce dossier à avoir un compte.", class_name="muted"),
        ),
        rx.el.ul(rx.foreach(home.adults, adult), class_name="people"),
        class_name="stack household",
    )


def _who(one: rx.Var) -> list[rx.Component | rx.Var]:
    return [
        one.full_name,
        rx.el.span(one.role, rx.cond(one.is_me, ", vous", ""), class_name="under small muted"),
    ]


def _form(one: rx.Var, error: rx.Var[str], redrawn: rx.Var[int], on_save: rx.EventHandler) -> rx.Component:
    return rx.el.form(
        problem(error, f"droits-erreur-{one.guardian_id}", f"can_edit-{one.guardian_id}"),
        rx.el.input(type="hidden", name="guardian_id", value=one.guardian_id.to_string()),
        rx.el.input(type="hidden", name="seen", value=one.seen),
        rx.el.fieldset(
            rx.el.legend(*_who(one)),
            rx.foreach(one.rights, lambda tick: _tick(tick, one.guardian_id)),
        ),
        rx.el.button(
            "Enregistrer",
            type="submit",
            class_name="btn small",
            aria_label=f"Enregistrer les droits de {one.full_name}",
        ),
        on_submit=on_save,
        method="post",
        key=f"{one.guardian_id}-{redrawn}",
    )


def _tick(tick: rx.Var, guardian_id: rx.Var[int]) -> rx.Component:
    """Une case éteinte ne s'envoie pas : ce qui est tenu et ne se change pas part dans un champ caché."""
    field_id = f"{tick.name}-{guardian_id}"
    box = rx.el.input(
        name=tick.name,
        type="checkbox",
        default_checked=tick.held,
        disabled=~tick.can_set,
        custom_attrs={"id": field_id, "aria-describedby": f"{field_id}-detail"},
    )
    kept = rx.cond(tick.held & ~tick.can_set, rx.el.input(type="hidden", name=tick.name, value="on"))
    detail = rx.el.span(tick.detail, id=f"{field_id}-detail", class_name="under small muted")
    return rx.el.div(box, rx.el.div(rx.el.label(tick.label, html_for=field_id), detail), kept, class_name="check right")


def _read(one: rx.Var) -> rx.Component:
    return rx.el.div(
        rx.el.h3(*_who(one)), rx.el.ul(rx.foreach(one.rights, _line), class_name="ledger"), class_name="stack tight"
    )


def _line(tick: rx.Var) -> rx.Component:
    given = rx.el.span(icon("check"), "Oui", class_name="pill", custom_attrs={"data-tone": "ok"})
    refused = rx.el.span(icon("close"), "Non", class_name="pill")
    return rx.el.li(rx.el.span(tick.label, class_name="t"), rx.cond(tick.held, given, refused))
