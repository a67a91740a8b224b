"""Les changements de situation qu'une famille annonce à la mairie."""

from enum import StrEnum


class Situation(StrEnum):
    MARRIAGE = "marriage"
    SEPARATION = "separation"
    BIRTH = "birth"
    MOVE = "move"
    AUTHORISED = "authorised"
    WORK = "work"
    OTHER = "other"

    @property
    def label(self) -> str:
        return SITUATION_LABELS[self]


SITUATION_LABELS = {
    Situation.MARRIAGE: "Mariage, Pacs ou changement de nom",
    Situation.SEPARATION: "Séparation ou divorce",
    Situation.BIRTH: "Naissance ou adoption",
    Situation.MOVE: "Déménagement à venir",
    Situation.AUTHORISED: "Personne autorisée à venir chercher un enfant",
    Situation.WORK: "Changement de travail ou de revenus",
    Situation.OTHER: "Autre changement",
}
