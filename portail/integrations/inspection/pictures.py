"""Une image se réécrit point par point : ni position, ni date, ni appareil, ni rien de caché derrière elle."""

from io import BytesIO

from PIL import Image, ImageOps

from portail.domain.uploads import LONGEST_SIDE, MOST_PIXELS, Fault, FileKind
from portail.integrations.inspection.faults import FaultError

_FORMATS = {FileKind.JPEG: "JPEG", FileKind.PNG: "PNG", FileKind.HEIC: "HEIF"}
_QUALITY = 88


def rewrite(kind: FileKind, body: bytes) -> bytes:
    Image.MAX_IMAGE_PIXELS = None  # notre borne est plus basse, et s'applique avant d'ouvrir les points
    if kind is FileKind.HEIC:
        from pi_heif import register_heif_opener  # noqa: PLC0415 — facultative

        register_heif_opener()
    with Image.open(BytesIO(body), formats=(_FORMATS[kind],)) as image:
        if image.width * image.height > MOST_PIXELS:
            raise FaultError(Fault.TOO_LARGE)
        image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # un JPEG immense se lit directement plus petit
        upright = ImageOps.exif_transpose(image)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return _bare(upright, kind.kept_as)


def _bare(image: Image.Image, kind: FileKind) -> bytes:
    """Dans une image neuve : aucun bloc de l'ancienne ne suit."""
    mode = "RGBA" if kind is FileKind.PNG and image.has_transparency_data else "RGB"
    clean = Image.new(mode, image.size)
    clean.paste(image.convert(mode))
    written = BytesIO()
    if kind is FileKind.PNG:
        clean.save(written, "PNG")
    else:
        clean.save(written, "JPEG", quality=_QUALITY)
    return written.getvalue()
