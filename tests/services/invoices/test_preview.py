"""Relire un mois : ce qui a bougé, qui a disparu, chercher une famille, ouvrir un brouillon sans rien y changer."""

import pytest
from sqlalchemy import Engine

from portail.domain.accounts import Actor
from portail.domain.bookings import BookingState
from portail.domain.refusals import BadInputError, NotOpenError
from portail.services import regies
from portail.services.invoices import desk, mine, run_preview, runs
from portail.services.invoices.downloading import download
from portail.views.invoices import RunFile
from tests.conftest import NOW
from tests.factories.billing import (
    NOVEMBER,
    Canteen,
    bill,
    carry_on,
    invoices_of,
    make_regisseur,
    mark,
    november,
    october,
    set_minimum,
    start,
)
from tests.factories.families import make_child, make_family
from tests.factories.people import make_account, open_session
from tests.factories.queries import counted


@pytest.fixture
def agent(base: Engine) -> Actor:
    regies.prepare()
    return make_regisseur()


def look(agent: Actor, run: int, only: str = "", words: str = "", page: int = 1) -> RunFile:
    return run_preview.show(actor=agent, run_id=run, only=only, words=words, page=page)


def home(canteen: Canteen, name: str, *days: object) -> tuple[int, int]:
    family = make_family(name)
    child = make_child("Léa", family)
    canteen.eat(family, child, *days)  # type: ignore[arg-type]
    return family, child


@pytest.fixture
def months(agent: Actor, canteen: Canteen) -> int:
    """Octobre émis pour quatre foyers ; novembre préparé : pareil, bien plus, presque rien, un nouveau."""
    same, more, _ = (home(canteen, name, *october(1, 2)) for name in ("Alba", "Bruno", "Dora"))
    bill(agent)
    canteen.eat(*same, *november(3, 5))
    canteen.eat(*more, *november(3, 5, 6, 9, 10, 12, 13, 16, 17))
    home(canteen, "Clara", *november(3))
    set_minimum(5_00)
    run = start(agent, NOVEMBER)
    carry_on()
    return run


def test_the_preview_shows_what_moved_since_last_month(agent: Actor, months: int) -> None:
    file = look(agent, months)
    assert [(row.family, row.cents, row.before, row.change, row.mark) for row in file.rows] == [
        ("Alba", "6,40\u00a0€", "6,40\u00a0€", "Aucune", ""),
        ("Bruno", "28,80\u00a0€", "6,40\u00a0€", "+\u00a022,40\u00a0€", "Écart"),
        ("Clara", "3,20\u00a0€", "", "", "Reportée"),
    ]
    assert (file.can_issue, file.can_cancel, file.has_nothing, file.row.is_busy) == (True, True, False, False)
    assert [(one.label, one.value) for one in file.figures] == [
        ("Factures", "3"),
        ("Écarts", "2"),
        ("Avoirs", "0"),
        ("Reportées", "1"),
        ("Disparues", "1"),
    ]
    assert [row.family for row in look(agent, months, "striking").rows] == ["Bruno", "Clara"]


@pytest.mark.parametrize("only", ["", "negative", "vanished", "striking", "autre chose"])
def test_what_would_be_issued_is_said_whatever_is_shown(agent: Actor, months: int, only: str) -> None:
    """Un filtre vide n'ôte pas le bouton, une recherche ne change pas les chiffres."""
    for words in ("", "personne"):
        file = look(agent, months, only, words)
        assert (file.can_issue, file.to_issue, file.drafts) == (True, "2 factures pour 35,20\u00a0€", "3 brouillons")


def test_who_has_nothing_left_is_listed(agent: Actor, months: int) -> None:
    file = look(agent, months, "vanished")
    (row,) = file.rows
    assert (row.family, row.cents, row.before, row.change, row.mark) == (
        "Dora",
        "",
        "6,40\u00a0€",
        "−\u00a06,40\u00a0€",
        "Disparue",
    )
    assert row.href.startswith("/admin/encaissements/")
    assert (file.summary, file.only) == ("1 famille, page 1 sur 1", "vanished")
    runs.cancel(actor=agent, run_id=months, now=NOW)
    assert look(agent, months, "vanished").rows == [], "annulée, elle ne dit plus rien de personne"


