"""Les PDF par lots : dans l'ordre, sans attendre des processus orphelins."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from portail.integrations import pdf_pool
from portail.settings import ROOT
from tests.conftest import NOW

BODY = (
    '#let content = json(bytes(sys.inputs.content))\n#set document(title: "x")\n#set text(lang: "fr")\n= #content.name'
)


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
    mine = psutil.Process().children()
    pdf_pool.close()
    psutil.wait_procs(mine, timeout=10)
    pdf_pool.close()
    assert pdf_pool.compile_many(template, contents, NOW) == many, "rouvert au besoin"
    pdf_pool.close()


def test_a_name_that_cannot_be_drawn_does_not_stop_the_batch(template: Path) -> None:
    assert len(pdf_pool.compile_many(template, [{"name": "乐"}, {"name": "Léa"}], NOW)) == 2


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
