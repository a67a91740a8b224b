"""Ouvrir un compte : à un responsable d'un dossier, à un agent ; le lien d'une semaine, que l'on renvoie."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from portail.domain.accounts import AccountStatus, Actor, LinkKind, Role
from portail.domain.families import FamilyStatus, GuardianRole
from portail.domain.refusals import BadInputError, DeadLinkError, NotOpenError, RefusalError, TooManyAttemptsError
from portail.models.accounts import Account
from portail.models.audit import AuditEntry
from portail.models.database import reading, transaction
from portail.models.families import Family, Guardian
from portail.services import families
from portail.services.accounts import invitations, links, recovery, sign_in
from portail.services.accounts.account import NewAccount
from portail.services.accounts.invitations import Adult
from tests.factories.crowds import together
from tests.factories.families import make_family
from tests.factories.letters import last_text, last_token, recipients
from tests.factories.people import BROWSER, PASSWORD, make_account, open_session

WEEK = timedelta(hours=168)
EMAIL = "nora@famille.example"
FILES = [Role.RECEPTION, Role.DIRECTION, Role.ADMIN]
OTHERS = [Role.PARENT, Role.REGIE, Role.ANIMATION]


def agent(role: Role = Role.RECEPTION) -> Actor:
    return open_session(make_account(f"{role}@mairie.example", role=role))[1]


def family_with_guardian(name: str = "Essai", role: str = GuardianRole.MOTHER) -> tuple[int, int]:
    """Un dossier et sa responsable, sans compte."""
    family_id = make_family(name)
    with transaction() as db:
        guardian = Guardian(family_id=family_id, first_name="Nora", last_name=name, role=role)
        db.add(guardian)
        db.flush()
        return family_id, guardian.key


def new(email: str = EMAIL, username: str = "", first: str = "", last: str = "") -> NewAccount:
    return NewAccount(email, first, last, username=username)


def invite(actor: Actor, adult: Adult, now: datetime, account: NewAccount | None = None) -> int:
    return invitations.invite_guardian(actor=actor, adult=adult, new=account or new(), now=now)


def account_of(account_id: int) -> Account:
    with reading() as db:
        return db.get_one(Account, account_id)


def guardians(family_id: int) -> list[Guardian]:
    with reading() as db:
        return list(db.exec(select(Guardian).where(Guardian.family_id == family_id).order_by(Guardian.id)))


@pytest.mark.parametrize("role", FILES)
def test_the_invited_guardian_enters_and_sees_the_file(base: Engine, now: datetime, role: Role) -> None:
    family_id, guardian_id = family_with_guardian()
    actor = agent(role)
    account_id = invite(actor, Adult(family_id, guardian_id), now, new(username="Nora.Éssai"))
    account = account_of(account_id)
    assert (account.full_name, account.role, account.status) == ("Nora Essai", Role.PARENT, AccountStatus.INVITED)
    assert "nora.essai" in last_text(EMAIL)
    assert "7 jours" in last_text(EMAIL)

    token = last_token(EMAIL)
    end = now + WEEK - timedelta(seconds=1)
    recovery.choose_password(token=token, activation=True, password=PASSWORD, terms=True, now=end)
    assert sign_in.sign_in(sign_in.Attempt("nora.essai", PASSWORD, False, "192.0.2.1", BROWSER), end).ticket
    (card,) = families.show_mine(actor=open_session(account_of(account_id))[1], now=now)
    assert card.number == "F-Essai"
    with reading() as db:
        entry = db.exec(select(AuditEntry).where(AuditEntry.action == "account.invited")).one()
    assert (entry.actor_id, entry.subject_id) == (actor.account_id, account_id)


def test_the_link_dies_after_168_hours(base: Engine, now: datetime) -> None:
    family_id, guardian_id = family_with_guardian()
    invite(agent(), Adult(family_id, guardian_id), now)
    token = last_token(EMAIL)
    assert recovery.open_link(token=token, activation=True, now=now + WEEK - timedelta(seconds=1)).status == "valid"
    assert recovery.open_link(token=token, activation=True, now=now + WEEK).status == "invalid"


@pytest.mark.parametrize("role", OTHERS)
def test_who_does_not_hold_the_files_opens_nothing(base: Engine, now: datetime, role: Role) -> None:
    family_id, guardian_id = family_with_guardian()
    actor = agent(role)
    with pytest.raises(NotOpenError):
        invite(actor, Adult(family_id, guardian_id), now)
    with pytest.raises(NotOpenError):
        invitations.find_family(actor=actor, number="F-Essai")
    with pytest.raises(NotOpenError):
        invitations.invite_staff(actor=actor, new=NewAccount("x@mairie.example", "X", "Y", Role.ANIMATION), now=now)
    assert recipients() == []


@pytest.mark.parametrize("typed", ["F-Essai", "f-essai", " F-ESSAI "])
def test_a_family_is_found_by_its_number(base: Engine, typed: str) -> None:
    account = make_account()
    family_id = make_family("Essai", account)
    with transaction() as db:
        db.add(Guardian(family_id=family_id, first_name="Hugo", last_name="Essai", role=GuardianRole.FATHER))
    found = invitations.find_family(actor=agent(), number=typed)
    assert (found.id, found.number, found.name) == (family_id, "F-Essai", "Essai")
    assert [(adult.full_name, adult.role_label, adult.has_account) for adult in found.adults] == [
        ("Alba Essai", "Mère", True),
        ("Hugo Essai", "Père", False),
    ]


@pytest.mark.parametrize("status", [FamilyStatus.ARCHIVED, FamilyStatus.MERGED])
def test_a_family_that_is_over_takes_nobody(base: Engine, now: datetime, status: FamilyStatus) -> None:
    family_id, guardian_id = family_with_guardian()
    other = make_family("Autre")
    with transaction() as db:
        family = db.get_one(Family, family_id)
        family.status, family.merged_into_id = status, other if status is FamilyStatus.MERGED else None
    actor = agent()
    with pytest.raises(RefusalError, match="Aucun dossier ouvert"):
        invitations.find_family(actor=actor, number="F-Essai")
    with pytest.raises(NotOpenError):
        invite(actor, Adult(family_id, guardian_id), now)


@pytest.mark.parametrize("typed", ["", "F-9999", "%", "F-_ssai", "' OR 1=1 --"])
def test_an_unknown_number_says_so(base: Engine, typed: str) -> None:
    family_with_guardian()
    with pytest.raises(RefusalError, match="Aucun dossier ouvert"):
        invitations.find_family(actor=agent(), number=typed)


def test_the_guardian_of_another_family_does_not_exist_here(base: Engine, now: datetime) -> None:
    family_id, _ = family_with_guardian()
    _, stranger = family_with_guardian("Voisin")
    actor = agent()
    for adult in (
        Adult(family_id, stranger),
        Adult(family_id, 999_999),
        Adult(family_id, -1),
        Adult(family_id, 2**40),
        Adult(999_999, stranger),
        Adult(0, stranger),
    ):
        with pytest.raises(NotOpenError):
            invite(actor, adult, now)
    assert recipients() == []


@pytest.mark.parametrize(
    ("relation", "rights"),
    [(GuardianRole.FATHER, (True, True, True, True)), (GuardianRole.CARER, (False, True, False, False))],
)
def test_a_new_adult_joins_the_file_with_the_rights_of_the_role(
    base: Engine, now: datetime, relation: GuardianRole, rights: tuple[bool, ...]
) -> None:
    family_id, _ = family_with_guardian()
    account_id = invite(agent(), Adult(family_id, 0, relation), now, new(first=" Ali ", last="Kone"))
    added = guardians(family_id)[-1]
    assert (added.first_name, added.last_name, added.role, added.account_id) == ("Ali", "Kone", relation, account_id)
    assert (added.can_edit, added.can_book, added.can_see_money, added.can_see_health) == rights


@pytest.mark.parametrize(
    ("relation", "first", "last"),
    [("cousin", "Ali", "Kone"), ("", "Ali", "Kone"), ("father", "", "Kone"), ("father", "Ali", " ")],
)
def test_a_malformed_adult_leaves_nothing(base: Engine, now: datetime, relation: str, first: str, last: str) -> None:
    family_id, _ = family_with_guardian()
    with pytest.raises(BadInputError):
        invite(agent(), Adult(family_id, 0, relation), now, new(first=first, last=last))
    assert len(guardians(family_id)) == 1


def test_a_taken_address_leaves_the_file_as_it_was(base: Engine, now: datetime) -> None:
    make_account(EMAIL)
    family_id, guardian_id = family_with_guardian()
    actor = agent()
    for adult in (Adult(family_id, guardian_id), Adult(family_id, 0, GuardianRole.FATHER)):
        with pytest.raises(RefusalError, match="déjà un compte"):
            invite(actor, adult, now, new(first="Ali", last="Kone"))
    assert [one.account_id for one in guardians(family_id)] == [None]
    assert recipients() == []


def test_a_guardian_has_one_account_even_for_two_agents_at_once(base: Engine, now: datetime) -> None:
    family_id, guardian_id = family_with_guardian()
    actors = [agent(), agent(Role.DIRECTION)]
    works = [
        lambda rank=rank, actor=actor: invite(
            actor, Adult(family_id, guardian_id), now, new(f"n{rank}@famille.example")
        )
        for rank, actor in enumerate(actors)
    ]
    outcomes = together(*works)
    assert sum(isinstance(outcome, int) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, RefusalError) for outcome in outcomes) == 1
    assert len(recipients()) == 1
    with pytest.raises(RefusalError, match="déjà un compte"):
        invite(actors[0], Adult(family_id, guardian_id), now)


@pytest.mark.parametrize("role", [Role.RECEPTION, Role.REGIE, Role.DIRECTION, Role.ANIMATION, Role.ADMIN])
def test_only_the_administration_opens_the_account_of_an_agent(base: Engine, now: datetime, role: Role) -> None:
    account = NewAccount("nouvel@mairie.example", "Nouvel", "Agent", role)
    for other in (Role.RECEPTION, Role.DIRECTION):
        actor = open_session(make_account(f"refus-{other}@mairie.example", role=other))[1]
        with pytest.raises(NotOpenError):
            invitations.invite_staff(actor=actor, new=account, now=now)
    admin = open_session(make_account("cheffe@mairie.example", role=Role.ADMIN))[1]
    kept = account_of(invitations.invite_staff(actor=admin, new=account, now=now))
    assert (kept.role, kept.status) == (role, AccountStatus.INVITED)
    assert recipients() == ["nouvel@mairie.example"]


@pytest.mark.parametrize("role", ["parent", "maire", ""])
def test_the_account_of_an_agent_has_a_role_of_agent(base: Engine, now: datetime, role: str) -> None:
    with pytest.raises(BadInputError):
        invitations.invite_staff(actor=agent(Role.ADMIN), new=NewAccount("x@mairie.example", "X", "Y", role), now=now)


def test_a_guardian_never_becomes_an_agent_through_an_invitation(base: Engine, now: datetime) -> None:
    family_id, guardian_id = family_with_guardian()
    sly = NewAccount(EMAIL, "", "", Role.ADMIN)
    assert account_of(invite(agent(), Adult(family_id, guardian_id), now, sly)).role == Role.PARENT


def test_sending_again_makes_a_new_link_and_can_mend_the_address(base: Engine, now: datetime) -> None:
    family_id, guardian_id = family_with_guardian()
    actor = agent()
    account_id = invite(actor, Adult(family_id, guardian_id), now)
    first = last_token(EMAIL)
    later = now + timedelta(days=20)
    invitations.resend(actor=actor, account_id=account_id, email="Nora.Juste@famille.example", now=later)
    account = account_of(account_id)
    assert account.email == account.username == "nora.juste@famille.example"
    with reading() as db:
        with pytest.raises(DeadLinkError):
            links.find(db, first, frozenset(LinkKind), now)
        link = links.find(db, last_token(account.email), frozenset(LinkKind), later)
    assert (link.kind, link.expires_at) == (LinkKind.INVITATION, later + WEEK)


def test_sending_again_is_refused_to_who_needs_it_not(base: Engine, now: datetime) -> None:
    actor, active = agent(), make_account()
    with pytest.raises(RefusalError, match="n’attend pas d’activation"):
        invitations.resend(actor=actor, account_id=active.key, email=active.email, now=now)
    staff = make_account("invite@mairie.example", role=Role.ANIMATION, active=False)
    said = set()
    for account_id in (staff.key, 999_999, 0, -3, 2**40):
        with pytest.raises(NotOpenError) as refusal:
            invitations.resend(actor=actor, account_id=account_id, email=EMAIL, now=now)
        said.add(refusal.value.full_sentence)
    assert len(said) == 1
    invited = make_account("attend@famille.example", active=False)
    with pytest.raises(RefusalError, match="celle d’un autre compte"):
        invitations.resend(actor=actor, account_id=invited.key, email=active.email, now=now)
    with pytest.raises(BadInputError):
        invitations.resend(actor=actor, account_id=invited.key, email="rien", now=now)
    assert recipients() == []


def test_sending_again_and_again_is_slowed(base: Engine, now: datetime) -> None:
    actor, invited = agent(), make_account(EMAIL, active=False)
    for _ in range(3):
        invitations.resend(actor=actor, account_id=invited.key, email=EMAIL, now=now)
    with pytest.raises(TooManyAttemptsError):
        invitations.resend(actor=actor, account_id=invited.key, email=EMAIL, now=now)
    assert len(recipients()) == 3
