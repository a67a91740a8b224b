"""S'inscrire au portail : les étapes, l'activation, la famille saisie, la relecture par un agent."""
