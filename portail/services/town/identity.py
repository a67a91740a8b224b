"""L'identité de la commune : couleurs lisibles à coup sûr, logo."""

from portail.domain.colors import contrast, mix, readable_on
from portail.settings import ROOT, current

WHITE, BLACK, NIGHT = "#FFFFFF", "#000000", "#1C1F28"


def stylesheet() -> str:
    """Les variables de couleur, claires et sombres, tirées des deux couleurs de la commune."""
    settings = current()
    town = readable_on(WHITE, settings.town_color, toward=BLACK)
    accent = readable_on(WHITE, settings.town_accent, toward=BLACK)
    light = {"town": town, "town-ink": WHITE, "town-2": accent, "town-soft": mix(town, WHITE, 0.9)}
    night = readable_on(NIGHT, settings.town_color, toward=WHITE, wanted=6)
    dark = {
        "town": night,
        "town-ink": "#10131A",
        "town-2": readable_on(NIGHT, settings.town_accent, toward=WHITE, wanted=6),
        "town-soft": mix(NIGHT, night, 0.14),
    }
    return f":root{{{_block(light)}}}\n@media (prefers-color-scheme: dark){{:root{{{_block(dark)}}}}}\n"


def warnings() -> list[str]:
    """Ce que l'administrateur doit savoir de ses couleurs."""
    settings = current()
    pairs = (("PORTAIL_TOWN_COLOR", settings.town_color), ("PORTAIL_TOWN_ACCENT", settings.town_accent))
    return [
        f"{name} : {color} manque de contraste sur le blanc ({contrast(WHITE, color):.1f} pour 4,5) ; "
        f"elle est assombrie en {readable_on(WHITE, color, toward=BLACK)}."
        for name, color in pairs
        if contrast(WHITE, color) < 4.5  # noqa: PLR2004
    ]


def logo() -> tuple[bytes, str]:
    path = current().town_logo or ROOT / "assets" / "logo.svg"
    kind = "image/svg+xml" if path.suffix.lower() == ".svg" else "image/png"
    return path.read_bytes(), kind


def _block(variables: dict[str, str]) -> str:
    return ";".join(f"--{name}:{value}" for name, value in variables.items())
