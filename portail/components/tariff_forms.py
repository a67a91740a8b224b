"""Le formulaire d'une grille : sa date, sa méthode, ses prix des deux côtés, la fratrie et les majorations."""

import reflex as rx

from portail.components.forms import form, submit
from portail.components.household import summary
from portail.components.inputs import Input, choice, text
from portail.domain.tariff_forms import SIBLING_FIELDS, Side
from portail.domain.tariffs import TariffMethod

RANKS = dict(zip(SIBLING_FIELDS, ("2e enfant", "3e enfant", "4e enfant et les suivants"), strict=True))
CHANGE_HINT = "« 2,5 » : tous les prix montent de 2,5\u00a0% ; « -1 » : ils baissent ; 0 : copie identique."


def grid(state: type[rx.State], on_cancel: rx.EventHandler) -> rx.Component:
    """Changer de méthode cache des champs sans les vider : revenir en arrière ne perd rien."""
    return form(
        summary(state.fault),
        rx.el.div(
            _text(state, "valid_from", "Premier jour où la grille vaut", kind="date"),
            _method(state),
            class_name="grid",
        ),
        *[_shown_for(state, method, draw(state)) for method, draw in METHODS.items()],
        _adjusted(state, "late", "Majoration d’une réservation hors délais"),
        _adjusted(state, "unplanned", "Majoration d’une présence non prévue"),
        _siblings(state),
        rx.el.div(
            submit("Relire la grille", state.busy, css="btn"),
            rx.el.button("Annuler", type="button", class_name="btn quiet", on_click=on_cancel),
            class_name="after",
        ),
        on_submit=state.review,
    )


def copy(state: type[rx.State], since: rx.Var[str], on_cancel: rx.EventHandler) -> rx.Component:
    """De quoi faire une nouvelle grille d'une grille connue : un jour, un pourcentage."""
    rule = (
        "Chaque montant change d’autant, arrondi au centime : repas, garde, planchers, majorations et réductions en "
        "euros. Les majorations et réductions en pourcentage restent. Rien n’est enregistré avant votre relecture."
    )
    change = Input("copie-change", "change", "Changement des prix, en %", hint=CHANGE_HINT, mode="text")
    return form(
        rx.el.h3("Copier cette grille"),
        rx.el.p(since, class_name="muted"),
        summary(state.fault),
        rx.el.p(rule, class_name="muted small"),
        rx.el.div(
            text(
                Input("copie-valid_from", "valid_from", "Premier jour de la copie", "date"),
                state.typed["valid_from"],
                state.errors["valid_from"],
            ),
            text(change, state.typed["change"], state.errors["change"]),
            class_name="grid",
        ),
        rx.el.div(
            submit("Relire la copie", state.busy, css="btn"),
            rx.el.button("Annuler", type="button", class_name="btn quiet", on_click=on_cancel),
            class_name="after",
        ),
        on_submit=state.copy,
    )


def _text(
    state: type[rx.State], name: str | rx.Var[str], label: str, *, kind: str = "text", hint: str = ""
) -> rx.Component:
    spec = Input(f"grille-{name}", name, label, kind, hint=hint, mode="" if kind == "date" else "decimal")
    return text(spec, state.typed[name], state.errors[name])


def _method(state: type[rx.State]) -> rx.Component:
    return rx.el.div(
        rx.el.label("Comment le prix se calcule", html_for="grille-method"),
        rx.el.select(
            *[rx.el.option(one.label, value=one.value) for one in TariffMethod],
            name="method",
            value=state.method,
            on_change=state.shape,
            class_name="input",
            custom_attrs={"id": "grille-method"},
        ),
        class_name="field",
    )


def _shown_for(state: type[rx.State], method: TariffMethod, *fields: rx.Component) -> rx.Component:
    return rx.el.div(*fields, class_name="stack", custom_attrs={"hidden": state.method != method.value})


def _fixed(state: type[rx.State]) -> rx.Component:
    return rx.fragment(*[_group(side, _parts(state, side.value)) for side in Side])


