"""L'occupation : combien de places sont prises chaque jour, et qui vient à une séance."""
