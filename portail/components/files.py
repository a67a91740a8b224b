"""Joindre des fichiers, et les montrer : formulaire à progression, choix, liste des pièces."""

from dataclasses import dataclass

import reflex as rx

from portail.components.icons import icon
from portail.components.links import plain
from portail.components.native import FocusOnShow
from portail.domain.uploads import HEAVIEST, MOST_FILES, Fault, FileRefusedError, TooManyFilesError

LIBRARY = f"$/public{rx.asset('files.jsx', shared=True)}"
HINT = f"PDF ou photo, 10 Mo au plus chacun, {MOST_FILES} fichiers au plus."


class SendForm(rx.Component):
    """Un formulaire envoyé par sa propre route ; `on_refused` reçoit la phrase du texte et celles des fichiers."""

    library = LIBRARY
    tag = "SendForm"
    action: rx.Var[str]
    heaviest: rx.Var[int]
    most: rx.Var[int]
    too_heavy: rx.Var[str]
    too_many: rx.Var[str]
    on_sent: rx.EventHandler[rx.event.no_args_event_spec]
    on_refused: rx.EventHandler[rx.event.passthrough_event_spec(str, str)]


class FilePicker(rx.Component):
    library = LIBRARY
    tag = "FilePicker"
    name: rx.Var[str]
    accept: rx.Var[str]
    multiple: rx.Var[bool]


@dataclass(frozen=True)
class Refusal:
    """Ce que la route a refusé : une phrase pour le texte, une par fichier."""

    text: rx.Var[str] | str
    files: rx.Var[str]


def send_form(
    *children: rx.Component, action: str | rx.Var[str], on_sent: rx.EventHandler, on_refused: rx.EventHandler
) -> rx.Component:
    return SendForm.create(
        *children,
        action=action,
        heaviest=HEAVIEST,
        most=MOST_FILES,
        too_heavy=FileRefusedError("{name}", Fault.TOO_HEAVY).sentence,
        too_many=TooManyFilesError().sentence,
        on_sent=on_sent,
        on_refused=on_refused,
        class_name="form",
    )


def problems(refusal: Refusal, box_id: str, text_id: str, files_id: str) -> rx.Component:
    """Le résumé des refus : il prend le focus, se fait lire, et mène à chaque champ."""
    return rx.cond(
        (refusal.text != "") | (refusal.files != ""),
        FocusOnShow.create(
            icon("alert"),
            rx.el.div(
                rx.cond(refusal.text, rx.el.p(plain(f"#{text_id}", refusal.text))),
                rx.cond(refusal.files, rx.el.p(plain(f"#{files_id}", refusal.files), class_name="said")),
                id=box_id,
            ),
            class_name="errors",
            custom_attrs={"role": "alert"},
        ),
    )


def picker(field_id: str, label: str, accept: rx.Var[str], refusal: Refusal) -> rx.Component:
    described = f"{field_id}-aide {field_id}-faute"
    return rx.el.div(
        rx.el.label(label, html_for=field_id),
        rx.el.p(HINT, id=f"{field_id}-aide", class_name="hint"),
        FilePicker.create(
            name="files",
            accept=accept,
            multiple=True,
            class_name="input files",
            custom_attrs={
                "id": field_id,
                "aria-invalid": rx.cond(refusal.files, "true", "false"),
                "aria-describedby": described,
            },
        ),
        rx.el.p(
            rx.cond(refusal.files, rx.fragment(icon("alert"), refusal.files)),
            class_name="wrong said",
            id=f"{field_id}-faute",
        ),
        class_name="field",
    )


def pieces(lines: rx.Var[list], on_remove: rx.EventHandler | None = None) -> rx.Component:
    """Les pièces, chacune avec de quoi la télécharger, et la retirer tant que c'est possible."""
    return rx.el.ul(rx.foreach(lines, lambda one: _piece(one, on_remove)), class_name="ledger pieces")


def _piece(one: rx.Var, on_remove: rx.EventHandler | None) -> rx.Component:
    inside = rx.el.span(icon("lock"), "entre agents", class_name="pill", custom_attrs={"data-tone": "warn"})
    remove = rx.fragment()
    if on_remove is not None:
        remove = rx.cond(
            one.can_remove,
            rx.el.button(
                "Retirer",
                type="button",
                class_name="btn quiet small",
                aria_label=f"Retirer {one.name}",
                on_click=on_remove(one.id),
            ),
        )
    return rx.el.li(
        icon("document"),
        rx.el.div(
            plain(one.href, one.name, css="lost", download=True, aria_label=f"Télécharger {one.name}"),
            rx.el.span(one.detail, class_name="under small muted"),
            rx.cond(one.internal, inside),
            class_name="t",
        ),
        remove,
    )
