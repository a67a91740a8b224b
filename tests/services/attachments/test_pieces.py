"""Les pièces d'une démarche et le document du PAI : qui joint, qui lit, qui retire, et jusqu'à quand."""

from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from portail.domain.accounts import Actor, Role
from portail.domain.families import GuardianRole
from portail.domain.refusals import BadInputError, NotOpenError, RefusalError
from portail.domain.requests import AlreadyDecidedError, AlreadyTakenError, ChangedMeanwhileError, RequestKind
from portail.domain.uploads import FilesRefusedError, NoFileError, NoRoomError, Upload
from portail.integrations.storage import storage
from portail.models.audit import AuditEntry
from portail.models.database import reading, transaction
from portail.models.families import Family, Guardian
from portail.models.files import Attachment, StoredFile
from portail.models.requests import Request
from portail.services.attachments import downloading
from portail.services.health import pai, parents, readings
from portail.services.requests import NewRequest, desk, mine, open_request
from portail.services.requests.desk import Decision
from tests.factories import uploads
from tests.factories.crowds import together
from tests.factories.families import make_child, make_family
from tests.factories.people import make_account, open_session
from tests.factories.queries import counted

CONTENT = {"change": "Mariage", "detail": "En juin."}


class Office:
    """Un parent et sa démarche, l'autre adulte du foyer, une étrangère, un agent par rôle."""

    def __init__(self, now: datetime) -> None:
        self.parent, self.other, self.stranger = (
            open_session(make_account(f"{name}@famille.example"))[1] for name in ("zoe", "leo", "ali")
        )
        account = make_account("max@famille.example")
        self.family = make_family("Un", account)
        with transaction() as db:
            for who in (self.parent, self.other):
                names = {"first_name": "A", "last_name": "B", "role": GuardianRole.FATHER}
                db.add(Guardian(family_id=self.family, account_id=who.account_id, **names))
        make_family("Autre", make_account("autre@famille.example"))
        self.child = make_child("Zoé", self.family)
        self.staff = {
            role: open_session(make_account(f"{role}@mairie.example", role=role))[1]
            for role in Role
            if role != Role.PARENT
        }
        self.agent = self.staff[Role.RECEPTION]
        with transaction() as db:
            new = NewRequest(RequestKind.SITUATION, self.parent, self.family, None, CONTENT)
            self.request = open_request(db, new, now).key

    def send(self, now: datetime, *files: Upload, text: str = "", who: Actor | None = None) -> None:
        mine.answer(actor=who or self.parent, request_id=self.request, text=text, files=files, now=now)

    def made(self, text: str = "Oui.", *files: Upload) -> Decision:
        with reading() as db:
            return Decision(self.request, db.get_one(Request, self.request).version, text, files)

    def seen(self, who: Actor | None = None) -> list[str]:
        return [one.name for one in mine.show_one(actor=who or self.parent, request_id=self.request).files]


@pytest.fixture
def office(base: Engine, now: datetime) -> Office:
    return Office(now)


def keys() -> list[int]:
    with reading() as db:
        return list(db.exec(select(Attachment.id).order_by(Attachment.id)))


def kept() -> tuple[int, int]:
    with reading() as db:
        return len(list(storage().names())), len(db.exec(select(StoredFile)).all())


def test_pieces_join_an_open_request_with_a_word_and_are_listed(office: Office, now: datetime) -> None:
    office.send(now, uploads.good("Livret de famille.pdf"), uploads.photo("../acte.JPG"), text="Voici.")
    view = mine.show_one(actor=office.parent, request_id=office.request)
    assert [one.name for one in view.files] == ["Livret de famille.pdf", "acte.jpg"]
    assert view.files[0].detail == "PDF, 1\u00a0Ko · Vous, 20 novembre à 10\u00a0h\u00a000"
    assert view.files[1].detail.startswith("Photo, ")
    assert view.files[0].href == f"/telechargements/piece-{keys()[0]}"
    assert [(step.label, step.text) for step in view.steps][-1] == ("Pièces ajoutées par la famille", "Voici.")
    assert view.status_label == "Envoyée"


