"""« Garde de Jade » : le mois en deux couleurs, le rythme en mots, proposer un changement (ou le régler)."""

import reflex as rx

from portail.components import custody as draw_custody
from portail.components import custody_forms as forms
from portail.components.cards import bones, empty
from portail.components.chooser import other_child
from portail.components.custody_forms import Trouble
from portail.components.links import button_to
from portail.components.shell import back_link
from portail.pages.layout import frame
from portail.state.chooser import ChooserState
from portail.state.custody import AgentCustodyState, CustodyState, FamilyCustodyState

VIEW = CustodyState.custody
PATTERN_TROUBLE = Trouble(CustodyState.pattern_error, CustodyState.pattern_field)
EXCEPTION_TROUBLE = Trouble(CustodyState.exception_error, CustodyState.exception_field)


def draw() -> rx.Component:
    return frame(
        "/dossier/enfants/[child_id]/garde",
        back_link("/dossier", "Ma famille"),
        other_child(ChooserState.chooser, ChooserState.go),
        _title("Chez qui est l’enfant, jour par jour."),
        _once_ready(
            _single(
                "Pour cela, l’autre parent ouvre son dossier, puis le service enfance fait le lien.",
                button_to("/contact", "Contacter le service", css="btn ghost"),
            ),
            draw_custody.calendar(VIEW, FamilyCustodyState.turn),
            draw_custody.patterns(VIEW),
            draw_custody.exceptions(VIEW),
            rx.cond(VIEW.can_propose, _propose()),
            draw_custody.proposals(VIEW),
        ),
    )


def draw_staff() -> rx.Component:
    return frame(
        "/admin/enfants/[child_id]/garde",
        _title("Le calendrier que les deux foyers voient, et qui décide des réservations."),
        _once_ready(
            _single("Rattachez-le d’abord au second dossier.", button_to("/admin", "Tableau de bord", css="btn ghost")),
            draw_custody.calendar(VIEW, AgentCustodyState.turn),
            draw_custody.patterns(VIEW, _pattern_to_end),
            draw_custody.exceptions(VIEW, AgentCustodyState.remove_exception),
            _settle(),
            draw_custody.proposals(VIEW),
        ),
    )


def _title(words: str) -> rx.Component:
    name = rx.cond(VIEW.first_name, f"Garde de {VIEW.first_name}", "Garde d’un enfant")
    return rx.el.div(rx.el.div(rx.el.h1(name), rx.el.p(words, class_name="muted")), class_name="hello")


def _once_ready(single: rx.Component, calendar: rx.Component, *rest: rx.Component) -> rx.Component:
    waiting = rx.el.div(*bones("familybone", 2), class_name="stack")
    shared = rx.el.div(calendar, rx.el.div(*rest, class_name="stack"), class_name="two")
    return rx.cond(VIEW.ready, rx.cond(VIEW.shared, shared, single), waiting)


def _single(next_step: str, way: rx.Component) -> rx.Component:
    why = f"Le calendrier paraîtra ici quand l’enfant sera rattaché au dossier de son autre parent. {next_step}"
    return rx.el.div(
        empty("calendar", "Un seul foyer, pas de garde à partager", why, css="empty alone"), way, class_name="stack"
    )


def _propose() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Proposer un changement", id="proposer"),
        rx.el.p(
            "Rien ne change tant que le service enfance n’a pas accepté. L’autre parent voit votre proposition.",
            class_name="muted",
        ),
        _unfolding(
            "Quelques jours d’exception",
            forms.exception_form(
                VIEW, EXCEPTION_TROUBLE, CustodyState.busy, FamilyCustodyState.propose_exception, "Proposer ces jours"
            ),
        ),
        _unfolding(
            "Un nouveau rythme",
            forms.pattern_form(
                VIEW, PATTERN_TROUBLE, CustodyState.busy, FamilyCustodyState.propose_pattern, "Proposer ce rythme"
            ),
        ),
        class_name="card pad stack",
        aria_labelledby="proposer",
    )


def _settle() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Régler la garde", id="regler"),
        rx.el.p(
            "Effet immédiat ; les parents des deux foyers reçoivent un courriel. "
            "Un rythme sans fin s’arrête de lui-même la veille du suivant.",
            class_name="muted",
        ),
        _unfolding(
            "Un nouveau rythme",
            forms.pattern_form(
                VIEW, PATTERN_TROUBLE, CustodyState.busy, AgentCustodyState.settle_pattern, "Régler ce rythme"
            ),
        ),
        _unfolding(
            "Quelques jours d’exception",
            forms.exception_form(
                VIEW, EXCEPTION_TROUBLE, CustodyState.busy, AgentCustodyState.add_exception, "Ajouter cette exception"
            ),
        ),
        class_name="card pad stack",
        aria_labelledby="regler",
    )


def _unfolding(label: str, content: rx.Component) -> rx.Component:
    """Un envoi réussi replie et vide le formulaire : sa clé change."""
    return rx.el.details(rx.el.summary(label, class_name="lost"), content, key=f"{label}-{CustodyState.sent}")


def _pattern_to_end(one: rx.Var) -> rx.Component:
    ending = forms.end_form(one, AgentCustodyState.end_error, AgentCustodyState.ending, AgentCustodyState.end_pattern)
    return draw_custody.pattern(one, rx.cond(one.can_end, ending))
