"""Les réservations dans l'archive : en mots, par dossier, sans l'autre foyer ni ce que la personne n'a pas à voir."""

import json
from datetime import timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from sqlalchemy import Engine
from sqlmodel import update

from portail.domain.accounts import Actor
from portail.domain.bookings import BookingState
from portail.models.activities import Slot
from portail.models.bookings import Absence, Booking, BookingBatch, BookingChange, CalendarFeed, WaitlistEntry
from portail.models.campaigns import Campaign, WaitingTicket, WishList
from portail.models.database import reading, transaction
from portail.models.families import Guardian
from portail.services.privacy import export
from tests.conftest import NOW
from tests.factories.activities import (
    THURSDAY,
    make_activity,
    make_document,
    make_document_type,
    make_enrolment,
    make_offering,
    make_slot,
)
from tests.factories.families import make_child, make_family
from tests.factories.people import make_account, open_session

SLOT = "Cantine · Jean-Macé, Repas, jeudi 3 décembre 2026"


def exported(actor: Actor) -> dict[str, Any]:
    with ZipFile(BytesIO(export.make_export(actor, NOW).body)) as archive:
        return json.loads(archive.read("donnees.json"))


def canteen() -> tuple[int, int]:
    activity = make_activity(name="Cantine", place="Jean-Macé")
    return activity, make_slot(make_offering(activity, name="Repas"), THURSDAY)


def book(slot: int, child: int, family: int, author: int) -> int:
    """Réservé, payé, puis déclaré absent."""
    with transaction() as db:
        at = {"at": NOW, "family_id": family}
        batch = BookingBatch(token=f"t{child}{family}", digest="", source="calendar", author_id=author, **at)
        db.add(batch)
        prices = {
            "meal_cents": 200,
            "care_cents": 120,
            "surcharge_cents": 80,
            "surcharge_kind": "late",
            "is_paid": True,
        }
        names = {"slot_id": slot, "child_id": child, "family_id": family, "state": BookingState.BOOKED}
        booking = Booking(**names, **prices, formula="quotient 850", changed_at=NOW)
        db.add(booking)
        db.flush()
        db.add(BookingChange(batch_id=batch.key, booking_id=booking.key, after="booked", amount_cents=400))
        db.add(Absence(booking_id=booking.key, author_id=author, declared_at=NOW))
        return booking.key


def test_bookings_are_told_in_words(base: Engine) -> None:
    account = make_account("camille@famille.example")
    actor, family = open_session(account)[1], make_family("Durand", account)
    child = make_child("Léa", family)
    activity, slot = canteen()
    book(slot, child, family, account.key)
    make_enrolment(child, family, activity)
    with reading() as db:
        offering = db.get_one(Slot, slot).offering_id
    full = make_slot(offering, THURSDAY + timedelta(days=1), capacity=0)
    make_document(make_document_type("Assurance"), family, child, valid_until=THURSDAY)
    with transaction() as db:
        wait = {"slot_id": full, "child_id": child, "family_id": family, "joined_at": NOW, "until": NOW}
        db.add(WaitlistEntry(**wait, author_id=account.key))
        db.add(CalendarFeed(account_id=account.key, token_hash="empreinte", created_at=NOW))
    data = exported(actor)
    assert data["reservations"] == [
        {
            "seance": SLOT,
            "enfant": "Léa",
            "dossier": "F-Durand",
            "etat": "Réservé",
            "repas_en_centimes": 200,
            "garde_en_centimes": 120,
            "majoration_en_centimes": 80,
            "sorte_de_majoration": "hors délais",
            "debitee_du_porte_monnaie": True,
            "calcul_du_prix": "quotient 850",
            "modifiee_le": "2026-11-20T10:00:00+01:00",
        }
    ]
    assert data["historique_des_reservations"] == [
        {"seance": SLOT, "avant": "", "apres": "Réservé", "montant_en_centimes": 400, "motif": ""}
    ]
    assert [(one["dossier"], one["par"]) for one in data["validations"]] == [("F-Durand", "vous")]
    assert [(one["seance"], one["par"]) for one in data["absences"]] == [(SLOT, "vous")]
    (waited,) = data["listes_d_attente"]
    assert (waited["seance"], waited["etat"]) == (SLOT.replace("jeudi 3", "vendredi 4"), "en attente")
    assert [(one["activite"], one["etat"]) for one in data["inscriptions"]] == [("Cantine · Jean-Macé", "inscrit")]
    (document,) = data["documents_remis"]
    assert (document["document"], document["enfant"], document["etat"]) == ("Assurance", "Léa", "validé")
    assert data["abonnement_a_l_agenda"] == [{"cree_le": "2026-11-20T10:00:00+01:00", "lu_le": None}]
    assert "empreinte" not in json.dumps(data, ensure_ascii=False)


def test_the_other_home_of_a_shared_child_books_in_private(base: Engine) -> None:
    (paul, sophie) = (make_account(f"{name}@famille.example") for name in ("paul", "sophie"))
    homes = [make_family("Lefèvre", paul), make_family("Garnier", sophie)]
    jade = make_child("Jade", *homes)
    _, slot = canteen()
    book(slot, jade, homes[1], sophie.key)
    mine, theirs = exported(open_session(paul)[1]), exported(open_session(sophie)[1])
    for section in ("reservations", "validations", "historique_des_reservations", "absences"):
        assert (mine[section], len(theirs[section])) == ([], 1), section
    assert "Cantine" not in json.dumps(mine, ensure_ascii=False)


def test_without_the_right_to_see_money_not_a_price(base: Engine) -> None:
    account = make_account("carer@famille.example")
    family = make_family("Durand", account)
    _, slot = canteen()
    book(slot, make_child("Léa", family), family, account.key)
    with transaction() as db:
        db.exec(update(Guardian).values(can_see_money=False))
    data = exported(open_session(account)[1])
    assert data["reservations"][0].keys() == {"seance", "enfant", "dossier", "etat", "modifiee_le"}
    assert data["historique_des_reservations"][0].keys() == {"seance", "avant", "apres", "motif"}
    assert "850" not in json.dumps(data["reservations"], ensure_ascii=False)


def test_a_campaign_is_told_by_its_name(base: Engine) -> None:
    account = make_account("camille@famille.example")
    family = make_family("Durand", account)
    (activity, slot), other = canteen(), make_activity()
    with transaction() as db:
        days = {"first_day": THURSDAY, "last_day": THURSDAY, "residents_at": NOW, "everyone_at": NOW}
        campaign = Campaign(name="Vacances d’hiver", **days)
        db.add(campaign)
        db.flush()
        ticket = {"campaign_id": campaign.key, "account_id": account.key, "rank": 12}
        db.add(WaitingTicket(**ticket, joined_at=NOW, seen_at=NOW))
        wishes = {"campaign_id": campaign.key, "family_id": family, "changed_at": NOW}
        db.add(WishList(**wishes, activity_id=activity, choices=f"{slot}.1=add,99.1=add"))
        db.add(WishList(**wishes, activity_id=other, choices="illisible"))
    data = exported(open_session(account)[1])
    assert (data["salle_d_attente"][0]["campagne"], data["salle_d_attente"][0]["rang"]) == ("Vacances d’hiver", 12)
    assert [(one["campagne"], one["seances"]) for one in data["voeux"]] == [
        ("Vacances d’hiver", [SLOT]),
        ("Vacances d’hiver", []),
    ]
