"""Les pages ouvertes à tous."""

from portail.pages.sections.section import Section

PUBLIC = (
    Section(
        "/",
        "Bienvenue",
        "Accueil",
        "home",
        words="Le portail des familles : connexion et nouvelles de la mairie.",
    ),
    Section("/connexion", "Connexion", "Connexion", "key", words="Se connecter à son espace personnel."),
    Section(
        "/inscription",
        "Inscription",
        "Inscription",
        "user",
        words="Créer son espace personnel, avec ou sans dossier.",
    ),
    Section(
        "/mot-de-passe-oublie",
        "Mot de passe oublié",
        "Mot de passe oublié",
        "key",
        words="Recevoir un lien pour choisir un mot de passe ou activer son espace.",
    ),
    Section(
        "/actualites",
        "Actualités",
        "Actualités",
        "news",
        words="Les nouvelles de la mairie",
    ),
    Section(
        "/contact",
        "Nous contacter",
        "Nous contacter",
        "phone",
        words="Téléphone, courriel, adresse",
    ),
    Section(
        "/mentions-legales",
        "Mentions légales",
        "Mentions légales",
        "document",
        words="Qui édite et qui héberge ce site.",
    ),
    Section(
        "/cgu",
        "Conditions générales d’utilisation",
        "Conditions générales d’utilisation",
        "document",
        words="Les règles du service, acceptées à l’activation.",
    ),
    Section(
        "/reglement",
        "Règlement des activités",
        "Règlement des activités",
        "document",
        words="Ce que la famille accepte en inscrivant un enfant.",
    ),
    Section(
        "/protection-des-donnees",
        "Protection des données",
        "Protection des données",
        "shield",
        words="Les données traitées, leur durée de conservation et vos droits.",
    ),
    Section(
        "/accessibilite",
        "Accessibilité",
        "Accessibilité",
        "access",
        words="Déclaration de conformité et voies de recours.",
    ),
    Section(
        "/verification",
        "Vérifier une attestation",
        "Vérifier une attestation",
        "shield",
        words="Savoir si une attestation d’inscription vient bien de la mairie.",
    ),
    Section("/aide", "Aide", "Aide", "help", words="Se connecter, gérer son compte"),
    Section(
        "/plan-du-site",
        "Plan du site",
        "Plan du site",
        "map",
        words="Toutes les pages du portail.",
    ),
)
