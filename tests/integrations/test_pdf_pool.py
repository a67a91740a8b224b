"""Les PDF par lots : dans l'ordre, sans attendre des processus orphelins."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from portail.integrations import pdf_pool
from portail.settings import ROOT
from tests.conftest import NOW
from tests.tools.deadly import deadly

BODY = (
    '#let content = json(bytes(sys.inputs.content))\n#set document(title: "x")\n#set text(lang: "fr")\n= #content.name'
)


@pytest.fixture(autouse=True)
def without_others() -> Iterator[None]:
    """Aucun processus d'un autre test, ni avant, ni après."""
    leave()
    yield
    leave()


def leave() -> None:
    leaving = workers()
    pdf_pool.close()
    assert psutil.wait_procs(leaving, timeout=30)[1] == []


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "essai.typ"
    path.write_text(BODY)
    return path


def test_many_come_back_in_order_and_the_processes_leave(template: Path) -> None:
    contents = [{"name": f"N{rank}"} for rank in range(pdf_pool.FEW)]
    many = pdf_pool.compile_many(template, contents, NOW)
    alone = [pdf_pool.compile_many(template, [one], NOW)[0] for one in contents]
    assert many == alone
    assert workers()
    leave()
    pdf_pool.close()
    assert pdf_pool.compile_many(template, contents, NOW) == many, "rouvert au besoin"


def test_a_killed_process_is_replaced_and_the_batch_done_again(template: Path) -> None:
    """Le système a repris la mémoire d'un processus : le suivant compose, sans que rien ne manque."""
    contents = [{"name": f"N{rank}"} for rank in range(pdf_pool.FEW)]
    before = pdf_pool.compile_many(template, contents, NOW)
    killed = workers()
    assert killed
    for child in killed:
        child.send_signal(signal.SIGKILL)
    assert pdf_pool.compile_many(template, contents, NOW) == before


def test_two_batches_begun_before_a_kill_both_come_back_whole(template: Path) -> None:
    contents = [{"name": f"N{rank}"} for rank in range(200)]
    first, second = (pdf_pool.begin(template, part, NOW) for part in (contents[:100], contents[100:]))
    for child in workers():
        child.send_signal(signal.SIGKILL)
    drawn = [*first(), *second()]
    assert drawn == pdf_pool.compile_many(template, contents, NOW)
    assert all(one.body for one in drawn)


def test_what_kills_its_process_every_time_is_the_only_one_missing(
    template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf_pool, "_attempt", deadly)
    contents = [{"name": "mortel" if rank == 3 else f"N{rank}"} for rank in range(pdf_pool.FEW)]
    drawn = pdf_pool.compile_many(template, contents, NOW)
    assert [bool(one.fault) for one in drawn] == [rank == 3 for rank in range(pdf_pool.FEW)]
    assert drawn[3].body == b""


def workers() -> list[psutil.Process]:
    """Les processus qui composent, sans celui qui suit leurs ressources ni ceux qui viennent de finir."""
    return [one for one in psutil.Process().children() if composes(one)]


def composes(one: psutil.Process) -> bool:
    try:
        return "spawn_main" in " ".join(one.cmdline())
    except psutil.NoSuchProcess:  # il finit à l'instant
        return False


@pytest.mark.parametrize("several", [3, 10])
def test_one_that_cannot_be_compiled_does_not_stop_the_others(tmp_path: Path, several: int) -> None:
    """Seul, ou dans un autre processus : il dit pourquoi, les autres sont là."""
    template = tmp_path / "fragile.typ"
    template.write_text(BODY + '\n#if content.name == "N1" { panic("impossible") }')
    drawn = pdf_pool.compile_many(template, [{"name": f"N{rank}"} for rank in range(several)], NOW)
    assert [bool(one.body) for one in drawn] == [rank != 1 for rank in range(several)]
    assert "impossible" in drawn[1].fault


def test_a_name_that_cannot_be_drawn_does_not_stop_the_batch(template: Path) -> None:
    assert all(one.body for one in pdf_pool.compile_many(template, [{"name": "乐"}, {"name": "Léa"}], NOW))


def test_children_do_not_survive_a_killed_worker(template: Path) -> None:
    code = (
        "import sys, time\nfrom datetime import UTC, datetime\nfrom pathlib import Path\n"
        "from portail.integrations import pdf_pool\n"
        "if __name__ == '__main__':\n"
        "    pdf_pool.compile_many(Path(sys.argv[1]), [{'name': 'x'}] * pdf_pool.FEW, datetime.now(UTC))\n"
        "    print('prêt', flush=True)\n    time.sleep(60)\n"
    )
    script = template.with_name("tueur.py")
    script.write_text(code)
    here = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, script, template], stdout=subprocess.PIPE, cwd=ROOT, env=here) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline().strip() == "prêt".encode()
        children = psutil.Process(worker.pid).children(recursive=True)
        assert children
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        _, alive = psutil.wait_procs(children, timeout=10)
    assert alive == []
