"""Les courriels : un gabarit par occasion, en texte et en HTML, à l'identité de la commune."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from portail.settings import current


@dataclass(frozen=True)
class Message:
    """Ce qu'un courriel dit : des paragraphes, et un lien qui mène droit au sujet."""

    subject: str
    paragraphs: tuple[str, ...]
    action: str = ""
    url: str = ""
    closing: str = ""


@lru_cache(maxsize=1)
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(message: Message) -> tuple[str, str]:
    """Les deux corps : texte, HTML."""
    settings = current()
    context = {
        "m": message,
        "town": settings.town_name,
        "color": settings.town_color,
        "phone": settings.town_phone,
        "site": settings.site_url,
    }
    return _templates().get_template("letter.txt").render(context), _templates().get_template("letter.html").render(
        context
    )