def test_added_pieces_make_the_agent_read_again_and_do_not_hide_the_delay(office: Office, now: datetime) -> None:
    before, later = office.made(), now + timedelta(days=9)
    office.send(later, uploads.good())
    with pytest.raises(ChangedMeanwhileError):
        desk.accept(actor=office.agent, made=before, now=later)
    with reading() as db:
        assert db.get_one(Request, office.request).updated_at == now


def test_an_answer_carries_pieces_and_goes_back_to_the_queue(office: Office, now: datetime) -> None:
    desk.ask(actor=office.agent, made=office.made("Un justificatif ?"), now=now)
    office.send(now, uploads.good())
    view = mine.show_one(actor=office.parent, request_id=office.request)
    assert (view.status_label, view.steps[-1].label) == ("Envoyée", "Réponse de la famille")
    assert office.seen() == ["justificatif.pdf"]


def test_nothing_to_send_is_said_beside_its_field(office: Office, now: datetime) -> None:
    with pytest.raises(NoFileError):
        office.send(now)
    with pytest.raises(BadInputError, match="n’attend pas"):
        office.send(now, text="Alors ?")
    desk.ask(actor=office.agent, made=office.made("Un justificatif ?"), now=now)
    with pytest.raises(BadInputError, match="Écrivez votre réponse"):
        office.send(now)


def test_a_bad_file_sends_neither_word_nor_the_good_one(office: Office, now: datetime) -> None:
    with pytest.raises(FilesRefusedError):
        office.send(now, uploads.good(), Upload("vide.pdf", b""), text="Voici.")
    assert (office.seen(), kept()) == ([], (0, 0))
    assert len(mine.show_one(actor=office.parent, request_id=office.request).steps) == 1


def test_a_finished_request_takes_no_more_pieces(office: Office, now: datetime) -> None:
    mine.withdraw(actor=office.parent, request_id=office.request, now=now)
    with pytest.raises(AlreadyDecidedError):
        office.send(now, uploads.good())
    assert kept() == (0, 0)


@pytest.mark.parametrize("asked", [False, True])
def test_the_same_sending_twice_is_kept_once(office: Office, now: datetime, asked: bool) -> None:
    if asked:
        desk.ask(actor=office.agent, made=office.made("Un justificatif ?"), now=now)
    sendings = [partial(office.send, now, uploads.good(), text="Voici.")] * 3
    assert together(*sendings) == [None] * 3
    assert (office.seen(), kept()) == (["justificatif.pdf"], (1, 1))
    office.send(now, uploads.good(title="autre"), text="Voici.")
    assert kept() == (2, 2)


def test_the_other_adult_of_the_home_reads_and_a_stranger_finds_nothing(office: Office, now: datetime) -> None:
    office.send(now, uploads.good())
    (key,) = keys()
    assert downloading.download(office.other, key, now).body == uploads.pdf()
    line = mine.show_one(actor=office.other, request_id=office.request).files[0]
    assert (line.can_remove, "Zoe Essai" in line.detail) == (False, True)
    for number in (key, 0, -1, 999, 2**40):
        with pytest.raises(NotOpenError):
            downloading.download(office.stranger, number, now)
        with pytest.raises(NotOpenError):
            mine.take_back(actor=office.stranger, attachment_id=number, now=now)
    with pytest.raises(NotOpenError):
        office.send(now, uploads.good(), who=office.stranger)
    with pytest.raises(NotOpenError):
        mine.check_may_send(office.stranger, office.request)
    assert kept() == (1, 1)


