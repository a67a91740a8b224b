"""Les actualités de la ville de démonstration ; les jours sont comptés depuis aujourd'hui."""

NEWS = (
    (
        3,
        "rencontre-parents-ecoles",
        "Rencontrons-nous : parents, écoles et mairie",
        "Une soirée pour poser vos questions sur la cantine, l’accueil du soir et les mercredis.",
        "Le service enfance vous attend à la salle des fêtes, mardi à 18 h 30.\n\n"
        "Les directrices des trois écoles et l’équipe de restauration seront là. Un accueil est prévu pour les "
        "enfants : dites-nous combien ils seront en appelant la mairie.",
    ),
    (
        9,
        "votre-compte-en-securite",
        "Votre compte, mieux protégé",
        "Vous pouvez demander un code sur votre téléphone à chaque connexion.",
        "Depuis « Mon compte », activez le second facteur : à la connexion, le portail demandera en plus du mot de "
        "passe un code que votre téléphone affiche.\n\n"
        "Notez les codes de secours : ils ouvrent votre compte le jour où le téléphone manque.\n\n"
        "Au même endroit, vous voyez les appareils connectés et pouvez les déconnecter d’un geste.",
    ),
    (
        16,
        "travaux-jean-mace",
        "Travaux à l’école Jean-Macé",
        "L’accueil du matin se fait côté jardin jusqu’à la fin du mois.",
        "Le hall de l’école est repeint et son éclairage refait.\n\n"
        "Pendant les travaux, entrez par le portillon de la rue du Jardin. Les horaires ne changent pas.",
    ),
    (
        30,
        "le-portail-ouvre",
        "Le Portail Famille est ouvert",
        "Un seul endroit pour retrouver votre dossier et les nouvelles de l’école.",
        "Si vous avez déjà un dossier à la mairie, demandez votre lien d’activation depuis la page "
        "« Mot de passe oublié ».\n\n"
        "Vous préférez le téléphone ? Le service enfance répond du lundi au vendredi, de 9 h à 12 h et de 14 h à 17 h.",
    ),
)
