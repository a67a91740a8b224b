"""La faute trouvée dans un fichier, avant que l'on sache son nom."""

from portail.domain.uploads import Fault

REFUSED = 3  # ce que rend le processus à part quand il a trouvé une faute


class FaultError(Exception):
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault
