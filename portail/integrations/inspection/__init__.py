"""Regarder un fichier reçu avant de le garder ; `inspector` demande, `child` regarde dans un processus à part."""
