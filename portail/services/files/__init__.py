"""Les fichiers reçus : chiffrés au coffre, rendus, oubliés."""
