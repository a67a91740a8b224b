"""Les prestataires d'essai : ils parlent comme les vrais, pour la démonstration et les tests ; la production les refuse."""
