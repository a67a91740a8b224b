"""Les textes publics par défaut, en données : un module par page."""
