"""Les réservations soumises à la mairie : leur démarche (`following`), les réponses des agents (`answering`)."""
