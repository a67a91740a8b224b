"""Les doublons : les trouver, les comparer, les fusionner, et revenir en arrière."""

from portail.services.merging.families import forget_old_steps, latest_merge, merge, merge_families, undo_merge

__all__ = ["forget_old_steps", "latest_merge", "merge", "merge_families", "undo_merge"]
