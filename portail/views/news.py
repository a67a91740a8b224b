"""Une actualité, entière."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Article:
    status: str = "checking"  # checking | found | missing
    title: str = ""
    day: str = ""
    paragraphs: list[str] = field(default_factory=list)
