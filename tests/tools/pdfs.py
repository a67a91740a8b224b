"""Lire un PDF comme le ferait un lecteur d'écran : texte, balises, langue, titre, polices."""

from io import BytesIO
from typing import Any

from pypdf import PdfReader
from pypdf.generic import IndirectObject


def opened(body: bytes) -> PdfReader:
    return PdfReader(BytesIO(body))


def text_of(body: bytes) -> str:
    return "\n".join(page.extract_text() for page in opened(body).pages)


def tags_of(body: bytes) -> set[str]:
    """Les balises de structure employées : H1, Table, TH, Figure…"""
    found: set[str] = set()

    def walk(node: Any) -> None:
        node = node.get_object() if isinstance(node, IndirectObject) else node
        if isinstance(node, list):
            for child in node:
                walk(child)
        elif isinstance(node, dict):
            if "/S" in node:
                found.add(str(node["/S"]))
            if "/K" in node:
                walk(node["/K"])

    walk(opened(body).trailer["/Root"]["/StructTreeRoot"])
    return {name.lstrip("/") for name in found}


def fonts_of(body: bytes) -> list[dict[str, Any]]:
    """Le descripteur de chaque police employée."""
    fonts = [font for page in opened(body).pages for font in page["/Resources"]["/Font"].values()]
    return [
        real.get_object()["/FontDescriptor"].get_object()
        for font in fonts
        for real in font.get_object()["/DescendantFonts"]
    ]


def assert_accessible(body: bytes, title: str) -> None:
    """Ce que demande PDF/UA-1 et que l'on sait relire sans outil spécialisé."""
    reader = opened(body)
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"]
    assert str(root["/Lang"]).startswith("fr")
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata.title == title
    assert reader.metadata.author
    assert "<pdfuaid:part>1</pdfuaid:part>" in reader.xmp_metadata.stream.get_data().decode()
    assert fonts_of(body)
    for font in fonts_of(body):
        assert {"/FontFile", "/FontFile2", "/FontFile3"} & font.keys(), font["/FontName"]
