"""La commande `portail` : servir, migrer, sauvegarder, vérifier."""

import argparse
import json
import sys
from collections.abc import Callable
from getpass import getpass
from pathlib import Path

from portail import clock, logs
from portail.domain.refusals import RefusalError
from portail.settings import SettingsError, current


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        current()
    except SettingsError as error:
        print(f"Réglages à corriger :\n{error}", file=sys.stderr)
        return 2
    logs.configure()
    work: Callable[[argparse.Namespace], int] = options.work
    try:
        return work(options)
    except RefusalError as refusal:  # une commande refuse comme un écran : une phrase, pas une trace
        print(refusal.full_sentence, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="portail", description="Le Portail Famille, côté machine.")
    commands = parser.add_subparsers(required=True, metavar="commande")

    def add(name: str, work: Callable[[argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text)
        command.set_defaults(work=work)
        return command

    run = add("run", _run, "prépare la base et l'interface, puis sert le portail")
    run.add_argument("--build-only", action="store_true", help="construit l'interface et s'arrête")
    add("worker", _worker, "envoie les courriels et fait les travaux réguliers")
    add("migrate", _migrate, "amène la base au schéma de cette version")
    add("demo", _demo, "charge la ville de démonstration dans une base vide")
    add("create-admin", _create_admin, "crée un compte d'administration").add_argument("email")
    add("backup", _backup, "sauvegarde la base et les fichiers reçus").add_argument("file", type=Path)
    add("restore", _restore, "rétablit une sauvegarde").add_argument("file", type=Path)
    add("doctor", _doctor, "vérifie les réglages et dit ce qui cloche")
    add("rotate-health-keys", _rotate_health_keys, "rescelle fiches sanitaires et fichiers sous la première clé")
    add("handlers", _handlers, "toutes les actions ouvertes au réseau et leur règle, en JSON")
    retention = add("retention", _retention, "efface ce que la durée de conservation ne permet plus de garder")
    retention.add_argument("--dry-run", action="store_true", help="compte ce qui partirait, sans rien effacer")
    add("sizes", _sizes, "nombre de lignes par table")
    return parser


def _run(options: argparse.Namespace) -> int:
    from portail import launcher

    return launcher.run(build_only=options.build_only)


def _worker(_: argparse.Namespace) -> int:
    from portail.jobs import worker

    worker.run()
    return 0


def _migrate(_: argparse.Namespace) -> int:
    from portail.models import database, migrations

    migrations.upgrade(database.engine())
    print("La base est à jour.")
    return 0


def _demo(_: argparse.Namespace) -> int:
    from portail.demo import town
    from portail.models import database, migrations

    if current().is_production:
        print("La ville de démonstration ne se charge pas en production.", file=sys.stderr)
        return 2
    migrations.upgrade(database.engine())
    print("Ville de démonstration chargée." if town.load_if_empty(clock.now()) else "La base n'est pas vide.")
    return 0


def _create_admin(options: argparse.Namespace) -> int:
    from portail.domain.accounts import Role
    from portail.services import accounts

    first, last = input("Prénom : "), input("Nom : ")
    password = getpass("Mot de passe : ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    accounts.create_admin(accounts.NewAccount(options.email, first, last, Role.ADMIN), password, clock.now())
    print("Compte créé.")
    return 0


def _backup(options: argparse.Namespace) -> int:
    from portail.services.upkeep import backups

    print(backups.save(options.file, clock.now()))
    return 0


def _restore(options: argparse.Namespace) -> int:
    from portail.services.upkeep import backups

    print(backups.restore(options.file, clock.now()))
    return 0


def _doctor(_: argparse.Namespace) -> int:
    from portail.services.upkeep import doctor

    findings = doctor.examine()
    for finding in findings:
        print(f"{'✗' if finding.blocking else '•'} {finding.sentence}")
    if not findings:
        print("Tout va bien.")
    return 1 if any(finding.blocking for finding in findings) else 0


def _rotate_health_keys(_: argparse.Namespace) -> int:
    from portail.services.health import rotation, vault
    from portail.views import wording

    done = 0
    try:
        for done in rotation.rotate():
            print(f"{wording.count(done, 'scellé refait', 'scellés refaits')}…", flush=True)
    except vault.VaultError as error:
        print(
            f"{error}\nRemettez la clé manquante, puis relancez : la commande reprend où elle en est.", file=sys.stderr
        )
        return 1
    total = wording.count(done, "scellé refait", "scellés refaits")
    print(f"Terminé : {total} sous la clé « {vault.current_key_id()} ».")
    return 0


def _handlers(_: argparse.Namespace) -> int:
    from portail import launcher

    launcher.prepare_environment()
    import portail.portail  # noqa: F401 — inscrit tous les états
    from portail.state.policy import every_handler

    print(json.dumps(every_handler(), ensure_ascii=False, indent=1))
    return 0


def _retention(options: argparse.Namespace) -> int:
    from portail.domain.retention import RULES
    from portail.services.privacy import retention

    for found in retention.due(clock.now()) if options.dry_run else retention.apply(clock.now()):
        rule = RULES[found.category]
        print(f"{found.count:>8}  {rule.label} : {rule.duration.label} après {rule.start}")
    print("Rien n'a été effacé : c'était un essai." if options.dry_run else "Effacé.")
    return 0


def _sizes(_: argparse.Namespace) -> int:
    from portail.services.upkeep import doctor

    for table, rows in doctor.sizes().items():
        print(f"{table:24} {rows:>10}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
