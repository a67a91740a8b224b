"""Tenir le portail en état : sauvegarder, rétablir, ausculter, sonder."""
