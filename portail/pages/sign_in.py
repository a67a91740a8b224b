"""La page « Connexion »."""

import reflex as rx

from portail.components.access import SignIn, already_here, get_account_box, sign_in_box
from portail.pages.chrome import HOME_OF_ME
from portail.pages.layout import frame
from portail.state.base import PortalState
from portail.state.sign_in import SignInState


def box() -> rx.Component:
    """La boîte de connexion, ou le chemin de son espace pour qui est déjà connecté."""
    return rx.cond(
        PortalState.me.signed_in, already_here(PortalState.me.first_name, HOME_OF_ME), sign_in_box(_wiring())
    )


def _wiring() -> SignIn:
    return SignIn(
        step=SignInState.step,
        error=SignInState.error,
        ticket=SignInState.ticket,
        next_path=SignInState.next_path,
        busy=SignInState.busy,
        on_password=SignInState.sign_in,
        on_code=SignInState.enter_code,
        on_back=SignInState.back,
    )


def draw() -> rx.Component:
    return frame(
        "/connexion",
        rx.el.div(rx.el.h1("Connexion"), class_name="hello"),
        rx.el.div(box(), get_account_box(), class_name="stack"),
        narrow=True,
    )
