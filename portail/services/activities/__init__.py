"""Les activités, réglées par les agents : leurs séances, leurs règles, leurs places et leurs exceptions."""
