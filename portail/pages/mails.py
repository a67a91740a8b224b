"""Les courriels envoyés par le portail, pour l'administrateur : chercher, ouvrir, renvoyer."""

import reflex as rx

from portail.components import mailbox, tables
from portail.components.cards import bones, empty
from portail.components.native import FocusOnShow
from portail.pages.layout import frame
from portail.state.mails import MailsState


def draw() -> rx.Component:
    listing = MailsState.listing
    return frame(
        "/admin/courriels",
        rx.el.h1("Courriels"),
        rx.cond(
            listing.ready & listing.kept_only,
            rx.el.p(
                "Aucun serveur d’envoi n’est réglé : les courriels sont gardés ici et ne partent pas.",
                class_name="pill alert",
                custom_attrs={"data-tone": "warn"},
            ),
        ),
        mailbox.search(MailsState.search),
        rx.cond(MailsState.mail.id > 0, _opened()),
        rx.el.section(
            rx.el.h2("Liste des courriels", class_name="unseen"),
            rx.cond(listing.ready, _list(), rx.el.div(*bones("", 4), class_name="bones")),
            class_name="card",
        ),
    )


def _opened() -> rx.Component:
    mail = MailsState.mail
    return FocusOnShow.create(mailbox.opened(mail, MailsState.resend(mail.id), MailsState.close), key=mail.id)


def _list() -> rx.Component:
    listing = MailsState.listing
    nothing = empty("mail", "Aucun courriel", "Activations et réinitialisations paraîtront ici dès qu’elles partiront.")
    return rx.cond(
        listing.rows.length() > 0,
        rx.fragment(mailbox.table(listing.rows, MailsState.show), tables.pager(listing, MailsState.turn)),
        nothing,
    )
