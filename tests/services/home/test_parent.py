"""L'accueil d'un parent, le tableau de bord d'un agent : ce qui compte, rien de ce qui est à d'autres."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import col, update

from portail.domain.accounts import Role
from portail.domain.families import FamilyStatus
from portail.domain.mails import MailStatus
from portail.domain.todos import TODO_LABELS, Todo
from portail.models.accounts import Account, RecoveryCode
from portail.models.activities import Activity
from portail.models.database import transaction
from portail.models.families import Family, Guardian
from portail.models.mails import OutboxMail
from portail.models.news import News
from portail.services.home import dashboard, parent, todos
from portail.services.sealing import seal
from tests.factories import money
from tests.factories.families import make_child, make_family, make_school
from tests.factories.health import fill, make_consents, make_home
from tests.factories.invoices import make_invoice, make_payment
from tests.factories.people import make_account, open_session
from tests.factories.queries import counted
from tests.factories.settings import configured


def titles(view) -> list[str]:
    return [item.title for item in view.todos]


def failed_mail(now: datetime) -> None:
    with transaction() as db:
        db.add(OutboxMail(recipient="a@b", subject="x", status=MailStatus.FAILED, created_at=now, next_attempt_at=now))


def test_parent_is_greeted_with_children_and_news(base: Engine, now: datetime) -> None:
    account = make_account()
    make_child("Léa", make_family("Durand", account))
    with transaction() as db:
        db.add(News(slug="a", title="Menu", excerpt="", body="", published_at=now - timedelta(days=2)))
    view = parent.show(actor=open_session(account)[1], now=now)
    assert (view.greeting, view.today) == ("Bonjour Alba", "Vendredi 20 novembre")
    assert [child.first_name for child in view.children] == ["Léa"]
    assert (view.family_badge, view.account_badge) == ("1 enfant", "1 appareil connecté")
    assert view.news_badge == "Dernière : 18 nov."


def test_each_incomplete_health_record_is_named_and_leads_to_its_page(base: Engine, now: datetime) -> None:
    make_consents()
    mine = make_home()
    brother, stranger = make_child("Léo", mine.family_id), make_home("ali@famille.example")
    view = parent.show(actor=mine.actor, now=now)
    assert [(item.title, item.href) for item in view.todos] == [
        ("Complétez la fiche sanitaire de Zoé", f"/dossier/enfants/{mine.child_id}/sante"),
        ("Complétez la fiche sanitaire de Léo", f"/dossier/enfants/{brother}/sante"),
    ]
    fill(mine)
    assert titles(parent.show(actor=mine.actor, now=now)) == ["Complétez la fiche sanitaire de Léo"]
    with transaction() as db:
        db.exec(update(Guardian).where(col(Guardian.family_id) == mine.family_id).values(can_see_health=False))
    assert parent.show(actor=mine.actor, now=now).todos == []
    assert len(parent.show(actor=stranger.actor, now=now).todos) == 1


def test_a_child_of_two_of_my_families_is_asked_for_once(base: Engine, now: datetime) -> None:
    account = make_account()
    make_child("Zoé", make_family("Un", account), make_family("Deux", account))
    assert titles(parent.show(actor=open_session(account)[1], now=now)) == ["Complétez la fiche sanitaire de Zoé"]


def test_day_is_the_one_of_paris(base: Engine) -> None:
    _, actor = open_session(make_account())
    assert parent.show(actor=actor, now=datetime(2026, 7, 13, 22, 30, tzinfo=UTC)).today == "Mardi 14 juillet"


def test_new_parent_sees_an_empty_but_ready_home(base: Engine, now: datetime) -> None:
    view = parent.show(actor=open_session(make_account())[1], now=now)
    assert (view.ready, view.children, view.news_badge, view.family_badge) == (
        True,
        [],
        "Aucune pour l’instant",
        "0 enfant",
    )


def test_missing_phone_is_asked_for(base: Engine, now: datetime) -> None:
    account = make_account()
    make_family("Durand", account, phone="")
    assert titles(parent.show(actor=open_session(account)[1], now=now)) == [TODO_LABELS[Todo.ADD_PHONE]]


def test_many_devices_are_to_be_checked(base: Engine, now: datetime) -> None:
    account = make_account()
    make_family("Un", account)
    for _ in range(3):
        open_session(account)
    _, actor = open_session(account)
    view = parent.show(actor=actor, now=now)
    assert (view.account_badge, titles(view)) == ("4 appareils connectés", [TODO_LABELS[Todo.MANY_SESSIONS]])


def test_expired_sessions_are_not_devices(base: Engine, now: datetime) -> None:
    account = make_account()
    make_family("Un", account)
    for days in range(1, 9):
        open_session(account, now=now - timedelta(days=days))
    _, actor = open_session(account, now=now)
    view = parent.show(actor=actor, now=now)
    assert (view.account_badge, view.todos) == ("1 appareil connecté", [])


def test_few_recovery_codes_are_to_be_renewed(base: Engine, now: datetime) -> None:
    account = make_account()
    make_family("Un", account)
    with transaction() as db:
        db.get_one(Account, account.key).totp_sealed = seal("totp", "secret")
        db.add_all([RecoveryCode(account_id=account.key, code_hash=str(rank)) for rank in range(2)])
    assert titles(parent.show(actor=open_session(account)[1], now=now)) == [TODO_LABELS[Todo.FEW_RECOVERY_CODES]]


@pytest.mark.parametrize("role", [Role.PARENT, Role.RECEPTION, Role.ADMIN])
def test_failed_mails_concern_the_administrator_only(base: Engine, now: datetime, role: Role) -> None:
    failed_mail(now)
    _, actor = open_session(make_account(role=role))
    shown = dashboard.show(actor=actor, now=now) if actor.is_staff else parent.show(actor=actor, now=now)
    assert (TODO_LABELS[Todo.MAIL_FAILED] in titles(shown)) is (role is Role.ADMIN)


def test_temporary_password_and_second_factor_come_first(base: Engine, now: datetime) -> None:
    account = make_account(role=Role.ADMIN)
    failed_mail(now)
    with transaction() as db:
        db.get_one(Account, account.key).must_change_password = True
    with configured(PORTAIL_STAFF_SECOND_FACTOR="true"):
        view = dashboard.show(actor=open_session(account)[1], now=now)
    wanted = [Todo.CHANGE_PASSWORD, Todo.SET_SECOND_FACTOR, Todo.MAIL_FAILED]
    assert titles(view) == [TODO_LABELS[todo] for todo in wanted]


@pytest.mark.parametrize("todo", list(Todo))
def test_every_todo_leads_somewhere(todo: Todo) -> None:
    (item,) = todos.items([todo])
    assert item.href.startswith("/")
    assert item.icon
    assert item.title
    assert item.detail.endswith(".")
    assert item.action


def test_dashboard_counts_families_schools_and_accounts(base: Engine, now: datetime) -> None:
    full, empty = make_school(), make_school("École des Tilleuls")
    family = make_family("Durand", make_account("zoe@famille.example", active=False))
    for name in ("Léa", "Noé"):
        make_child(name, family, school_id=full)
    view = dashboard.show(actor=open_session(make_account(role=Role.RECEPTION))[1], now=now)
    assert [(figure.label, figure.value) for figure in view.figures] == [
        ("Démarches en attente", "0"),
        ("Familles", "1"),
        ("Comptes à activer", "1"),
    ]
    assert [figure.detail for figure in view.figures[:2]] == ["aucune en retard", "2 enfants"]
    assert {row.school: (row.children, row.share) for row in view.schools} == {
        "École Jean-Macé": (2, 100),
        "École des Tilleuls": (0, 0),
    }
    assert empty != full


def test_administrator_sees_the_mails_of_the_day(base: Engine, now: datetime) -> None:
    failed_mail(now - timedelta(hours=23))
    failed_mail(now - timedelta(hours=25))
    view = dashboard.show(actor=open_session(make_account(role=Role.ADMIN))[1], now=now)
    assert (view.figures[-1].label, view.figures[-1].value, view.figures[-1].href) == (
        "Courriels du jour",
        "1",
        "/admin/courriels",
    )


@pytest.mark.parametrize(("role", "is_told"), [(Role.REGIE, True), (Role.ADMIN, True), (Role.RECEPTION, False)])
def test_who_keeps_the_money_sees_what_is_late_and_is_led_to_it(
    base: Engine, now: datetime, role: Role, is_told: bool
) -> None:
    family = make_family("Durand", make_account())
    actor = open_session(make_account("agent@mairie.example", role=role))[1]

    def unpaid() -> list[tuple[str, str, str, str]]:
        found = dashboard.show(actor=actor, now=now).figures
        return [(one.value, one.detail, one.tone, one.href) for one in found if one.label == "Impayés"]

    nothing = [("0,00\u00a0€", "0 facture en retard", "ok", "/admin/impayes")]
    assert unpaid() == (nothing if is_told else [])
    make_invoice(family, 45_00, now=now)
    assert unpaid() == (nothing if is_told else [])
    partly = make_invoice(family, 30_00, month=date(2026, 8, 1), now=now - timedelta(days=60))
    make_payment(family, 10_00, (partly, 10_00))
    late = [("20,00\u00a0€", "1 facture en retard", "err", "/admin/impayes")]
    assert unpaid() == (late if is_told else [])


def test_home_costs_the_same_whatever_the_family(base: Engine, now: datetime) -> None:
    account = make_account()
    _, actor = open_session(account)
    with counted(base) as few:
        parent.show(actor=actor, now=now)
    family = make_family("Durand", account)
    for rank in range(12):
        make_child(f"Enfant{rank}", family, birth=date(2020, 1, 1 + rank))
        open_session(account)
    with counted(base) as many:
        assert len(parent.show(actor=actor, now=now).children) == 12
    assert len(many) == len(few)


def test_a_parent_without_a_family_is_led_to_present_it(base: Engine, now: datetime) -> None:
    account = make_account()
    actor = open_session(account)[1]
    assert titles(parent.show(actor=actor, now=now)) == [TODO_LABELS[Todo.ENTER_FAMILY]]
    family = make_family("Un", account)
    assert titles(parent.show(actor=actor, now=now)) == []
    with transaction() as db:
        db.get_one(Family, family).status = FamilyStatus.PENDING
    view = parent.show(actor=actor, now=now)
    assert titles(view) == [TODO_LABELS[Todo.FAMILY_PENDING]]
    assert [card.pending for card in view.families] == [True]
    with transaction() as db:
        db.get_one(Family, family).status = FamilyStatus.ARCHIVED
    view = parent.show(actor=actor, now=now)
    assert (titles(view), view.families) == ([TODO_LABELS[Todo.ENTER_FAMILY]], [])


def test_a_wallet_to_activate_is_asked_only_where_something_is_paid_in_advance(base: Engine, now: datetime) -> None:
    account = make_account()
    family = make_family("Durand", account)
    actor = open_session(account)[1]
    asked = TODO_LABELS[Todo.ACTIVATE_WALLET]
    assert (asked in titles(parent.show(actor=actor, now=now)), parent.show(actor=actor, now=now).wallet_badge) == (
        False,
        "",
    )
    with transaction() as db:
        db.add(Activity(name="Cantine", kind="canteen", is_prepaid=True, created_at=now))
    assert asked in titles(parent.show(actor=actor, now=now))
    with transaction() as db:
        db.exec(update(Guardian).values(can_see_money=False))
    assert asked not in titles(parent.show(actor=actor, now=now))
    with transaction() as db:
        db.exec(update(Guardian).values(can_see_money=True))
    money.fill(family, 6000)
    view = parent.show(actor=actor, now=now)
    assert (asked in titles(view), view.wallet_badge) == (False, "60,00\u00a0€")