def test_nobody_vanishes_before_being_examined(agent: Actor, canteen: Canteen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "FAMILIES", 1)
    for name in ("Alba", "Bruno"):
        home(canteen, name, *october(1, 2))
    bill(agent)
    run = start(agent, NOVEMBER)
    assert look(agent, run, "vanished").rows == []
    runs.advance(NOW)
    assert [row.family for row in look(agent, run, "vanished").rows] == ["Alba"]


@pytest.mark.parametrize(
    ("words", "only", "found"),
    [
        ("alb", "", ["Alba"]),
        ("Bruno", "striking", ["Bruno"]),
        ("Alba", "striking", []),
        ("dor", "vanished", ["Dora"]),
        ("dor", "", []),
        ("%", "", []),
        ("  clara ", "carried", ["Clara"]),
    ],
)
def test_a_family_is_found_in_the_month(agent: Actor, months: int, words: str, only: str, found: list[str]) -> None:
    file = look(agent, months, only, words)
    assert ([row.family for row in file.rows], file.words) == (found, words.strip())


def test_a_search_too_long_is_refused(agent: Actor, months: int) -> None:
    with pytest.raises(BadInputError):
        look(agent, months, "", "x" * 81)


def test_credit_notes_are_counted_apart(agent: Actor, canteen: Canteen) -> None:
    family, child = home(canteen, "Alba")
    eaten = canteen.eat(family, child, *october(1, 2))
    bill(agent)
    for one in eaten:
        mark(one, BookingState.EXCUSED)
    home(canteen, "Bruno", *november(3))
    run = start(agent, NOVEMBER)
    carry_on()
    file = look(agent, run)
    assert file.to_issue == "1 facture pour 3,20\u00a0€ et 1 avoir pour 6,40\u00a0€"
    assert [row.mark for row in look(agent, run, "negative").rows] == ["Avoir"]


def test_nothing_to_issue_says_so(agent: Actor, canteen: Canteen) -> None:
    set_minimum(5_00)
    home(canteen, "Alba", *october(1))
    run = start(agent)
    assert not look(agent, run).has_nothing, "encore en préparation"
    carry_on()
    file = look(agent, run)
    assert (file.can_issue, file.has_nothing, file.can_cancel, file.to_issue) == (False, True, True, "")


def test_a_page_is_few_reads_however_many_families(base: Engine, agent: Actor, canteen: Canteen, months: int) -> None:
    for only in ("", "striking", "vanished"):
        with counted(base) as seen:
            look(agent, months, only, "a")
        assert len(seen) <= 7, seen


def test_a_draft_is_read_without_being_an_invoice(agent: Actor, months: int) -> None:
    row = look(agent, months).rows[1]
    draft = int(row.href.rsplit("/", 1)[1])
    assert row.about.startswith("Ouvrir le brouillon de Bruno, ")
    file = desk.show(actor=agent, invoice_id=draft, now=NOW)
    (part,) = file.children
    assert (part.name, part.total, part.rows[0].quantity) == ("Léa", "28,80\u00a0€", "9")
    assert (file.is_draft, file.run_id, file.row.kind, file.row.number) == (True, months, "Brouillon de facture", "")
    assert (file.row.standing, file.row.has_pdf, file.creditable, file.issued) == ("Brouillon", False, [], "")
    with pytest.raises(NotOpenError):
        download(agent, draft, NOW)


def test_a_draft_is_not_shown_to_the_family(agent: Actor, canteen: Canteen) -> None:
    account = make_account("alba@famille.example")
    family = make_family("Alba", account)
    canteen.eat(family, make_child("Léa", family), *october(1))
    start(agent)
    carry_on()
    (draft,) = invoices_of(family)
    parent = open_session(account)[1]
    assert mine.show_all(actor=parent, now=NOW).rows == []
    for read in (mine.show, desk.show):
        with pytest.raises(NotOpenError):
            read(actor=parent, invoice_id=draft.key, now=NOW)


def test_once_issued_the_rows_open_the_invoices(agent: Actor, months: int) -> None:
    runs.issue(actor=agent, run_id=months, now=NOW)
    carry_on()
    rows = look(agent, months).rows
    assert [row.about for row in rows] == ["Ouvrir la facture ENF-2026-000004", "Ouvrir la facture ENF-2026-000005"]
