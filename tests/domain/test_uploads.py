"""Les fichiers reçus : la sorte lue dans les octets, le nom nettoyé, la phrase de chaque refus."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portail.domain.uploads import (
    HEAVIEST,
    MOST_FILES,
    Fault,
    FileKind,
    FileRefusedError,
    NoRoomError,
    Upload,
    check_kind,
    check_room,
    clean_name,
    shown_name,
    sniff,
)

PDF, JPEG, PNG = b"%PDF-1.7\n...", b"\xff\xd8\xff\xe0....", b"\x89PNG\r\n\x1a\n...."


def heif(brand: bytes, *compatible: bytes) -> bytes:
    box = b"ftyp" + brand + b"\0\0\0\0" + b"".join(compatible)
    return (len(box) + 4).to_bytes(4, "big") + box + b"suite"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (PDF, FileKind.PDF),
        (JPEG, FileKind.JPEG),
        (PNG, FileKind.PNG),
        (heif(b"heic", b"mif1", b"heic"), FileKind.HEIC),
        (heif(b"mif1", b"mif1", b"heix"), FileKind.HEIC),
        (heif(b"heic"), FileKind.HEIC),
    ],
)
def test_the_first_bytes_say_the_kind(body: bytes, kind: FileKind) -> None:
    assert sniff(body) is kind


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"%PDF",
        b" %PDF-1.7",
        b"\xff\xd8",
        b"\x89PNG",
        b"GIF89a",
        b"PK\x03\x04 un document Word",
        b"\xd0\xcf\x11\xe0 un vieux document Word",
        b"MZ un programme",
        b"<html><script>alert(1)</script>",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"#!/bin/sh",
        b"RIFF....WEBP",
        b"II*\0 un TIFF",
        heif(b"avif", b"mif1"),
        heif(b"mif1", b"avif"),
        heif(b"isom", b"mp41", b"heic"),
        heif(b"heic")[:12],
        b"\0\0\0\0ftypheic",
        b"\xff\xff\xff\xffftypheic" + b"heic" * 20,
    ],
)
def test_anything_else_is_no_kind_at_all(body: bytes) -> None:
    assert sniff(body) is None


@pytest.mark.parametrize("start", [JPEG, PNG, heif(b"heic")])
def test_a_picture_that_is_a_paper_too_is_neither(start: bytes) -> None:
    assert sniff(start + b"%PDF-1.4") is None
    assert sniff(start + b"." * 2_000 + b"%PDF-1.4") is not None


@given(st.binary(max_size=200))
def test_no_bytes_ever_break_the_sniffing(body: bytes) -> None:
    assert sniff(body) in {None, *FileKind}


def fault_of(upload: Upload) -> Fault:
    with pytest.raises(FileRefusedError) as refusal:
        check_kind(upload)
    assert refusal.value.sentence.startswith("Fichier « ")
    return refusal.value.fault


def test_empty_and_too_heavy_are_refused_and_the_limit_passes() -> None:
    assert fault_of(Upload("vide.pdf", b"")) is Fault.EMPTY
    assert fault_of(Upload("lourd.pdf", PDF.ljust(HEAVIEST + 1, b"."))) is Fault.TOO_HEAVY
    assert check_kind(Upload("juste.pdf", PDF.ljust(HEAVIEST, b"."))) is FileKind.PDF


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("photo.jpg", PDF),
        ("facture.pdf", JPEG),
        ("facture.exe", PDF),
        ("facture.pdf.exe", PDF),
        ("page.html", JPEG),
        ("x.svg", PNG),
    ],
)
def test_a_name_that_lies_is_refused(name: str, body: bytes) -> None:
    assert fault_of(Upload(name, body)) is Fault.MISNAMED


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("photo.heic", JPEG),
        ("IMG_0001.JPG", heif(b"heic")),
        ("scan.jpeg", PNG),
        ("facture", PDF),
        ("Attestation 11.2026", PDF),
        ("", JPEG),
        (".pdf", PDF),
    ],
)
def test_a_photo_stays_a_photo_and_no_ending_says_nothing(name: str, body: bytes) -> None:
    assert check_kind(Upload(name, body))


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Attestation CAF.pdf", "Attestation CAF.pdf"),
        ("Pièce d’identité.PDF", "Pièce d’identité.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("..\\..\\windows\\facture.pdf", "facture.pdf"),
        ("/etc/", "document.pdf"),
        ("", "document.pdf"),
        ("...", "document.pdf"),
        (".pdf", "pdf.pdf"),
        ("fac\x00ture\r\n.pdf", "facture.pdf"),
        ("photo\u202efdp.exe", "photofdp.exe.pdf"),
        ("\u200b\ufeffa\u2066b.pdf", "ab.pdf"),
        ('a<b>:"c|d?*.pdf', "a b c d.pdf"),
        ("e\u0301te\u0301.pdf", "été.pdf"),
        ("nom . .pdf", "nom.pdf"),
        ("x" * 500 + ".pdf", "x" * 100 + ".pdf"),
        ("Attestation 11.2026", "Attestation 11.2026.pdf"),
    ],
)
def test_a_name_is_cleaned(name: str, kept: str) -> None:
    assert clean_name(name, FileKind.PDF) == kept


def test_a_heic_photo_takes_the_name_of_what_it_becomes() -> None:
    assert clean_name("IMG_0001.HEIC", FileKind.HEIC) == "IMG_0001.jpg"
    assert clean_name("photo.jpeg", FileKind.JPEG) == "photo.jpg"
    assert clean_name("photo.jpg", FileKind.PNG) == "photo.png"


@given(st.text(max_size=300), st.sampled_from(list(FileKind)))
def test_every_clean_name_is_harmless_and_cleaning_it_again_changes_nothing(name: str, kind: FileKind) -> None:
    kept = clean_name(name, kind)
    assert kept.endswith((".pdf", ".jpg", ".png"))
    assert 5 <= len(kept) <= 120
    assert not kept.startswith(".")
    assert not set(kept) & set('/\\<>:"|?*')
    assert not any(unicodedata.category(char)[0] == "C" for char in kept)
    assert clean_name(kept, kind.kept_as) == kept


@given(st.text(max_size=1_000))
def test_a_name_in_a_sentence_stays_short_and_on_one_line(name: str) -> None:
    assert len(shown_name(name)) <= 101
    assert "\n" not in shown_name(name)


@pytest.mark.parametrize("fault", list(Fault))
def test_every_refusal_says_what_to_do(fault: Fault) -> None:
    sentence = FileRefusedError("ma facture.pdf", fault).sentence
    assert sentence.startswith("Fichier « ma facture.pdf » : ")
    assert sentence.endswith(".")
    assert any(word in sentence for word in ("Choisissez", "Envoyez", "Enregistrez", "Ouvrez", "Vérifiez", "Imprimez"))


def test_five_documents_and_not_six() -> None:
    check_room(MOST_FILES)
    with pytest.raises(NoRoomError, match="Pas plus de 5 documents"):
        check_room(MOST_FILES + 1)
