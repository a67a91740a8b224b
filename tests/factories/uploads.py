"""Des fichiers de toutes sortes, faits sur le moment : bons, coupés, protégés, piégés."""

from io import BytesIO
from pathlib import Path

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject

from portail.domain.uploads import Upload

HEIC = (Path(__file__).parents[1] / "integrations" / "samples" / "photo.heic").read_bytes()
SECRET = "Telephone-Secret"


def pdf(title: str = "Justificatif", pages: int = 1) -> bytes:
    writer = _writer(pages)
    writer.add_metadata({"/Title": title})
    return _written(writer)


def protected_pdf(password: str = "") -> bytes:
    writer = _writer()
    writer.encrypt(password, "proprietaire", algorithm="AES-256")
    return _written(writer)


def pdf_with(action: str, *, packed: bool = False, nested: bool = False) -> bytes:
    """Un PDF dont l'ouverture, ou un objet que rien ne désigne, déclenche cette action."""
    writer = _writer()
    command = DictionaryObject({NameObject("/S"): NameObject(action), NameObject("/F"): TextStringObject("calc.exe")})
    if nested:
        writer._add_object(ArrayObject([ArrayObject([command])]))
    else:
        writer._root_object[NameObject("/OpenAction")] = command
    if packed:
        writer.compress_identical_objects()
    return _written(writer)


def jpeg(size: tuple[int, int] = (64, 48), color: str = "teal") -> bytes:
    """Une photo qui dit où elle a été prise, et par quoi."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = SECRET, 6  # marque de l'appareil ; à tourner d'un quart
    exif.get_ifd(0x8825)[1] = "N"
    body = BytesIO()
    Image.new("RGB", size, color).save(body, "JPEG", exif=exif, comment=SECRET.encode())
    return body.getvalue()


def png(size: tuple[int, int] = (40, 30), mode: str = "RGBA") -> bytes:
    body = BytesIO()
    Image.new(mode, size, 0).save(body, "PNG")
    return body.getvalue()


def good(name: str = "justificatif.pdf", title: str = "Justificatif") -> Upload:
    return Upload(name, pdf(title))


def photo(name: str = "photo.jpg", color: str = "teal") -> Upload:
    return Upload(name, jpeg(color=color))


def _writer(pages: int = 1) -> PdfWriter:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(200, 200)
    return writer


def _written(writer: PdfWriter) -> bytes:
    body = BytesIO()
    writer.write(body)
    return body.getvalue()
