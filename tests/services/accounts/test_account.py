"""Les comptes : pas de doublon, pas d'adresse piégée, un mot de passe qui change ferme tout le reste."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from portail.domain.accounts import AccountStatus, Audience, LinkKind, Role, is_allowed
from portail.domain.refusals import BadInputError, DeadLinkError, RefusalError, WeakPasswordError
from portail.models.accounts import Account
from portail.models.audit import AuditEntry
from portail.models.database import reading, transaction
from portail.models.mails import OutboxMail
from portail.services import accounts
from portail.services.accounts import links, passwords, sessions
from portail.services.accounts.account import NewAccount, normalise_email
from portail.services.mails import outbox
from tests.factories.crowds import together
from tests.factories.people import PASSWORD, make_account, open_session
from tests.factories.queries import counted

NEW = "cheval agrafe lampe torrent"


def create(now: datetime, email: str = "alba@famille.example", username: str = "alba", first: str = "Alba") -> int:
    with transaction() as db:
        return accounts.create(db, NewAccount(email, first, "Essai", username=username), now).key


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Alba@Famille.Example ", "alba@famille.example"),
        ("zoe\u0301@famille.example", "zoé@famille.example"),
        ("a+b@famille.example", "a+b@famille.example"),
    ],
)
def test_email_is_kept_in_one_form(typed: str, kept: str) -> None:
    assert normalise_email(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "alba",
        "@famille.example",
        "alba@",
        "a@b@famille.example",
        "alba@famille.example\r\nBcc: tous@famille.example",
        "alba@famille.example\nX: y",
        "alba\0@famille.example",
        "alba\u202e@famille.example",
        "alba@famille.example,zoe@famille.example",
        "Alba <alba@famille.example>",
        "alba@" + "a" * 5_000 + ".example",
        "\ud800@famille.example",
    ],
    ids=lambda typed: ascii(typed[:24]),
)
def test_email_that_is_not_one_is_refused(typed: str) -> None:
    with pytest.raises(BadInputError):
        normalise_email(typed)


@pytest.mark.parametrize(
    ("email", "username"),
    [
        ("alba@famille.example", "autre"),
        ("ALBA@famille.example", "autre"),
        ("autre@famille.example", "alba"),
        ("autre@famille.example", "ALBÀ"),
    ],
)
def test_duplicate_is_refused_and_leaves_nothing(base: Engine, now: datetime, email: str, username: str) -> None:
    create(now)
    with pytest.raises(RefusalError, match="déjà un compte"):
        create(now, email, username)
    with reading() as db:
        assert len(db.exec(select(Account)).all()) == 1


def test_same_address_at_once_makes_one_account(base: Engine, now: datetime) -> None:
    outcomes = together(*[lambda: create(now)] * 4)
    assert sum(isinstance(outcome, int) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, RefusalError) for outcome in outcomes) == 3


@pytest.mark.parametrize(
    ("username", "first"),
    [
        ("zoe@famille.example", "Alba"),
        ("alba", ""),
        ("alba", "   "),
        ("alba", "x" * 81),
        ("x" * 61, "Alba"),
        ("al\tba", "Alba"),
    ],
)
def test_malformed_account_is_refused(base: Engine, now: datetime, username: str, first: str) -> None:
    with pytest.raises(BadInputError):
        create(now, username=username, first=first)


def test_username_defaults_to_the_address(base: Engine, now: datetime) -> None:
    create(now, "zoé@famille.example", "")
    with reading() as db:
        account = db.exec(select(Account)).one()
    assert (account.username, account.status, account.password_hash) == ("zoe@famille.example", "invited", None)


def test_new_invitation_kills_the_previous_one(base: Engine, now: datetime) -> None:
    account = make_account(active=False)
    with transaction() as db:
        first = accounts.invite(db, account, now)
        second = accounts.invite(db, account, now)
    with reading() as db:
        with pytest.raises(DeadLinkError):
            links.find(db, first, frozenset(LinkKind), now)
        assert links.find(db, second, frozenset(LinkKind), now).kind == LinkKind.INVITATION
        letter = outbox.letter(db.exec(select(OutboxMail).order_by(OutboxMail.id.desc())).first())
    assert f"/activation/{second}" in letter.text
    assert "alba" in letter.text


def test_admin_is_created_active_and_audited(base: Engine, now: datetime) -> None:
    accounts.create_admin(NewAccount("ada@mairie.example", "Ada", "Fournier", Role.ADMIN), PASSWORD, now)
    with reading() as db:
        account = db.exec(select(Account)).one()
        entry = db.exec(select(AuditEntry)).one()
    assert (account.role, account.status, account.activated_at) == (Role.ADMIN, AccountStatus.ACTIVE, now)
    assert passwords.verify_password(PASSWORD, account.password_hash)
    assert (entry.action, entry.actor_id) == ("account.admin_created", account.key)


def test_admin_with_a_weak_password_is_not_created(base: Engine, now: datetime) -> None:
    with pytest.raises(WeakPasswordError):
        accounts.create_admin(
            NewAccount("ada@mairie.example", "Ada", "Fournier", Role.ADMIN), "ada@mairie.example", now
        )
    with reading() as db:
        assert db.exec(select(Account)).first() is None


def test_changed_password_replaces_the_old_one(base: Engine, now: datetime) -> None:
    account = make_account()
    mine, actor = open_session(account)
    others = [open_session(account)[0] for _ in range(2)]
    with transaction() as db:
        db.get_one(Account, account.key).must_change_password = True
        link = links.issue(db, LinkKind.RESET, account.key, now)
    accounts.change_password(actor=actor, old=PASSWORD, password=NEW, now=now)
    with reading() as db:
        changed = db.get_one(Account, account.key)
        mail = db.exec(select(OutboxMail)).one()
        with pytest.raises(DeadLinkError):
            links.find(db, link, frozenset(LinkKind), now)
    assert passwords.verify_password(NEW, changed.password_hash)
    assert not passwords.verify_password(PASSWORD, changed.password_hash)
    assert not changed.must_change_password
    assert mail.subject == "Votre mot de passe a changé"
    assert sessions.identify(mine, now) is not None
    assert all(sessions.identify(token, now) is None for token in others)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("faux", NEW, "actuel ne convient pas"),
        ("", NEW, "actuel ne convient pas"),
        (PASSWORD, PASSWORD, "même que l’ancien"),
        (PASSWORD, "motdepasse123", "courant"),
        (PASSWORD, "court", "au moins 12"),
        (PASSWORD, "alba@famille.example", "votre nom"),
    ],
)
def test_password_is_not_changed_for_a_bad_one(base: Engine, now: datetime, old: str, new: str, sentence: str) -> None:
    account = make_account()
    _, actor = open_session(account)
    with pytest.raises(RefusalError, match=sentence):
        accounts.change_password(actor=actor, old=old, password=new, now=now)
    with reading() as db:
        assert passwords.verify_password(PASSWORD, db.get_one(Account, account.key).password_hash)
        assert db.exec(select(OutboxMail)).first() is None


def test_account_page_lists_living_sessions_and_says_which_is_mine(base: Engine, now: datetime) -> None:
    account = make_account()
    open_session(account, now=now - timedelta(hours=2))
    open_session(account, now=now - timedelta(days=3), remember=True)
    ended, _ = open_session(account, now=now)
    sessions.sign_out(ended, now)
    open_session(make_account("zoe@famille.example"), now=now)
    _, actor = open_session(account, now=now)
    view = accounts.show(actor=actor, now=now)
    assert [(one.current, one.since) for one in view.sessions] == [
        (True, "20 novembre à 10\u00a0h\u00a000"),
        (False, "17 novembre à 10\u00a0h\u00a000"),
    ]
    assert (view.email, view.username, view.role_label) == ("alba@famille.example", "alba", "Parent")


def test_account_page_costs_the_same_whatever_the_devices(base: Engine, now: datetime) -> None:
    account = make_account()
    _, actor = open_session(account)
    with counted(base) as few:
        accounts.show(actor=actor, now=now)
    for _ in range(12):
        open_session(account)
    with counted(base) as many:
        assert len(accounts.show(actor=actor, now=now).sessions) == 13
    assert len(many) == len(few) <= 3


def test_me_says_little_and_nothing_to_a_stranger(base: Engine) -> None:
    _, actor = open_session(make_account(role=Role.ADMIN))
    me = accounts.me(actor)
    assert (me.signed_in, me.first_name, me.is_staff, me.is_admin) == (True, "Alba", True, True)
    assert not accounts.me(None).signed_in


@pytest.mark.parametrize("role", list(Role))
def test_me_names_the_doors_that_open(base_sqlite: Engine, role: Role) -> None:
    _, actor = open_session(make_account(role=role))
    expected = [audience.value for audience in Audience if is_allowed(audience, role)]
    assert accounts.me(actor).open_to == expected
    assert ("files" in expected) is (role in {Role.RECEPTION, Role.DIRECTION, Role.ADMIN})
