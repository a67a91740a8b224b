"""Contraste des couleurs : une couleur de ville trop pâle est assombrie jusqu'à se lire."""

READABLE = 4.5


def _channels(color: str) -> tuple[float, float, float]:
    raw = color.lstrip("#")
    return tuple(int(raw[i : i + 2], 16) / 255 for i in (0, 2, 4))  # type: ignore[return-value]


def luminance(color: str) -> float:
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in _channels(color))  # noqa: PLR2004
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def mix(color: str, other: str, share: float) -> str:
    """`share` de `other` dans `color`."""
    pairs = zip(_channels(color), _channels(other), strict=True)
    return "#" + "".join(f"{round((a * (1 - share) + b * share) * 255):02X}" for a, b in pairs)


def readable_on(background: str, color: str, *, toward: str, wanted: float = READABLE) -> str:
    """`color`, poussée vers `toward` (noir ou blanc) jusqu'au contraste voulu sur `background`."""
    share = 0.0
    while contrast(background, mix(color, toward, share)) < wanted and share < 1:
        share = min(1.0, share + 0.02)
    return mix(color, toward, share)
