"""Regarder un fichier : une image réécrite sans rien d'autre que ses points, un PDF sans danger, le reste refusé."""

import struct
import subprocess
import zlib
from importlib.util import cache_from_source
from io import BytesIO
from pathlib import Path
from types import ModuleType

import PIL
import pypdf
import pytest
from PIL import Image

from portail.domain.uploads import LONGEST_SIDE, MOST_PIXELS, Fault, FileKind, FileRefusedError, Upload
from portail.integrations.inspection import child, inspector
from portail.integrations.inspection.inspector import inspect
from tests.factories import uploads
from tests.factories.uploads import HEIC, SECRET


@pytest.mark.parametrize("library", [pypdf, PIL])
def test_its_libraries_are_compiled_at_installation(library: ModuleType) -> None:
    """Le processus à part n'écrit rien : il les compilerait de nouveau à chaque fichier."""
    assert Path(cache_from_source(str(library.__file__))).is_file()


def look(kind: FileKind, body: bytes) -> bytes | Fault:
    """Le même regard, sans le processus à part : ses bornes ont leurs tests."""
    status, answer = child.main(kind, body)
    return answer if status == 0 else Fault(answer.decode())


def opened(body: bytes) -> Image.Image:
    image = Image.open(BytesIO(body))
    image.load()
    return image


@pytest.mark.parametrize(
    ("upload", "kept"),
    [
        (Upload("a.pdf", uploads.pdf()), FileKind.PDF),
        (Upload("a.jpg", uploads.jpeg()), FileKind.JPEG),
        (Upload("a.png", uploads.png()), FileKind.PNG),
        (Upload("a.heic", HEIC), FileKind.JPEG),
    ],
    ids=["pdf", "jpeg", "png", "heic"],
)
def test_a_good_file_is_kept_as_what_it_is(upload: Upload, kept: FileKind) -> None:
    kind, body = inspect(upload)
    assert kind is kept
    assert body == upload.body if kind is FileKind.PDF else opened(body).format in {"JPEG", "PNG"}


def test_a_photo_loses_its_place_its_camera_and_its_comment_and_stands_upright() -> None:
    before = uploads.jpeg((64, 48))
    assert SECRET.encode() in before
    after = look(FileKind.JPEG, before)
    assert SECRET.encode() not in after
    assert b"Exif" not in after
    assert opened(after).size == (48, 64)
    assert dict(opened(after).getexif()) == {}


def test_a_heic_photo_becomes_a_jpeg_without_its_place() -> None:
    assert SECRET.encode() in HEIC
    after = look(FileKind.HEIC, HEIC)
    assert SECRET.encode() not in after
    assert (opened(after).format, opened(after).size) == ("JPEG", (64, 48))


def test_what_hides_behind_a_picture_does_not_follow() -> None:
    for kind, body in ((FileKind.JPEG, uploads.jpeg()), (FileKind.PNG, uploads.png())):
        assert b"PK\x03\x04" not in look(kind, body + b"PK\x03\x04 une archive cachee")


@pytest.mark.parametrize(("mode", "kept"), [("RGBA", "RGBA"), ("P", "RGB"), ("L", "RGB"), ("1", "RGB"), ("LA", "RGBA")])
def test_every_sort_of_png_passes(mode: str, kept: str) -> None:
    assert opened(look(FileKind.PNG, uploads.png(mode=mode))).mode == kept


def test_a_picture_in_print_colours_passes() -> None:
    body = BytesIO()
    Image.new("CMYK", (20, 20)).save(body, "JPEG")
    assert opened(look(FileKind.JPEG, body.getvalue())).mode == "RGB"


def test_an_immense_photo_is_brought_to_a_useful_size() -> None:
    body = BytesIO()
    Image.new("RGB", (6_000, 3_000)).save(body, "JPEG")
    assert max(opened(look(FileKind.JPEG, body.getvalue())).size) <= LONGEST_SIDE


