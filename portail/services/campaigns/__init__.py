"""Les campagnes : les régler, entrer à son tour par la salle d'attente, préparer ses vœux."""
