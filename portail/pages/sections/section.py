"""Une page du registre, telle que les menus la montrent."""

from dataclasses import dataclass

from portail.domain.accounts import Audience


@dataclass(frozen=True)
class Section:
    """Une page du portail, telle que les menus la montrent."""

    route: str
    title: str
    label: str
    icon: str
    audience: Audience = Audience.PUBLIC
    short: str = ""
    words: str = ""
    sitemap: bool = True

    @property
    def short_label(self) -> str:
        return self.short or self.label
