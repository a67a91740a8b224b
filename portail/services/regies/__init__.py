"""Les régies : celle qui tient les porte-monnaie existe toujours, les autres s'ajoutent."""

from portail.services.regies.existing import default, of_activity, open_regies, prepare, top_up_rules

__all__ = ["default", "of_activity", "open_regies", "prepare", "top_up_rules"]
