"""Relancer à plusieurs : ce qui partirait à chaque niveau, le geste en deux temps, les lettres, les tournées."""

from dataclasses import dataclass

import reflex as rx

from portail.components import tables
from portail.components.forms import fold, form, gesture, submit
from portail.components.inputs import Input, tick
from portail.components.papers import download
from portail.components.tables import cell

LEVELS = ("Niveau", "Par courriel", "Sans adresse e-mail")
ROUNDS = ("Jour", "Comment", "Relances", "Parti", "Par")


@dataclass(frozen=True)
class Gestures:
    """Ce que la page sait faire, et si un geste est en cours."""

    remind_all: rx.EventHandler
    prepare_letters: rx.EventHandler
    busy: rx.Var[bool]


def everything(view: rx.Var, do: Gestures) -> rx.Component:
    return rx.el.section(
        rx.el.h2("Relancer tout ce qui est dû", id="tournee"),
        rx.el.p(
            "Une lettre par famille et par niveau, sauf ce qui sera prélevé ou est parti il y a moins de dix jours.",
            class_name="small muted",
        ),
        tables.read_only("Ce qui partirait, par niveau", LEVELS, rx.foreach(view.levels, lambda one: _level(one, do))),
        rx.cond(view.is_busy, rx.el.p("Une tournée est en cours.", custom_attrs={"role": "status"}), _mails(view, do)),
        class_name="card pad stack tight",
        aria_labelledby="tournee",
    )


def _level(one: rx.Var, do: Gestures) -> rx.Component:
    """Les lettres d'un niveau s'établissent d'un coup : une page par famille."""
    letters = fold(
        "Établir les lettres",
        rx.el.p("Ces relances seront notées comme faites ; le PDF à imprimer paraîtra plus bas.", class_name="small"),
        gesture(one.proposed, do.prepare_letters(one.value), do.busy, css="btn small"),
        about=f"Établir les lettres : {one.label}",
    )
    return rx.el.tr(
        cell("Niveau", rx.el.b(one.label)),
        cell("Par courriel", one.mails),
        cell("Sans adresse e-mail", rx.el.span(one.paper), rx.cond(one.silent > 0, letters)),
        key=f"niveau-{one.value}-{one.silent}",
    )


def _mails(view: rx.Var, do: Gestures) -> rx.Component:
    """En deux temps : ce qui partirait est dit, la dernière relance se coche."""
    asked = form(
        rx.cond(view.gentle, rx.el.p(f"Partiront par courriel : {view.gentle}.")),
        rx.cond(
            view.last,
            tick(Input("avec-la-derniere", "with_last", f"Envoyer aussi {view.last}, avant le Trésor public")),
        ),
        rx.cond(view.silent, rx.el.p(f"Restera à faire : {view.silent}.", class_name="small muted")),
        submit("Oui, relancer ces familles", do.busy, css="btn"),
        on_submit=do.remind_all,
    )
    return rx.cond(view.gentle.bool() | view.last.bool(), fold("Relancer par courriel", asked))


def rounds(view: rx.Var) -> rx.Component:
    return rx.cond(
        view.rounds.length() > 0,
        rx.el.section(
            rx.el.h2("Dernières relances", id="tournees"),
            tables.read_only("Dernières relances", ROUNDS, rx.foreach(view.rounds, _round)),
            class_name="card",
            aria_labelledby="tournees",
        ),
    )


def _round(one: rx.Var) -> rx.Component:
    return rx.el.tr(
        cell("Jour", rx.el.span(one.day, class_name="nowrap")),
        cell("Comment", one.way, rx.cond(one.href, download(one.href, f"Lettres du {one.day} (PDF)"))),
        cell("Relances", one.what),
        cell("Parti", one.sent, rx.cond(one.silent, rx.el.span(one.silent, class_name="under small muted"))),
        cell("Par", one.who),
    )
