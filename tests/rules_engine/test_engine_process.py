"""The engine's process may crash, hang or talk nonsense: one answer fails closed, and the next is right again."""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from connector_service.rules_engine.compiled import CompiledFile
from connector_service.rules_engine.engine import supervisor
from connector_service.rules_engine.engine.asking import EngineProcess
from connector_service.rules_engine.engine.hosts import Hosts
from connector_service.rules_engine.engine.worker import WorkerProcess
from connector_service.rules_worker.engine import EngineFault
from tests.rules_engine.rules_workbench import compiled, rule, rule_file

TODAY = date(2026, 11, 9)
PROGRAM = b'{"columns":["n_x"],"rules":[["0.0",[{"_k":1},{"$gt":{"n_x":1}}],2]]}'
SEND = "import socket; s = socket.socket(fileno=0); f = lambda b: s.sendall(len(b).to_bytes(4, 'big') + b);"


def asks(engine: EngineProcess) -> list[list[str]]:
    return engine.fired("key", PROGRAM, [(2,), (1,)])


def answers(engine: EngineProcess) -> bool:
    """Whether it answers rightly, and is not still starting."""
    try:
        return asks(engine) == [["0.0"], []]
    except EngineFault:
        return False


@pytest.fixture
def engine() -> Iterator[EngineProcess]:
    with closing(EngineProcess(answer_s=10)) as running:
        yield running


def running_pid(engine: EngineProcess) -> int:
    assert engine.pid is not None
    return engine.pid


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def is_gone(pid: int) -> bool:
    """Whether a process has ended; one that nobody has waited for yet counts as ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def test_it_starts_when_first_asked_and_answers(engine: EngineProcess) -> None:
    assert engine.pid is None
    assert asks(engine) == [["0.0"], []]
    assert engine.pid is not None


def test_the_first_start_may_take_longer_than_an_answer() -> None:
    script = (
        "import time, runpy; time.sleep(1); runpy.run_module('connector_service.rules_worker', run_name='__main__')"
    )
    with closing(EngineProcess(lambda: WorkerProcess([sys.executable, "-c", script]), answer_s=0.5)) as engine:
        assert asks(engine) == [["0.0"], []]


def test_a_killed_process_answers_on_error_once_and_is_back(
    tmp_path: Path, engine: EngineProcess, caplog: pytest.LogCaptureFixture
) -> None:
    base = compiled(tmp_path, rule_file(rule(when={"total_minor": {"gt": 100}})))
    file = CompiledFile.of(base.file, base.organisation, Hosts(engine))
    assert file.evaluate({"total_minor": 101}, TODAY).rule == "TST-010"
    os.kill(running_pid(engine), signal.SIGKILL)
    with caplog.at_level(logging.CRITICAL):
        assert file.evaluate({"total_minor": 102}, TODAY).rule == "TST-010"  # remembered, so nobody notices
        failed = file.evaluate({"total_minor": 100}, TODAY)
    assert (failed.failed, failed.outcome) == (True, {"owner": "operations"})
    assert "the rules engine broke off" in caplog.text
    assert not file.evaluate({"total_minor": 100}, TODAY).failed


def test_a_process_that_hangs_is_given_up_in_time_and_replaced() -> None:
    with closing(EngineProcess(answer_s=0.5)) as engine:
        assert asks(engine) == [["0.0"], []]
        hanging = running_pid(engine)
        os.kill(hanging, signal.SIGSTOP)
        with pytest.raises(EngineFault, match="no answer within"):
            asks(engine)
        assert is_gone(hanging)
        until(lambda: answers(engine))


@pytest.mark.parametrize(
    ("does", "says"),
    [
        ("f(b'{')", "no JSON"),
        ("f(b'[]')", "what is no answer"),
        ("s.sendall(b'xx')", "cut off"),
        (r"s.sendall(b'\xff' * 8)", "too large"),
        ("import os; os.abort()", "broke|ended"),
        ("f(b'{}')", "another question"),
        ("""f(b'{"fired": [[]]}')""", "another question"),
        ("""f(b'{"fault": "error 303"}')""", "error 303"),
    ],
)
def test_what_is_no_answer_is_none(does: str, says: str) -> None:
    script = SEND + """f(b'{"ready":true}'); s.recv(9999); """ + does
    with (
        closing(EngineProcess(lambda: WorkerProcess([sys.executable, "-c", script]))) as engine,
        pytest.raises(EngineFault, match=says),
    ):
        asks(engine)


def test_a_process_that_breaks_again_and_again_is_started_a_limited_number_of_times_a_minute() -> None:
    started = 0
    now = 1_000.0

    def start() -> WorkerProcess:
        nonlocal started
        started += 1
        return WorkerProcess([sys.executable, "-c", "pass"])

    with closing(EngineProcess(start, lambda: now)) as engine:
        for minutes in (1, 2):
            for _ in range(590):
                with pytest.raises(EngineFault, match=r"did not start|is down; it starts again in \d+ s"):
                    asks(engine)
                now += 0.1
            assert started == supervisor.MAX_STARTS * minutes
            now += 1.1


def test_a_system_without_room_for_a_process_fails_closed_and_is_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    room = False

    def start() -> WorkerProcess:
        if not room:
            raise BlockingIOError("Resource temporarily unavailable")
        return WorkerProcess()

    with closing(EngineProcess(start)) as engine:
        with pytest.raises(EngineFault, match="starts no process"):
            asks(engine)
        assert "Resource temporarily unavailable" in caplog.text
        room = True
        assert asks(engine) == [["0.0"], []]


def test_rules_that_break_it_again_and_again_are_left_alone_and_others_go_on() -> None:
    script = """