@pytest.mark.parametrize(
    ("role", "reads"),
    [
        (Role.RECEPTION, True),
        (Role.DIRECTION, True),
        (Role.ADMIN, True),
        (Role.REGIE, False),
        (Role.ANIMATION, False),
    ],
)
def test_only_agents_who_hold_the_files_download_a_piece(
    office: Office, now: datetime, role: Role, reads: bool
) -> None:
    office.send(now, uploads.good())
    actor = office.staff[role]
    if reads:
        assert downloading.download(actor, keys()[0], now).media_type == "application/pdf"
        desk.check_may_act(actor, office.request)
        return
    with pytest.raises(NotOpenError):
        downloading.download(actor, keys()[0], now)
    with pytest.raises(NotOpenError):
        desk.check_may_act(actor, office.request)


@pytest.mark.parametrize("number", [0, -1, 999, 2**40])
def test_an_absent_request_is_closed_to_the_desk_too(office: Office, number: int) -> None:
    with pytest.raises(NotOpenError):
        desk.check_may_act(office.agent, number)


@pytest.mark.parametrize("gesture", ["ask", "accept", "refuse"])
def test_the_agent_attaches_a_piece_to_the_answer(office: Office, now: datetime, gesture: str) -> None:
    desk.GESTURES[gesture](
        actor=office.agent, made=office.made("Voir la pièce.", uploads.good("formulaire.pdf")), now=now
    )
    line = mine.show_one(actor=office.parent, request_id=office.request).files[0]
    assert (line.name, "Service enfance" in line.detail, line.can_remove) == ("formulaire.pdf", True, False)
    assert downloading.download(office.parent, line.id, now).name == "formulaire.pdf"


def test_a_piece_of_an_internal_note_is_for_agents_only(office: Office, now: datetime) -> None:
    desk.note(actor=office.agent, made=office.made("Vu.", uploads.good()), now=now)
    assert office.seen() == []
    with pytest.raises(NotOpenError):
        downloading.download(office.parent, keys()[0], now)
    (line,) = desk.show_one(actor=office.agent, request_id=office.request).files
    assert line.internal
    assert downloading.download(office.agent, line.id, now).body == uploads.pdf()


def test_a_refused_decision_keeps_no_piece(office: Office, now: datetime) -> None:
    stale = Decision(office.request, 99, "Non.", (uploads.good(),))
    for gesture in ("ask", "accept", "refuse"):
        with pytest.raises(RefusalError):
            desk.GESTURES[gesture](actor=office.agent, made=stale, now=now)
    assert kept() == (0, 0)


def test_a_piece_is_taken_back_until_an_agent_takes_the_request(office: Office, now: datetime) -> None:
    office.send(now, uploads.good("un.pdf"), uploads.photo("deux.jpg"))
    first, second = keys()
    with pytest.raises(NotOpenError):
        mine.take_back(actor=office.other, attachment_id=first, now=now)
    mine.take_back(actor=office.parent, attachment_id=first, now=now)
    assert (office.seen(), kept()) == (["deux.jpg"], (1, 1))
    last = mine.show_one(actor=office.parent, request_id=office.request).steps[-1]
    assert (last.label, last.text) == ("Pièce retirée par la famille", "un.pdf")
    with pytest.raises(NotOpenError):
        mine.take_back(actor=office.parent, attachment_id=first, now=now)
    made = office.made()
    desk.take(actor=office.agent, request_id=office.request, version=made.version, now=now)
    desk.release(actor=office.agent, request_id=office.request, version=made.version + 1, now=now)
    assert not mine.show_one(actor=office.parent, request_id=office.request).files[0].can_remove
    with pytest.raises(AlreadyTakenError):
        mine.take_back(actor=office.parent, attachment_id=second, now=now)
    assert kept() == (1, 1)


def test_the_page_reads_no_more_for_many_pieces(base: Engine, office: Office, now: datetime) -> None:
    office.send(now, uploads.good())
    with counted(base) as few:
        office.seen()
    office.send(now, *[uploads.photo(color=color) for color in ("red", "blue", "green")])
    with counted(base) as many:
        office.seen()
    assert len(many) == len(few)


