"""« Comptes » : ouvrir, chercher, dépanner les comptes des familles et des agents."""

import reflex as rx

from portail.components import account_file, account_list, invite_parts
from portail.components.cards import bones, empty
from portail.components.native import FocusOnShow
from portail.components.tables import pager
from portail.pages.layout import frame
from portail.state.account_desk import AccountDeskState
from portail.state.base import PortalState
from portail.state.invitations import InvitationState


def draw() -> rx.Component:
    listing = AccountDeskState.listing
    return frame(
        "/admin/comptes",
        rx.el.div(rx.el.h1("Comptes"), _openers(), class_name="hello"),
        rx.match(InvitationState.panel, ("parent", _parent()), ("staff", _staff()), rx.fragment()),
        account_list.search(AccountDeskState.search),
        rx.cond(AccountDeskState.opened.id > 0, _opened()),
        rx.el.section(
            rx.el.h2("Liste des comptes", class_name="unseen"),
            rx.cond(listing.ready, _list(), rx.el.div(*bones("", 4), class_name="bones")),
            class_name="card",
        ),
    )


def _openers() -> rx.Component:
    return rx.el.div(
        rx.el.button("Ouvrir un compte parent", type="button", class_name="btn", on_click=InvitationState.start_parent),
        rx.cond(
            PortalState.me.is_admin,
            rx.el.button(
                "Ouvrir un compte d’agent",
                type="button",
                class_name="btn ghost",
                on_click=InvitationState.start_staff,
            ),
        ),
        class_name="after",
    )


def _parent() -> rx.Component:
    family, error = InvitationState.family, InvitationState.invite_error
    return _panel(
        "Ouvrir un compte parent",
        rx.cond(
            family.id > 0,
            invite_parts.parent(family, error, InvitationState.busy, InvitationState.invite_parent(family.id)),
            invite_parts.find(error, InvitationState.find_family),
        ),
    )


def _staff() -> rx.Component:
    return _panel(
        "Ouvrir un compte d’agent",
        invite_parts.staff(InvitationState.invite_error, InvitationState.busy, InvitationState.invite_staff),
    )


def _panel(title: str, content: rx.Component) -> rx.Component:
    return FocusOnShow.create(
        rx.el.section(
            rx.el.h2(title),
            content,
            rx.el.p(rx.el.button("Annuler", type="button", class_name="btn quiet", on_click=InvitationState.cancel)),
            class_name="card pad stack invite",
        ),
    )


def _opened() -> rx.Component:
    state = AccountDeskState
    work = account_file.Work(
        account=state.opened,
        error=state.error,
        refused=state.refused,
        given_password=state.given_password,
        busy=state.busy,
        resend=state.resend,
        issue_password=state.issue_password,
        forget_password=state.forget_password,
        close=state.close_account,
        reopen=state.reopen_account,
        change_role=state.change_role,
        set_rights=state.save_rights,
        hide=state.hide,
    )
    return FocusOnShow.create(account_file.opened(work), key=state.opened.id)


def _list() -> rx.Component:
    listing = AccountDeskState.listing
    nothing = empty("users", "Aucun compte", "Aucun compte ne répond à cette recherche. Essayez avec moins de mots.")
    return rx.cond(
        listing.rows.length() > 0,
        rx.fragment(account_list.table(listing.rows, AccountDeskState.show), pager(listing, AccountDeskState.turn)),
        nothing,
    )
