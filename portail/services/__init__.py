from portail.services import person_keys

__all__ = ["person_keys"]  # quel que soit le service qui écrit, les clés de ressemblance suivent
