"""Les fichiers reçus : ce qui est accepté, sous quel nom, et la phrase de chaque refus."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from portail.domain.refusals import RefusalError, spoken_wait

MEGABYTE = 1024 * 1024
HEAVIEST = 10 * MEGABYTE
MOST_FILES = 5
MOST_PIXELS = 64_000_000
LONGEST_SIDE = 4_096
LONGEST_STEM = 100
NAMELESS = "document"
_HEAD = 1024


class FileKind(StrEnum):
    """Ce que le portail garde ; la photo HEIC d'un téléphone est gardée en JPEG."""

    PDF = "application/pdf"
    JPEG = "image/jpeg"
    PNG = "image/png"
    HEIC = "image/heic"

    @property
    def label(self) -> str:
        return KIND_LABELS[self]

    @property
    def suffixes(self) -> frozenset[str]:
        """Les fins de nom qui disent vrai : une photo reste une photo, quelle que soit sa façon d'être écrite."""
        return frozenset({"pdf"}) if self is FileKind.PDF else _PICTURES

    @property
    def kept_as(self) -> "FileKind":
        return FileKind.JPEG if self is FileKind.HEIC else self


KIND_LABELS = {FileKind.PDF: "PDF", FileKind.JPEG: "Photo", FileKind.PNG: "Image", FileKind.HEIC: "Photo"}
KEPT_SUFFIX = {FileKind.PDF: "pdf", FileKind.JPEG: "jpg", FileKind.PNG: "png"}
_PICTURES = frozenset({"jpg", "jpeg", "jpe", "jfif", "png", "heic", "heif", "hif"})
_SIGNATURES = ((b"%PDF-", FileKind.PDF), (b"\xff\xd8\xff", FileKind.JPEG), (b"\x89PNG\r\n\x1a\n", FileKind.PNG))
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"})
_IMAGE_BRANDS = _HEIC_BRANDS | {b"mif1", b"msf1"}


class Fault(StrEnum):
    """Pourquoi un fichier n'est pas gardé ; chaque phrase dit aussi quoi faire."""

    EMPTY = "empty"
    TOO_HEAVY = "too_heavy"
    OTHER_KIND = "other_kind"
    HEIC = "heic"
    MISNAMED = "misnamed"
    DAMAGED = "damaged"
    PROTECTED = "protected"
    ACTIVE = "active"
    TOO_LARGE = "too_large"

    @property
    def label(self) -> str:
        return FAULT_LABELS[self]


FAULT_LABELS = {
    Fault.EMPTY: "ce fichier est vide. Choisissez-en un autre.",
    Fault.TOO_HEAVY: "ce fichier dépasse 10 Mo. Envoyez une photo moins lourde ou un PDF plus court.",
    Fault.OTHER_KIND: "ce n’est ni un PDF ni une photo (JPEG ou PNG). Enregistrez-le en PDF, ou photographiez-le.",
    Fault.HEIC: "cette photo est au format HEIC. Enregistrez-la en JPEG, ou prenez-la depuis cette page.",
    Fault.MISNAMED: "ce fichier n’est pas ce que son nom annonce. Ouvrez-le pour vérifier, puis enregistrez-le en PDF.",
    Fault.DAMAGED: "ce fichier est abîmé ou incomplet. Vérifiez qu’il s’ouvre chez vous, puis envoyez-le de nouveau.",
    Fault.PROTECTED: "ce PDF est protégé. Imprimez-le en PDF ou photographiez-le, puis envoyez cette copie.",
    Fault.ACTIVE: "ce PDF contient un programme. Imprimez-le en PDF ou photographiez-le, puis envoyez cette copie.",
    Fault.TOO_LARGE: "cette image a trop de points. Envoyez une photo ordinaire de votre téléphone.",
}


@dataclass(frozen=True)
class Upload:
    """Un fichier tel qu'il arrive : le nom que dit le navigateur, et ses octets."""

    name: str
    body: bytes


class FileRefusedError(RefusalError):
    def __init__(self, name: str, fault: Fault) -> None:
        super().__init__(f"Fichier « {shown_name(name)} » : {fault.label}")
        self.fault = fault


