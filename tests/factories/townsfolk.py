"""Une ville entière, toujours la même : des milliers de foyers inventés, écrits en quelques ordres."""

from datetime import UTC, date, datetime, timedelta
from random import Random

from sqlalchemy import insert
from sqlmodel import SQLModel

from portail.domain.families import GuardianRole
from portail.models.database import transaction
from portail.services.merging import person_keys

SEED = 20_261_120
PER_HOME = 4
FIRST_ID = 100_000
_STARTS = (
    "Bel", "Mar", "Char", "Cour", "Del", "Fer", "Gar", "Hu", "Jan", "Lam", "Mon", "Nor", "Pel", "Roch", "Sau", "Tal",
    "Val", "Ver", "Bou", "Cham", "Dan", "Es", "Fron", "Gour", "Ker", "Lan", "Mal", "Pou", "Ram", "Sal", "Tour", "Vi",
)  # fmt: skip
_MIDDLES = (
    "", "a", "ber", "cha", "de", "fi", "gue", "lan", "li", "mi", "na", "ni", "pi", "que", "ra", "ri", "se", "ti", "vi",
)  # fmt: skip
_ENDS = (
    "and", "ard", "eau", "el", "ent", "er", "et", "ier", "in", "nel", "not", "on", "ot", "oux", "rac", "sac", "teau",
    "tier", "ville", "voise",
)  # fmt: skip
_FIRST = ["Adèle", "Adrien", "Agathe", "Alban", "Alexis", "Alice", "Alix", "Amaury", "Ambre", "Anatole", "André", "Angèle", "Anna", "Antonin", "Ariane", "Armand", "Arthur", "Aubin", "Audrey", "Aurore", "Axel", "Baptiste", "Barnabé", "Basile", "Béatrice", "Benjamin", "Blanche", "Blandine", "Brice", "Bruno", "Candice", "Capucine", "Carine", "Cécile", "Célestin", "Céline", "Charles", "Charlotte", "Claire", "Clara", "Claudine", "Clément", "Colin", "Coralie", "Cosme", "Côme", "Cyprien", "Damien", "Daphné", "David", "Delphine", "Denis", "Diane", "Dimitri", "Dorian", "Édith", "Edgar", "Édouard", "Éléonore", "Éliott", "Élise", "Élodie", "Elsa", "Émeline", "Emma", "Enzo", "Éric", "Erwan", "Esther", "Étienne", "Eugénie", "Ève", "Fabien", "Fanny", "Félix", "Fernand", "Fleur", "Florence", "Florian", "France", "Gabriel", "Gaspard", "Gaston", "Gauthier", "Geneviève", "Georges", "Gérald", "Germain", "Gilles", "Grégoire", "Gustave", "Hadrien", "Hector", "Henri", "Hippolyte", "Honorine", "Hortense", "Hugo", "Ignace", "Irène", "Isaac", "Isabelle", "Jade", "Jérémie", "Jérôme", "Joachim", "Joséphine", "Jules", "Julie", "Justin", "Karim", "Lara", "Laure", "Léa", "Léon", "Lila", "Lisa", "Lola", "Lorraine", "Louis", "Louise", "Luc", "Lucas", "Lucie", "Ludovic", "Madeleine", "Magali", "Malo", "Manon", "Marc", "Margot", "Marion", "Marius", "Mathilde", "Maxime", "Mélanie", "Mila", "Milo", "Mona", "Muriel", "Nadia", "Naïm", "Nathalie", "Nicolas", "Nina", "Noé", "Nora", "Octave", "Odile", "Olga", "Oscar", "Pablo", "Paloma", "Pascal", "Patrice", "Paul", "Pauline", "Perrine", "Pierre", "Prune", "Raoul", "Régis", "Renaud", "Robin", "Rodolphe", "Romane", "Rosalie", "Sacha", "Salomé", "Samuel", "Sara", "Séverine", "Simon", "Sixtine", "Sophie", "Suzanne", "Sylvain", "Tanguy", "Théo", "Thomas", "Tristan", "Ulysse", "Valérie", "Victoire", "Vincent", "Violette", "Wassim", "Xavier", "Yaël", "Yves", "Zélie"]  # fmt: skip
_STREETS = ("rue des Acacias", "rue du Moulin", "avenue de la Gare", "allée des Tilleuls", "quai des Mariniers")


def settle(people: int, seed: int = SEED) -> None:
    """Inscrit `people` personnes, quatre par foyer (deux adultes, deux enfants), et leurs clés."""
    chance = Random(seed)  # noqa: S311 — un tirage que l’on veut toujours le même
    homes = range(FIRST_ID, FIRST_ID + people // PER_HOME)
    tables = SQLModel.metadata.tables
    with transaction() as db:
        run = db.connection().execute
        names = {home: _surname(chance) for home in homes}
        run(insert(tables["family"]), [_family(home, names[home], chance) for home in homes])
        run(insert(tables["guardian"]), [row for home in homes for row in _guardians(home, names[home], chance)])
        run(insert(tables["child"]), [row for home in homes for row in _children(home, names[home], chance)])
        places = [
            {"family_id": home, "child_id": home * 2 + rank, "position": rank} for home in homes for rank in (0, 1)
        ]
        run(insert(tables["family_child"]), places)
    person_keys.index_everything()


def _surname(chance: Random) -> str:
    return chance.choice(_STARTS) + chance.choice(_MIDDLES) + chance.choice(_ENDS)


def _family(home: int, name: str, chance: Random) -> dict[str, object]:
    return {
        "id": home,
        "number": f"G-{home}",
        "name": name,
        "address": f"{chance.randrange(1, 180)} {chance.choice(_STREETS)}",
        "postcode": "49999",
        "city": "Valbourg",
        "created_at": datetime(2026, 1, 1, tzinfo=UTC),
    }


def _guardians(home: int, name: str, chance: Random) -> list[dict[str, object]]:
    return [
        {
            "family_id": home,
            "first_name": chance.choice(_FIRST),
            "last_name": name if rank == 0 or chance.random() < 0.6 else _surname(chance),
            "role": role,
            "phone": f"06 00 {chance.randrange(100):02d} {chance.randrange(100):02d} {chance.randrange(100):02d}",
        }
        for rank, role in enumerate((GuardianRole.MOTHER, GuardianRole.FATHER))
    ]


def _children(home: int, name: str, chance: Random) -> list[dict[str, object]]:
    return [
        {
            "id": home * 2 + rank,
            "first_name": chance.choice(_FIRST),
            "last_name": name,
            "birth_date": date(2015, 9, 1) + timedelta(days=chance.randrange(3_600)),
            "level": "CP",
        }
        for rank in (0, 1)
    ]
