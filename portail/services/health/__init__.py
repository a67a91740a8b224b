"""La fiche sanitaire : la remplir, la lire, savoir ce qui y manque, changer ses clés."""
