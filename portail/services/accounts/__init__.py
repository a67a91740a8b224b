"""Les comptes : les ouvrir, y entrer, les garder, les fermer."""

from portail.services.accounts.account import (
    NewAccount,
    change_password,
    create,
    create_admin,
    invite,
    me,
    move_to,
    normalise_email,
    password_changed_message,
    set_password,
    show,
    username_at,
    wants,
)

__all__ = [
    "NewAccount",
    "change_password",
    "create",
    "create_admin",
    "invite",
    "me",
    "move_to",
    "normalise_email",
    "password_changed_message",
    "set_password",
    "show",
    "username_at",
    "wants",
]
