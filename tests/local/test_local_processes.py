"""Detached processes: records, ports, stop and kill, with real processes."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from connector_service.errors import Conflict, InstallationProblem
from connector_service.local.identity import start_mark
from connector_service.local.processes import LOOPBACK, Processes, ProcessRecord, is_free, pick_port, wait_until

IGNORES_SIGTERM = "trap '' TERM; echo ready; while true; do sleep 0.1; done"


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Processes]:
    made = Processes(tmp_path)
    yield made
    made.kill("it")


def start(processes: Processes, script: str, **ports: int) -> ProcessRecord:
    return processes.start("it", ["sh", "-c", script], ports=ports)


def says(processes: Processes, word: str) -> bool:
    return wait_until(lambda: word in processes.log_file("it").read_text(), 10.0)


def test_a_started_process_is_found_by_another_program(processes: Processes, tmp_path: Path) -> None:
    record = start(processes, "sleep 60", http=pick_port(8642))
    assert Processes(tmp_path).find("it") == record
    assert processes.stop("it")
    assert not Processes(tmp_path).is_running("it")


def test_a_process_that_ended_by_itself_is_not_running(processes: Processes) -> None:
    start(processes, "exit 0")
    assert wait_until(lambda: not processes.is_running("it"), 10.0)
    assert not processes.stop("it")


def test_a_stale_record_never_stops_a_stranger_that_got_the_same_pid(processes: Processes, tmp_path: Path) -> None:
    start(processes, "exit 0")
    with subprocess.Popen(["sleep", "60"]) as stranger:
        stale = ProcessRecord(name="it", pid=stranger.pid, mark="tick 1", command=["sleep", "60"], ports={})
        (tmp_path / "run" / "it.json").write_text(stale.model_dump_json())
        refused = [processes.is_running("it"), processes.stop("it"), processes.kill("it")]
        survived = stranger.poll() is None
        stranger.kill()
    assert refused == [False, False, False]
    assert survived


def test_a_damaged_record_counts_as_never_started(processes: Processes, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "it.json").write_text('{"name": "it", "pi')
    assert processes.find("it") is None
    assert processes.last_ports("it") == {}


def test_a_second_start_is_refused_while_the_first_runs(processes: Processes) -> None:
    record = start(processes, "sleep 60")
    with pytest.raises(Conflict, match=f"already runs as process {record.pid}"):
        start(processes, "sleep 60")


def test_a_port_that_a_stranger_listens_on_is_refused(processes: Processes) -> None:
    with socket.create_server((LOOPBACK, 0)) as stranger:
        port = stranger.getsockname()[1]
        with pytest.raises(Conflict, match=f"port {port}"):
            start(processes, "sleep 60", http=port)


def test_a_program_that_does_not_exist_is_named(processes: Processes) -> None:
    with pytest.raises(InstallationProblem, match="it cannot be started with /no/such/program"):
        processes.start("it", ["/no/such/program"], ports={})


def test_a_process_deaf_to_sigterm_is_killed_after_its_grace(processes: Processes) -> None:
    record = start(processes, IGNORES_SIGTERM)
    assert says(processes, "ready")
    assert processes.stop("it", grace=0.1)
    assert start_mark(record.pid) is None


def test_killing_ends_the_children_too(processes: Processes) -> None:
    start(processes, "sleep 60 & echo child $!; wait")
    assert says(processes, "child")
    child = int(processes.log_file("it").read_text().split()[1])
    assert processes.kill("it")
    assert wait_until(lambda: start_mark(child) is None, 10.0)


def test_a_stopped_process_gives_its_port_back_and_is_offered_it_again(processes: Processes) -> None:
    port = pick_port(8642)
    processes.start(
        "it", [sys.executable, "-u", "-m", "http.server", str(port), "--bind", LOOPBACK], ports={"http": port}
    )
    assert says(processes, "Serving")
    assert not is_free(port)
    processes.stop("it")
    assert is_free(port)
    assert processes.choose_ports("it", {"http": 1}) == {"http": port}


def test_a_taken_port_is_replaced_by_a_free_one() -> None:
    with socket.create_server((LOOPBACK, 0)) as stranger:
        taken = stranger.getsockname()[1]
        chosen = pick_port(taken)
    assert chosen != taken
    assert is_free(chosen)


def test_the_log_of_the_run_before_is_kept_aside(processes: Processes, tmp_path: Path) -> None:
    for word in ("first", "second"):
        start(processes, f"echo {word}")
        assert says(processes, word)
        assert wait_until(lambda: not processes.is_running("it"), 10.0)
    assert (tmp_path / "logs" / "it.previous.log").read_text() == "first\n"
    assert processes.log_file("it").read_text() == "second\n"


def test_a_process_has_one_start_mark_and_a_gone_one_has_none() -> None:
    assert start_mark(os.getpid()) == start_mark(os.getpid()) != start_mark(1)
    with subprocess.Popen(["true"]) as gone:
        gone.wait()
        assert start_mark(gone.pid) is None