from connector_service.rules_worker import frames
import os, socket
parent = socket.socket(fileno=os.dup(0))
frames.send(parent, {"ready": True})
while request := frames.receive(parent):
    if request["key"] == "poison":
        os.abort()
    frames.send(parent, {"fired": [["0.0"]]})
"""
    now = 0.0
    command = [sys.executable, "-c", script]
    with closing(EngineProcess(lambda: WorkerProcess(command), lambda: now, answer_s=10)) as engine:
        broke = left_alone = 0
        for _ in range(300):
            now += 0.1
            with pytest.raises(EngineFault) as fault:
                engine.fired("poison", b"{}", [(1,)])
            broke += "broke off" in str(fault.value)
            left_alone += "asked again in" in str(fault.value)
            assert engine.fired("other", b"{}", [(1,)]) == [["0.0"]]
        assert broke + left_alone == 300
        assert 4 <= broke <= 7


def test_a_process_that_has_swollen_is_replaced_without_anybody_noticing(
    engine: EngineProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    asks(engine)
    swollen = running_pid(engine)
    monkeypatch.setattr(supervisor, "BASE_MB", 1.0)
    asks(engine)
    monkeypatch.undo()

    def replaced() -> bool:
        assert asks(engine) == [["0.0"], []]
        return engine.pid != swollen

    until(replaced)
    assert is_gone(swollen)


def test_a_program_dropped_is_built_anew(engine: EngineProcess) -> None:
    engine.drop("key")
    assert engine.pid is None
    asks(engine)
    engine.drop("key")
    assert asks(engine) == [["0.0"], []]


def test_an_interrupted_question_leaves_no_answer_for_the_next(engine: EngineProcess) -> None:
    asks(engine)
    os.kill(running_pid(engine), signal.SIGSTOP)

    def interrupt(*_: Any) -> None:
        raise InterruptedError("now")

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        with pytest.raises((InterruptedError, EngineFault)):
            engine.fired("key", PROGRAM, [(2,), (2,)])
    finally:
        signal.signal(signal.SIGALRM, before)
    assert asks(engine) == [["0.0"], []]


PARENT = f"""
import time
from connector_service.rules_engine.engine.asking import EngineProcess
engine = EngineProcess()
engine.fired("key", {PROGRAM!r}, [(2,)])
print(engine.pid, flush=True)
time.sleep(60)
"""


def test_a_killed_parent_leaves_no_process_behind() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert not is_gone(child)
        parent.kill()
    until(lambda: is_gone(child))


def test_it_holds_none_of_its_parents_files_and_secrets(engine: EngineProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKLINE_SECRET", "hush")
    with socket.socket() as listening:
        listening.set_inheritable(True)
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        asks(engine)
        folder = Path(f"/proc/{running_pid(engine)}")
        ours = os.readlink(f"/proc/self/fd/{listening.fileno()}")
        assert ours not in [os.readlink(each) for each in (folder / "fd").iterdir()]
        assert b"DOCKLINE_SECRET" not in (folder / "environ").read_bytes()


def test_a_forked_child_starts_its_own(engine: EngineProcess) -> None:
    asks(engine)
    parents = running_pid(engine)
    child = os.fork()
    if not child:
        right = asks(engine) == [["0.0"], []] and engine.pid != parents
        engine.close()
        os._exit(0 if right else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert asks(engine) == [["0.0"], []]
    assert engine.pid == parents


def test_many_threads_get_each_their_own_answer(engine: EngineProcess) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def ask(n: int) -> Sequence[Sequence[str]]:
        return engine.fired("key", PROGRAM, [(n % 4,)])

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(400))) == [[["0.0"]] if n % 4 > 1 else [[]] for n in range(400)]
