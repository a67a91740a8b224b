"""S'inscrire soi-même : chaque étape vérifiée, rien d'appris à un inconnu, un lien qui ne fait que confirmer."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select, update

from portail.domain import terms
from portail.domain.accounts import AccountStatus, LinkKind, Role
from portail.domain.families import FamilyStatus
from portail.domain.forms import FormRefusedError
from portail.domain.refusals import DeadLinkError, RefusalError, TooManyAttemptsError
from portail.models.accounts import Account
from portail.models.audit import AuditEntry
from portail.models.database import reading, transaction
from portail.models.families import Family, Guardian
from portail.models.registrations import Registration
from portail.services.accounts import links, passwords, recovery, sign_in
from portail.services.registration import activation, registering
from portail.services.registration.registering import Checked, NewRegistration
from tests.factories.crowds import together
from tests.factories.families import make_family
from tests.factories.letters import last_text, last_token, recipients, subjects_to
from tests.factories.people import BROWSER, make_account

PASSWORD = "quatre mots sans aucun lien"
EMAIL = "zoe.martin@famille.example"
ADDRESS = "192.0.2.1"
FORM = {
    "first_name": "Zoé",
    "last_name": "Martin",
    "email": EMAIL,
    "email_again": EMAIL,
    "username": "zoe.martin",
    "password": PASSWORD,
    "password_again": PASSWORD,
}
LIVES = timedelta(hours=72)
SECOND = timedelta(seconds=1)


def check(now: datetime, *, kept: str = "", address: str = ADDRESS, **changed: Any) -> Checked:
    return registering.check_identity(form=FORM | changed, kept=kept, address=address, now=now)


def reference(number: str, name: str, now: datetime, address: str = ADDRESS) -> tuple[str, str]:
    return registering.check_reference(form={"number": number, "name": name}, address=address, now=now)


def register(now: datetime, *, number: str = "", name: str = "", **changed: Any) -> None:
    registering.register(new=NewRegistration(check(now, **changed), number, name), now=now)


def account_of(email: str = EMAIL) -> Account:
    with reading() as db:
        return db.exec(select(Account).where(Account.email == email)).one()


def signs_in(now: datetime, password: str = PASSWORD, identifier: str = EMAIL) -> bool:
    try:
        return bool(sign_in.sign_in(sign_in.Attempt(identifier, password, False, "192.0.2.9", BROWSER), now).ticket)
    except RefusalError:
        return False


def test_the_first_step_gives_back_who_and_only_a_hash(base: Engine, now: datetime) -> None:
    checked = check(now, email=" ZOE.Martin@Famille.example", username="  Zoé.Martin ")
    assert (checked.identity.email, checked.identity.username) == (EMAIL, "zoe.martin")
    assert passwords.verify_password(PASSWORD, checked.password_hash)
    assert PASSWORD not in repr(checked)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("first_name", "", "prénom"),
        ("last_name", "  ", "nom"),
        ("last_name", "x" * 81, "80 caractères"),
        ("first_name", "Zo\u202eé", "invisibles"),
        ("email", "", "adresse e-mail"),
        ("email", "zoe", "bonne forme"),
        ("email", "zoe@famille.example\r\nBcc: a@b.example", "invisibles"),
        ("email_again", "", "Retapez"),
        ("email_again", "autre@famille.example", "pas les mêmes"),
        ("username", "", "nom d’utilisateur"),
        ("username", "x" * 51, "50 caractères"),
        ("username", "autre@famille.example", "adresse d’une autre personne"),
        ("password", "court", "12 caractères"),
        ("password", "", "Choisissez un mot de passe"),
        ("password", EMAIL, "reprend votre nom"),
        ("password_again", "autre chose", "pas les mêmes"),
    ],
)
def test_each_fault_is_said_beside_its_field(base: Engine, now: datetime, field: str, value: str, words: str) -> None:
    changed = {field: value} | ({"password_again": value} if field == "password" else {})
    with pytest.raises(FormRefusedError) as refusal:
        check(now, **changed)
    assert words in refusal.value.fields[field]


def test_all_the_faults_are_said_at_once(base: Engine, now: datetime) -> None:
    with pytest.raises(FormRefusedError) as refusal:
        registering.check_identity(form={}, kept="", address=ADDRESS, now=now)
    assert set(refusal.value.fields) == {"first_name", "last_name", "email", "email_again", "username", "password"}


def test_a_password_already_chosen_need_not_be_typed_again(base: Engine, now: datetime) -> None:
    kept = check(now).password_hash
    assert check(now, kept=kept, password="", password_again="").password_hash == kept
    assert check(now, kept=kept).password_hash != kept
    with pytest.raises(FormRefusedError):
        check(now, kept=kept, password="", password_again="x")


def test_a_robot_that_makes_us_hash_waits(base: Engine, now: datetime) -> None:
    for _ in range(30):
        check(now)
    with pytest.raises(TooManyAttemptsError):
        check(now)
    check(now, address="192.0.2.77")


def test_registering_sends_one_link_and_opens_nothing_yet(base: Engine, now: datetime) -> None:
    register(now)
    account = account_of()
    assert (account.status, account.role) == (AccountStatus.INVITED, Role.PARENT)
    assert (account.terms_version, account.terms_accepted_at) == (terms.latest(), now)
    assert (account.must_change_password, account.temporary_until) == (False, None)
    assert subjects_to(EMAIL) == ["Activez votre espace personnel"]
    assert "/activation/" in last_text(EMAIL)
    assert "zoe.martin" in last_text(EMAIL)
    assert PASSWORD not in last_text(EMAIL)
    assert not signs_in(now)


def test_activation_only_confirms_then_the_family_is_to_be_entered(base: Engine, now: datetime) -> None:
    register(now)
    token = last_token(EMAIL)
    view = recovery.open_link(token=token, activation=True, now=now)
    assert (view.status, view.password_chosen, view.must_accept_terms) == ("valid", True, False)
    assert activation.confirm(token=token, now=now) is False
    assert signs_in(now)
    assert signs_in(now, identifier="zoe.martin")
    with pytest.raises(DeadLinkError):
        activation.confirm(token=token, now=now)


def test_an_activation_link_lives_seventy_two_hours_to_the_second(base: Engine, now: datetime) -> None:
    register(now)
    token = last_token(EMAIL)
    with pytest.raises(DeadLinkError):
        activation.confirm(token=token, now=now + LIVES)
    assert recovery.open_link(token=token, activation=True, now=now + LIVES).status == "invalid"
    activation.confirm(token=token, now=now + LIVES - SECOND)


def test_a_new_link_can_be_asked_after_the_first_expired(base: Engine, now: datetime) -> None:
    register(now)
    later = now + LIVES + SECOND
    recovery.ask_link(identifier=EMAIL, address=ADDRESS, now=later)
    view = recovery.open_link(token=last_token(EMAIL), activation=True, now=later)
    assert view.password_chosen
    activation.confirm(token=last_token(EMAIL), now=later)
    assert signs_in(later)


def test_one_link_in_two_browsers_serves_once(base: Engine, now: datetime) -> None:
    register(now)
    token = last_token(EMAIL)
    found = together(*[lambda: activation.confirm(token=token, now=now)] * 4)
    assert sum(one is False for one in found) == 1
    assert sum(isinstance(one, DeadLinkError) for one in found) == 3


@pytest.mark.parametrize("kind", [LinkKind.RESET, LinkKind.TICKET, LinkKind.EMAIL])
def test_no_other_link_activates(base: Engine, now: datetime, kind: LinkKind) -> None:
    register(now)
    with transaction() as db:
        token = links.issue(db, kind, account_of().key, now)
    for dead in (token, "", "faux", "\0", "x" * 900):
        with pytest.raises(DeadLinkError):
            activation.confirm(token=dead, now=now)


def test_an_agents_invitation_never_opens_without_a_password(base: Engine, now: datetime) -> None:
    account = make_account(active=False)
    with transaction() as db:
        token = links.issue(db, LinkKind.INVITATION, account.key, now)
    assert not recovery.open_link(token=token, activation=True, now=now).password_chosen
    with pytest.raises(DeadLinkError):
        activation.confirm(token=token, now=now)
    recovery.choose_password(token=token, activation=True, password=PASSWORD, terms=True, now=now)


def test_an_address_that_has_an_account_learns_it_by_mail_only(base: Engine, now: datetime) -> None:
    known = make_account(EMAIL)
    register(now, username="autre.nom", first_name="Intrus")
    assert subjects_to(EMAIL) == ["Vous avez déjà un espace personnel"]
    assert "Rien n’a été créé" in last_text(EMAIL)
    assert "Intrus" not in last_text(EMAIL)
    assert account_of().password_hash == known.password_hash
    with reading() as db:
        assert db.exec(select(Registration)).first() is None
        assert [entry.action for entry in db.exec(select(AuditEntry))] == ["account.registered_again"]


def test_a_stranger_cannot_replace_a_password_not_yet_confirmed(base: Engine, now: datetime) -> None:
    register(now)
    register(now, password="un tout autre secret long", password_again="un tout autre secret long")
    assert subjects_to(EMAIL) == ["Activez votre espace personnel"] * 2
    activation.confirm(token=last_token(EMAIL), now=now)
    assert signs_in(now)
    assert not signs_in(now, "un tout autre secret long")


def test_a_closed_account_is_not_written_to(base: Engine, now: datetime) -> None:
    account = make_account(EMAIL)
    with transaction() as db:
        db.get_one(Account, account.key).status = AccountStatus.CLOSED
    register(now)
    assert recipients() == []


def test_a_taken_username_is_numbered_and_said_by_mail_only(base: Engine, now: datetime) -> None:
    make_account("zoe.martin@ailleurs.example")
    make_account("zoe.martin2@ailleurs.example")
    register(now)
    assert account_of().username == "zoe.martin3"
    assert "n’était pas disponible" in last_text(EMAIL)


@pytest.mark.parametrize("username", ["a%", "a_", "%", "_"])
def test_a_username_full_of_wildcards_is_only_a_name(base: Engine, now: datetime, username: str) -> None:
    make_account("abc@ailleurs.example")
    register(now, username=username)
    assert account_of().username == username


def test_the_same_registration_at_once_makes_one_account(base: Engine, now: datetime) -> None:
    new = NewRegistration(check(now))
    found = together(*[lambda: registering.register(new=new, now=now)] * 3)
    assert found == [None, None, None]
    assert account_of().status == AccountStatus.INVITED
    assert len(recipients()) == 3


def test_two_people_wanting_one_username_at_once_both_register(base: Engine, now: datetime) -> None:
    emails = [f"p{rank}@famille.example" for rank in range(3)]
    new = [NewRegistration(check(now, email=email, email_again=email)) for email in emails]
    together(*[lambda one=one: registering.register(new=one, now=now) for one in new])
    assert {account_of(email).username for email in emails} == {"zoe.martin", "zoe.martin2", "zoe.martin3"}


def test_a_mailbox_is_not_flooded(base: Engine, now: datetime) -> None:
    for _ in range(3):
        register(now)
    with pytest.raises(TooManyAttemptsError):
        register(now)
    assert len(recipients()) == 3


def test_the_number_and_the_name_together_find_the_file(base: Engine, now: datetime) -> None:
    make_family("Lefèvre")
    with transaction() as db:
        db.exec(update(Family).values(number="F-1001"))
    for number, name in (("F-1001", "Lefèvre"), (" f-1001 ", "LEFEVRE"), ("F - 1001", "famille lefevre")):
        assert reference(number, name, now) == ("F-1001", name)


def test_a_wrong_number_and_a_wrong_name_say_the_same(base: Engine, now: datetime) -> None:
    make_family("Lefèvre")
    with transaction() as db:
        db.exec(update(Family).values(number="F-1001"))
    said = set()
    for rank, (number, name) in enumerate(
        [("F-1001", "Durand"), ("F-9999", "Lefèvre"), ("F-9999", "Durand"), ("%", "%"), ("F-1001", "famille")]
    ):
        with pytest.raises(FormRefusedError) as refusal:
            reference(number, name, now, f"192.0.2.{rank}")
        said.add(str(refusal.value.fields))
    assert len(said) == 1


@pytest.mark.parametrize("form", [{}, {"number": "F-1"}, {"name": "x"}, {"number": "x" * 31, "name": "x"}])
def test_an_incomplete_reference_is_said_field_by_field(base: Engine, now: datetime, form: dict[str, str]) -> None:
    with pytest.raises(FormRefusedError) as refusal:
        registering.check_reference(form=form, address=ADDRESS, now=now)
    assert set(refusal.value.fields) == {"number", "name"} - {name for name in form if len(form[name]) < 31}


def test_guessing_a_name_is_braked_by_file_and_by_address(base: Engine, now: datetime) -> None:
    for rank in range(5):
        with pytest.raises(FormRefusedError):
            reference("F-1", f"Essai{rank}", now, f"192.0.2.{rank}")
    with pytest.raises(TooManyAttemptsError):
        reference("F-1", "Encore", now, "192.0.2.200")
    for rank in range(30):
        with pytest.raises(FormRefusedError):
            reference(f"F-{rank + 10}", "Durand", now, "192.0.2.201")
    with pytest.raises(TooManyAttemptsError):
        reference("F-777", "Durand", now, "192.0.2.201")


def known_file(*accounts: Account, status: FamilyStatus = FamilyStatus.ACTIVE) -> int:
    key = make_family("Lefèvre", *accounts)
    with transaction() as db:
        db.exec(update(Family).where(col(Family.id) == key).values(number="F-1001", status=status))
    return key


def places(family_id: int) -> list[Guardian]:
    with reading() as db:
        return list(db.exec(select(Guardian).where(Guardian.family_id == family_id).order_by(col(Guardian.id))))


def test_with_a_known_file_registration_is_complete_at_activation(base: Engine, now: datetime) -> None:
    other = make_account("ali@famille.example")
    key = known_file(other)
    register(now, number="F-1001", name="Lefèvre")
    assert [place.account_id for place in places(key)] == [other.key]
    assert activation.confirm(token=last_token(EMAIL), now=now) is True
    _, place = places(key)
    assert (place.account_id, place.can_book, place.can_edit, place.can_see_health) == (
        account_of().key,
        True,
        False,
        False,
    )
    assert subjects_to(EMAIL) == ["Activez votre espace personnel", "Votre inscription est complète"]
    assert subjects_to("ali@famille.example") == ["Une personne a rejoint votre dossier"]
    with reading() as db:
        assert db.exec(select(Registration)).first() is None


def test_the_adult_the_file_was_waiting_for_takes_their_place(base: Engine, now: datetime) -> None:
    key = known_file()
    with transaction() as db:
        db.add(Guardian(family_id=key, first_name="ZOE", last_name="Martin", role="mother", can_book=False))
    register(now, number="F-1001", name="Lefèvre")
    activation.confirm(token=last_token(EMAIL), now=now)
    (place,) = places(key)
    assert (place.account_id, place.role, place.can_book, place.can_see_health) == (
        account_of().key,
        "mother",
        False,
        True,
    )


def test_a_namesake_who_has_an_account_keeps_their_place(base: Engine, now: datetime) -> None:
    namesake = make_account("zoe@famille.example")
    key = known_file(namesake)
    with transaction() as db:
        db.exec(update(Guardian).values(first_name="Zoé", last_name="Martin"))
    register(now, number="F-1001", name="Lefèvre")
    activation.confirm(token=last_token(EMAIL), now=now)
    assert [place.account_id for place in places(key)] == [namesake.key, account_of().key]


def test_the_old_number_of_a_merged_file_leads_to_the_kept_one(base: Engine, now: datetime) -> None:
    kept, old = make_family("Garnier"), make_family("Lefèvre")
    with transaction() as db:
        db.exec(
            update(Family)
            .where(col(Family.id) == old)
            .values(number="F-1001", status=FamilyStatus.MERGED, merged_into_id=kept)
        )
    register(now, number="F-1001", name="Lefèvre")
    assert activation.confirm(token=last_token(EMAIL), now=now)
    assert len(places(kept)) == 1
    assert places(old) == []


def test_a_file_closed_meanwhile_leaves_the_family_to_be_entered(base: Engine, now: datetime) -> None:
    key = known_file()
    register(now, number="F-1001", name="Lefèvre")
    with transaction() as db:
        db.get_one(Family, key).status = FamilyStatus.ARCHIVED
    with pytest.raises(FormRefusedError):
        reference("F-1001", "Lefèvre", now)
    assert activation.confirm(token=last_token(EMAIL), now=now) is False
    assert places(key) == []


def test_a_file_renamed_between_two_steps_stops_the_registration(base: Engine, now: datetime) -> None:
    with pytest.raises(RefusalError, match="aucun dossier"):
        register(now, number="F-1001", name="Lefèvre")
    assert recipients() == []


def test_a_password_chosen_by_a_recovery_link_also_joins_the_file(base: Engine, now: datetime) -> None:
    key = known_file()
    register(now, number="F-1001", name="Lefèvre")
    recovery.choose_password(
        token=last_token(EMAIL), activation=True, password="cheval agrafe lampe torrent", terms=False, now=now
    )
    assert [place.account_id for place in places(key)] == [account_of().key]