class FilesRefusedError(RefusalError):
    """Plusieurs fichiers, une phrase pour chacun ; rien n'est gardé."""

    def __init__(self, sentences: tuple[str, ...]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences


class TooManyFilesError(FilesRefusedError):
    def __init__(self) -> None:
        super().__init__((f"Pas plus de {MOST_FILES} fichiers à la fois. Envoyez les autres dans un second message.",))


class NoFileError(FilesRefusedError):
    def __init__(self) -> None:
        super().__init__(("Choisissez au moins un fichier.",))


class NoRoomError(FilesRefusedError):
    def __init__(self) -> None:
        super().__init__((f"Pas plus de {MOST_FILES} documents. Retirez-en un avant d’en ajouter un autre.",))


class TooManyUploadsError(RefusalError):
    def __init__(self, seconds: int) -> None:
        super().__init__(f"Vous avez envoyé beaucoup de fichiers. Réessayez dans {spoken_wait(seconds)}.")


def check_room(kept: int) -> None:
    if kept > MOST_FILES:
        raise NoRoomError


def check_weight(upload: Upload) -> None:
    if not upload.body:
        raise FileRefusedError(upload.name, Fault.EMPTY)
    if len(upload.body) > HEAVIEST:
        raise FileRefusedError(upload.name, Fault.TOO_HEAVY)


def check_kind(upload: Upload) -> FileKind:
    """La sorte, lue dans les octets et jamais crue sur parole ; le nom ne doit pas la démentir."""
    check_weight(upload)
    kind = sniff(upload.body)
    if kind is None:
        raise FileRefusedError(upload.name, Fault.OTHER_KIND)
    suffix = _split(_safe(upload.name))[1]
    if suffix and suffix not in kind.suffixes:
        raise FileRefusedError(upload.name, Fault.MISNAMED)
    return kind


def sniff(body: bytes) -> FileKind | None:
    """Rien d'autre que le début du fichier ne décide ; un début qui en annonce deux n'en est aucun."""
    kind = next((kind for mark, kind in _SIGNATURES if body.startswith(mark)), None) or _sniff_heic(body)
    if kind is not FileKind.PDF and b"%PDF-" in body[:_HEAD]:
        return None
    return kind


def _sniff_heic(body: bytes) -> FileKind | None:
    """La boîte « ftyp » dit ses marques ; AVIF et les vidéos ont les leurs."""
    size = int.from_bytes(body[:4], "big")
    if body[4:8] != b"ftyp" or not 16 <= size <= _HEAD or len(body) < size:  # noqa: PLR2004
        return None
    brands = {body[start : start + 4] for start in (8, *range(16, size - 3, 4))}
    return FileKind.HEIC if body[8:12] in _IMAGE_BRANDS and brands & _HEIC_BRANDS else None


def clean_name(name: str, kind: FileKind) -> str:
    """Un nom sans chemin, sans signe invisible ni réservé, à la fin qui dit vrai."""
    stem, suffix = _split(_safe(name))
    if suffix and suffix not in kind.suffixes:
        stem = f"{stem}.{suffix}"
    return f"{stem[:LONGEST_STEM].rstrip(' .') or NAMELESS}.{KEPT_SUFFIX[kind.kept_as]}"


def shown_name(name: str) -> str:
    """Le nom, bon à écrire dans une phrase."""
    safe = _safe(name)
    return safe if len(safe) <= LONGEST_STEM else f"{safe[:LONGEST_STEM]}…"


def _safe(name: str) -> str:
    last = re.split(r"[/\\]", name[-4 * LONGEST_STEM :])[-1]
    visible = "".join(char for char in unicodedata.normalize("NFC", last) if unicodedata.category(char)[0] != "C")
    spaced = " ".join(re.sub(r'[<>:"|?*]', " ", visible).split())
    return spaced.strip(" .") or NAMELESS


def _split(name: str) -> tuple[str, str]:
    """Le nom et sa fin ; « Attestation 11.2026 » n'en a pas, une fin compte une lettre au moins."""
    found = re.fullmatch(r"(.+)\.((?=[0-9]*[A-Za-z])[A-Za-z0-9]{1,8})", name)
    return (found[1].rstrip(" ."), found[2].lower()) if found else (name, "")