def bomb(width: int, height: int) -> bytes:
    """Un PNG de quelques octets qui promet des milliards de points."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(("width", "height"), [(60_000, 60_000), (MOST_PIXELS + 1, 1), (8_001, 8_000)])
def test_a_decompression_bomb_is_refused_before_it_opens(width: int, height: int) -> None:
    assert look(FileKind.PNG, bomb(width, height)) is Fault.TOO_LARGE


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (FileKind.JPEG, uploads.jpeg((400, 300))),
        (FileKind.PNG, uploads.png((400, 300))),
        (FileKind.HEIC, HEIC),
        (FileKind.PDF, uploads.pdf()),
    ],
    ids=["jpeg", "png", "heic", "pdf"],
)
@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9])
def test_a_cut_file_is_refused(kind: FileKind, body: bytes, share: float) -> None:
    assert look(kind, body[: int(len(body) * share)]) is Fault.DAMAGED


@pytest.mark.parametrize("kind", list(FileKind))
def test_what_only_looks_like_its_kind_is_refused(kind: FileKind) -> None:
    heads = {FileKind.PDF: b"%PDF-1.7\n", FileKind.JPEG: b"\xff\xd8\xff\xe0", FileKind.PNG: b"\x89PNG\r\n\x1a\n"}
    assert look(kind, heads.get(kind, HEIC[:28]) + b"n'importe quoi " * 50 + b"%%EOF") is Fault.DAMAGED


@pytest.mark.parametrize("password", ["", "secret"])
def test_a_protected_paper_is_refused(password: str) -> None:
    assert look(FileKind.PDF, uploads.protected_pdf(password)) is Fault.PROTECTED


@pytest.mark.parametrize("action", ["/JavaScript", "/Launch", "/SubmitForm", "/ImportData"])
@pytest.mark.parametrize("nested", [False, True])
def test_a_paper_that_acts_is_refused(action: str, nested: bool) -> None:
    assert look(FileKind.PDF, uploads.pdf_with(action, nested=nested)) is Fault.ACTIVE


def test_a_name_written_otherwise_hides_nothing() -> None:
    body = uploads.pdf_with("/JavaScript").replace(b"/JavaScript", b"/J#61vaScript")
    assert b"/JavaScript" not in body
    assert look(FileKind.PDF, body) is Fault.ACTIVE


def test_a_paper_that_only_turns_to_a_page_passes() -> None:
    assert look(FileKind.PDF, uploads.pdf_with("/GoTo")) == b""
    assert look(FileKind.PDF, uploads.pdf(pages=12)) == b""


@pytest.mark.parametrize("tail", [b"PK\x05\x06" + b"\0" * 18, b"<script>alert(1)</script>", b"\xff\xd8\xff"])
def test_a_paper_followed_by_something_else_is_refused(tail: bytes) -> None:
    assert look(FileKind.PDF, uploads.pdf() + tail) is Fault.DAMAGED


def test_blank_lines_after_the_end_are_harmless() -> None:
    assert look(FileKind.PDF, uploads.pdf() + b"\r\n\n ") == b""


def test_a_paper_without_pages_is_refused() -> None:
    assert look(FileKind.PDF, uploads.pdf(pages=0)) is Fault.DAMAGED


def refused(upload: Upload) -> Fault:
    with pytest.raises(FileRefusedError) as refusal:
        inspect(upload)
    return refusal.value.fault


def test_the_fault_found_by_the_child_comes_back_with_the_name() -> None:
    with pytest.raises(FileRefusedError, match="ce PDF est protégé"):
        inspect(Upload("avis.pdf", uploads.protected_pdf()))


def test_without_its_library_a_heic_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspector, "find_spec", lambda _: None)
    assert refused(Upload("photo.heic", HEIC)) is Fault.HEIC


def test_a_child_that_lingers_or_dies_met_a_damaged_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def lingering(*args, **kwargs):
        raise subprocess.TimeoutExpired("enfant", inspector.SECONDS)

    monkeypatch.setattr(inspector.subprocess, "run", lingering)
    assert refused(uploads.good()) is Fault.DAMAGED
    monkeypatch.setattr(inspector.subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], -9, b"", b""))
    assert refused(uploads.good()) is Fault.DAMAGED


def test_the_child_sees_no_setting_and_no_more_than_two_run_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def noting(*_, **options):
        seen.append((options["env"], inspector._places._value))
        return subprocess.CompletedProcess([], 0, b"", b"")

    monkeypatch.setattr(inspector.subprocess, "run", noting)
    inspect(uploads.good())
    assert seen == [({}, inspector.AT_ONCE - 1)]
    assert inspector._places._value == inspector.AT_ONCE
