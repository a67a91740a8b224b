"""Les prestataires d'essai, pour la démonstration et les tests : ils parlent comme les vrais."""