def _parts(state: type[rx.State], stem: str, which: str = "") -> list[rx.Component]:
    return [
        _text(state, f"{stem}-meal", f"{which}Repas, en euros"),
        _text(state, f"{stem}-care", f"{which}Garde, en euros"),
    ]


def _group(side: Side, fields: list[rx.Component], hint: str = "") -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend(side.label),
        rx.el.p(hint, class_name="hint muted small") if hint else rx.fragment(),
        rx.el.div(*fields, class_name="grid"),
        class_name="deadline",
    )


def _effort(state: type[rx.State]) -> rx.Component:
    """Le prix est quotient × taux ; le repas et la garde s'y partagent comme dans le plafond."""
    hints = {
        Side.INSIDE: "Prix = quotient × taux, entre plancher et plafond. Repas et garde se partagent le prix comme "
        "ils se partagent le plafond.",
        Side.OUTSIDE: "Sans taux, tous paient le plafond.",
    }
    return rx.fragment(*[_group(side, _effort_fields(state, f"{side}-effort"), hints[side]) for side in Side])


def _effort_fields(state: type[rx.State], stem: str) -> list[rx.Component]:
    return [
        _text(state, f"{stem}-rate", "Taux d’effort, en %"),
        _text(state, f"{stem}-floor", "Plancher, en euros"),
        *_parts(state, stem, "Plafond · "),
    ]


def _brackets(state: type[rx.State]) -> rx.Component:
    rows = {Side.INSIDE: state.inside, Side.OUTSIDE: state.outside}
    return rx.fragment(*[_side_rows(state, side, listed) for side, listed in rows.items()])


def _side_rows(state: type[rx.State], side: Side, rows: rx.Var[list]) -> rx.Component:
    more = rx.el.button(
        "Ajouter une tranche",
        type="button",
        class_name="btn ghost small",
        aria_label=f"Ajouter une tranche : {side.label}",
        on_click=state.more(side.value),
    )
    return rx.el.fieldset(
        rx.el.legend(side.label),
        rx.el.p(
            "De 0 à l’infini, sans trou : la dernière tranche n’a pas de fin. Une ligne vide est retirée.",
            class_name="hint muted small",
        ),
        rx.foreach(rows, lambda row: _row(state, row)),
        more,
        class_name="deadline stack",
    )


def _row(state: type[rx.State], row: rx.Var) -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend(f"Tranche {row.number}"),
        rx.el.div(
            _text(state, row.first, "Quotient de"),
            _text(state, row.last, "à"),
            _text(state, row.meal, "Repas, en euros"),
            _text(state, row.care, "Garde, en euros"),
            class_name="bracket",
        ),
    )


METHODS = {TariffMethod.FIXED: _fixed, TariffMethod.BRACKETS: _brackets, TariffMethod.EFFORT: _effort}


def _adjusted(state: type[rx.State], name: str, label: str) -> rx.Component:
    return rx.el.div(
        _adjustment(state, f"{name}_method", label),
        _text(state, f"{name}_value", "Montant en euros, ou taux en %"),
        class_name="grid",
    )


def _adjustment(state: type[rx.State], name: str, label: str) -> rx.Component:
    spec = Input(f"grille-{name}", name, label)
    return choice(spec, state.file.adjustments, state.typed[name], state.errors[name], blank="-")


def _siblings(state: type[rx.State]) -> rx.Component:
    fields = [_text(state, f"sibling_{name}", label) for name, label in RANKS.items()]
    return rx.el.fieldset(
        rx.el.legend("Réduction de la fratrie"),
        rx.el.p(
            "Par rang parmi les enfants mineurs du dossier, du plus âgé au plus jeune. Vide avant un rang rempli : pas "
            "de réduction. Vide à la fin : comme le rang précédent.",
            class_name="hint muted small",
        ),
        rx.el.div(_adjustment(state, "sibling_method", "Sorte de réduction"), *fields, class_name="grid"),
        class_name="deadline",
    )
