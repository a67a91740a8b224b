"""Les pages du registre, chacune avec une adresse où l'ouvrir et la personne à qui elle est ouverte."""

import re
from dataclasses import dataclass

from portail.demo.news import NEWS
from portail.domain.accounts import Audience
from portail.pages.routes import PAGES, Page
from tests.e2e.visits import ADMIN, PARENT

# Un paramètre d'adresse nouveau se déclare ici : sans exemple, la page ne serait pas essayée, donc on échoue.
PARAMETERS = {
    "activity_id": "1",
    "slot_id": "1",
    "batch_id": "1",
    "tariff_id": "1",
    "campaign_id": "1",
    "slug": NEWS[0][1],
    "link_token": "lien-qui-n-existe-pas",
    "family_id": "1",
    "child_id": "1",
    "request_id": "1",
    "invoice_id": "1",
    "run_id": "1",
    "reference": "K7M2-QH4T-XW3P",
    "registration_id": "5",
}
VISITOR_OF = {
    Audience.PUBLIC: "",
    Audience.PARENT: PARENT,
    Audience.SIGNED_IN: PARENT,
    Audience.STAFF: ADMIN,
    Audience.FILES: ADMIN,
    Audience.HEALTH: "direction@mairie.example",
    Audience.MONEY: "regie@mairie.example",
    Audience.TOWN: ADMIN,
    Audience.ADMIN: ADMIN,
}


@dataclass(frozen=True)
class Example:
    page: Page
    path: str
    account: str

    def __str__(self) -> str:
        return self.page.route


def _example(page: Page) -> Example:
    path = re.sub(r"\[+(?:\.\.\.)?(\w+)\]+", lambda found: PARAMETERS[found[1]], page.route)
    return Example(page, path, VISITOR_OF[page.kind])


EXAMPLES = tuple(_example(page) for page in PAGES)
PUBLIC = tuple(example for example in EXAMPLES if example.page.kind is Audience.PUBLIC)
PRIVATE = tuple(example for example in EXAMPLES if example.page.kind is not Audience.PUBLIC)
STAFF = tuple(example for example in EXAMPLES if example.page.route.startswith("/admin"))
