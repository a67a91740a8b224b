"""« Mes documents » : ce qui se télécharge, et ce que montre la vérification d'une attestation."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class PaperCard:
    """Un papier que le parent peut produire ; sans adresse, `detail` dit pourquoi il attend."""

    title: str = ""
    detail: str = ""
    label: str = ""
    href: str = ""


@dataclass(frozen=True)
class YearPapers:
    """Ce qui a été payé dans une année : deux attestations."""

    title: str = ""
    detail: str = ""
    tax_label: str = ""
    tax_href: str = ""
    paid_label: str = ""
    paid_href: str = ""


@dataclass(frozen=True)
class PapersView:
    ready: bool = False
    cards: list[PaperCard] = field(default_factory=list)
    years: list[YearPapers] = field(default_factory=list)
    correction: str = ""  # la demande déjà ouverte, en une phrase
    deletion: str = ""


@dataclass(frozen=True)
class Verification:
    status: str = "asking"  # asking | valid | unknown
    reference: str = ""
    kind: str = ""
    initial: str = ""
    day: str = ""
    typed: bool = False  # demandé dans la page : la réponse prend le focus
