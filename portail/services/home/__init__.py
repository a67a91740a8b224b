"""L'accueil de chacun : ce qui compte pour un parent, ce qui attend un agent."""
