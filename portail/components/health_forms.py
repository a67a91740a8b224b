"""Les formulaires de la fiche sanitaire, un par partie."""

import reflex as rx

from portail.components import health_fields as fields
from portail.components.health_fields import Trouble
from portail.domain.health import Answer, BloodGroup, Diet, Illness


def doctor(record: rx.Var, trouble: Trouble) -> list[rx.Component]:
    return [
        fields.line("doctor_name", "Nom du médecin traitant", record.doctor_name, trouble),
        fields.line("doctor_phone", "Téléphone du médecin", record.doctor_phone, trouble, kind="tel"),
    ]


def care(record: rx.Var, trouble: Trouble) -> list[rx.Component]:
    return [
        fields.choice("allergies", "Votre enfant a-t-il des allergies ?", Answer, record.allergies, trouble),
        rx.el.div(
            rx.el.p("Précisez au moins une ligne.", class_name="hint"),
            fields.paragraph("drug_allergies", "Médicaments", record.drug_allergies, trouble),
            fields.paragraph("food_allergies", "Aliments", record.food_allergies, trouble),
            fields.paragraph("other_allergies", "Autres allergies", record.other_allergies, trouble),
            class_name="ifyes",
        ),
        fields.choice("asthma", "A-t-il de l’asthme ?", Answer, record.asthma, trouble),
        fields.choice(
            "pai",
            "A-t-il un PAI (projet d’accueil individualisé, écrit avec un médecin) ?",
            Answer,
            record.pai,
            trouble,
        ),
        rx.el.div(
            fields.line("pai_until", "Date de fin du PAI", record.pai_until, trouble, kind="date"), class_name="ifyes"
        ),
        rx.el.fieldset(
            rx.el.legend("Maladies déjà eues"),
            rx.el.div(*[_illness(one, record) for one in Illness], class_name="options"),
            class_name="field choice",
        ),
        fields.select("blood_group", "Groupe sanguin (facultatif)", BloodGroup, record.blood_group, trouble),
        fields.paragraph("advice", "Recommandations (lunettes, doudou, gestes utiles…)", record.advice, trouble),
    ]


def _illness(one: Illness, record: rx.Var) -> rx.Component:
    return fields.tick(f"illness_{one.value}", one.label, record.illnesses.contains(one.value))


def meals(record: rx.Var, trouble: Trouble) -> list[rx.Component]:
    return [fields.choice("diet", "Que mange votre enfant ?", Diet, record.diet, trouble)]


def vaccines(health: rx.Var, trouble: Trouble) -> list[rx.Component]:
    return [
        rx.el.p(
            "Recopiez les dates du carnet de santé : le portail en déduit ce que la loi demande encore à cet âge.",
            class_name="hint",
        ),
        rx.el.fieldset(
            rx.el.legend("Vaccin hexavalent (Hexyon, Infanrix hexa, Vaxelis)"),
            rx.el.p("Ses dates s’ajoutent au DTP, à la coqueluche, au Hib et à l’hépatite B.", class_name="hint"),
            rx.el.div(rx.foreach(health.combined, lambda box: fields.day(box, trouble)), class_name="doses"),
            class_name="field choice",
        ),
        rx.foreach(health.vaccines, lambda one: rx.cond(one.required, _vaccine(one, trouble))),
        rx.el.details(
            rx.el.summary("Autres vaccins, non exigés", class_name="lost"),
            rx.el.div(
                rx.foreach(health.vaccines, lambda one: rx.cond(one.required, rx.fragment(), _vaccine(one, trouble))),
                class_name="stack",
            ),
        ),
        fields.tick("exempt", "Un médecin a écrit une contre-indication à un vaccin obligatoire", health.record.exempt),
    ]


def _vaccine(one: rx.Var, trouble: Trouble) -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend(one.label),
        rx.el.div(rx.foreach(one.boxes, lambda box: fields.day(box, trouble)), class_name="doses"),
        class_name="field choice",
    )


def contact(one: rx.Var, trouble: Trouble) -> list[rx.Component]:
    return [
        fields.line("first_name", "Prénom", one.first_name, trouble),
        fields.line("last_name", "Nom", one.last_name, trouble),
        fields.line(
            "relation", "Lien avec l’enfant", one.relation, trouble, hint="Grand-mère, voisin, assistante maternelle…"
        ),
        fields.line("phone", "Téléphone", one.phone, trouble, kind="tel"),
        fields.tick("emergency", "À contacter en cas d’urgence", one.emergency),
        fields.tick("may_collect", "Autorisé à venir chercher l’enfant", one.may_collect),
    ]


def consents(health: rx.Var, trouble: Trouble) -> list[rx.Component]:
    return [
        rx.foreach(health.consents, lambda one: _consent(one, trouble)),
        rx.el.p(f"Vos réponses seront datées et signées : {health.signer}.", class_name="hint"),
    ]


def _consent(one: rx.Var, trouble: Trouble) -> rx.Component:
    text = rx.el.p(one.text, class_name="small")
    return rx.el.div(
        fields.choice(f"consent_{one.id}", one.label, Answer, one.answer, trouble, text=text), class_name="consent"
    )