def test_the_document_of_the_pai_is_read_by_the_parents_and_the_health_agents(office: Office, now: datetime) -> None:
    pai.add(actor=office.parent, child_id=office.child, files=(uploads.good("PAI diabete.pdf"),), now=now)
    (line,) = parents.show(actor=office.other, child_id=office.child, now=now).documents
    assert (line.name, line.can_remove) == ("PAI.pdf", True)
    assert downloading.download(office.other, line.id, now).body == uploads.pdf()
    for role, actor in office.staff.items():
        if role in {Role.RECEPTION, Role.DIRECTION}:
            assert downloading.download(actor, line.id, now).name == "PAI.pdf"
        else:
            with pytest.raises(NotOpenError):
                downloading.download(actor, line.id, now)
    seen = parents.show(actor=office.parent, child_id=office.child, now=now).readings
    assert sorted(one.role for one in seen) == ["Accueil", "Direction"]


def test_reading_the_file_then_its_document_is_one_reading(office: Office, now: datetime) -> None:
    pai.add(actor=office.parent, child_id=office.child, files=(uploads.good(),), now=now)
    (line,) = readings.read(actor=office.agent, child_id=office.child, now=now).documents
    assert not line.can_remove
    downloading.download(office.agent, line.id, now + timedelta(minutes=5))
    with reading() as db:
        assert len(db.exec(select(AuditEntry).where(AuditEntry.action == "health.read")).all()) == 1


def test_a_parent_without_the_health_right_neither_joins_nor_reads_nor_removes(office: Office, now: datetime) -> None:
    pai.add(actor=office.parent, child_id=office.child, files=(uploads.good(),), now=now)
    with transaction() as db:
        db.exec(select(Guardian).where(Guardian.account_id == office.other.account_id)).one().can_see_health = False
    (key,) = keys()
    with pytest.raises(NotOpenError):
        downloading.download(office.other, key, now)
    with pytest.raises(NotOpenError):
        pai.remove(actor=office.other, attachment_id=key, now=now)
    with pytest.raises(RefusalError):
        pai.add(actor=office.other, child_id=office.child, files=(uploads.photo(),), now=now)
    with pytest.raises(NotOpenError):
        pai.check_may_add(office.stranger, office.child)
    assert kept() == (1, 1)


def test_a_pai_keeps_five_documents_and_the_same_only_once(office: Office, now: datetime) -> None:
    with pytest.raises(NoFileError):
        pai.add(actor=office.parent, child_id=office.child, files=(), now=now)
    four = tuple(uploads.photo(color=color) for color in ("red", "blue", "green", "gold"))
    pai.add(actor=office.parent, child_id=office.child, files=four, now=now)
    pai.add(actor=office.parent, child_id=office.child, files=(*four[:2], uploads.good()), now=now)
    assert kept() == (5, 5)
    with pytest.raises(NoRoomError):
        pai.add(actor=office.parent, child_id=office.child, files=(uploads.photo(color="pink"),), now=now)
    assert kept() == (5, 5)


def test_a_piece_of_a_request_is_not_removed_as_a_pai(office: Office, now: datetime) -> None:
    office.send(now, uploads.good())
    pai.add(actor=office.parent, child_id=office.child, files=(uploads.good(),), now=now)
    of_request, of_child = keys()
    with pytest.raises(NotOpenError):
        pai.remove(actor=office.parent, attachment_id=of_request, now=now)
    with pytest.raises(NotOpenError):
        mine.take_back(actor=office.parent, attachment_id=of_child, now=now)
    assert kept() == (2, 2)


def test_a_merged_home_closes_the_health_documents(office: Office, now: datetime) -> None:
    pai.add(actor=office.parent, child_id=office.child, files=(uploads.good(),), now=now)
    with transaction() as db:
        db.get_one(Family, office.family).status = "archived"
    with pytest.raises(NotOpenError):
        downloading.download(office.parent, keys()[0], now)
