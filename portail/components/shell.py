"""Le cadre dessiné autour d'une page : marque de la commune, menus, pied, message du moment."""

from dataclasses import dataclass

import reflex as rx

from portail.components.icons import icon
from portail.components.links import plain, to


@dataclass(frozen=True)
class Item:
    """Un lien de menu."""

    href: str
    label: str
    icon: str
    here: bool = False


def _mark(item: Item) -> dict[str, str]:
    return {"aria_current": "page"} if item.here else {}


def skip_link() -> rx.Component:
    return plain("#contenu", "Aller au contenu", css="skip")


def brand(town: str, href: str, subtitle: str) -> rx.Component:
    """Le logo et le nom ; l'image se tait, le nom est écrit à côté."""
    return to(
        href,
        rx.el.img(src="/ville/logo", alt="", custom_attrs={"width": "42", "height": "42"}),
        rx.el.span(rx.el.b(town), rx.el.span(subtitle, class_name="small muted sub")),
        css="brand",
    )


def inline_links(items: tuple[Item, ...], css: str) -> list[rx.Component]:
    return [to(item.href, item.label, css=css, **_mark(item)) for item in items]


def tabs(items: tuple[Item, ...]) -> rx.Component:
    links = [rx.el.li(to(item.href, item.label, **_mark(item))) for item in items]
    return rx.el.nav(rx.el.ul(*links), class_name="tabs wide", aria_label="Rubriques")


def bottom_bar(items: tuple[Item, ...]) -> rx.Component:
    """La barre du pouce, sur téléphone."""
    links = [rx.el.li(to(item.href, icon(item.icon), rx.el.span(item.label), **_mark(item))) for item in items]
    return rx.el.nav(rx.el.ul(*links), class_name="bar", aria_label="Rubriques principales")


def menu_link(item: Item) -> rx.Component:
    return rx.el.li(to(item.href, icon(item.icon), item.label, **_mark(item)))


def menu(links: list[rx.Component]) -> rx.Component:
    """Le menu qui se déplie, sans script : un élément natif, ouvert au clavier comme au doigt."""
    return rx.el.details(
        rx.el.summary(icon("menu"), rx.el.span("Menu", class_name="unseen")),
        rx.el.ul(*links, class_name="sheet"),
        class_name="menu phone",
    )


def footer(items: tuple[Item, ...], town: str) -> rx.Component:
    links = [rx.el.li(to(item.href, item.label, **_mark(item))) for item in items]
    return rx.el.footer(
        rx.el.div(
            rx.el.nav(rx.el.ul(*links), aria_label="Informations sur le site"),
            rx.el.p(town),
            class_name="in",
        ),
        class_name="foot",
    )


def notice(message: rx.Var[str], tone: rx.Var[str], reference: rx.Var[str], on_close: rx.EventHandler) -> rx.Component:
    """La seule région qui annonce confirmations et refus ; elle existe toujours, vide ou non."""
    return rx.el.div(
        rx.cond(
            message,
            rx.el.div(
                rx.match(tone, ("ok", icon("check")), ("err", icon("alert")), icon("info")),
                rx.el.p(
                    message,
                    rx.cond(reference, rx.el.small("Référence de l’incident : ", reference)),
                    class_name="words",
                ),
                rx.el.button(
                    icon("close"), type="button", class_name="closer", aria_label="Fermer le message", on_click=on_close
                ),
                class_name="say",
                custom_attrs={"data-tone": tone},
            ),
        ),
        class_name="notice",
        role="status",
        custom_attrs={"aria-live": "polite"},
    )


def back_link(href: str, label: str) -> rx.Component:
    return rx.el.p(to(href, icon("back"), label), class_name="crumb")
