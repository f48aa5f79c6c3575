"""Commands that run: web server, worker, both."""

from __future__ import annotations

import errno
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import click

from consult.app import create_app
from consult.cli.base import bring_index_up_to_date, clear_errors, read_settings, running_app
from consult.core.clock import utc_now
from consult.core.db import unit_of_work
from consult.core.memory import close_memory
from consult.core.migrations import upgrade
from consult.core.settings import Settings
from consult.demonstration.services import is_loaded, load_demonstration, sign_ins
from consult.jobs import bind_worker, sweep


def _step(text: str) -> None:
    click.echo(f"  {text}")


@click.command("migrate")
@clear_errors
def migrate() -> None:
    """Bring the database to this release's schema. Going back is restoring a backup."""
    settings = read_settings()
    settings.make_data_dir()
    upgrade(settings.database_url)
    _step("the database has this release's schema")
    with running_app():
        bring_index_up_to_date(_step)


@click.command("demo")
@clear_errors
def demo() -> None:
    """Load the illustrated consultations, once. In production their people have no passwords."""
    settings = read_settings()
    with running_app():
        if is_loaded():
            _step("the demonstration is loaded already; nothing changed")
            return
        with unit_of_work():
            load_demonstration(now=utc_now(), with_passwords=not settings.is_production, say=_step)
        sweep()
    _step("the demonstration is loaded")


@click.command("worker")
@click.option("--once", is_flag=True, help="Do what is to be done now, then stop.")
@clear_errors
def worker(once: bool) -> None:
    """Deliver mail, build releases, keep the ledger in order; runs until it is stopped."""
    settings = read_settings()
    if once:
        with running_app():
            for name, number in sweep().items():
                _step(f"{name.replace('_', ' ')}: {number}")
        return
    close_memory()
    app = create_app(settings)
    queue = bind_worker(app, settings)
    _step("the worker is waiting; Ctrl+C stops it")
    queue.create_consumer(workers=1, periodic=True, initial_delay=0.2, backoff=1.3, max_delay=2.0).run()


def _web_command(settings: Settings) -> list[str]:
    return [
        sys.executable, "-m", "gunicorn", "consult.jobs:make_web_app()",
        "--bind", f"{settings.host}:{settings.port}",
        "--workers", str(settings.web_workers), "--threads", str(settings.web_threads),
        "--worker-class", "gthread", "--worker-tmp-dir", "/dev/shm" if Path("/dev/shm").is_dir() else "/tmp",  # noqa: S108
        "--limit-request-line", "8190", "--timeout", "60", "--graceful-timeout", "20",
        "--log-level", "warning", "--logger-class", "consult.core.web.server_log.QuietLogger", "--no-control-socket",
        "--config", "python:consult.core.web.server_hooks",
    ]  # fmt: skip


@click.command("web")
@clear_errors
def web() -> None:
    """Start the web server alone; the worker is its own command."""
    command = _web_command(read_settings())
    os.execv(command[0], command)  # noqa: S606 - our own interpreter


@click.command("run")
@clear_errors
def run() -> None:
    """Start everything here: migrate, load the demonstration the first time, web server and worker."""
    settings = read_settings()
    close_memory()
    _require_free_port(settings)
    click.echo("Consult")
    settings.make_data_dir()
    _step("database: looking at its schema")
    upgrade(settings.database_url)
    with running_app():
        bring_index_up_to_date(_step)
        if not settings.is_production and not is_loaded():
            _step("demonstration: loading two illustrated consultations (a few seconds)")
            with unit_of_work():
                load_demonstration(now=utc_now(), with_passwords=True, say=lambda line: _step(f"  {line}"))
            sweep()
        has_demonstration = is_loaded() and not settings.is_production
    # Each in a process group of its own: Ctrl+C reaches this process alone, which then stops both in order.
    processes = [
        subprocess.Popen(_web_command(settings), start_new_session=True),  # noqa: S603 - our own interpreter
        subprocess.Popen(
            [sys.executable, "-m", "consult", "worker"], start_new_session=True, stdout=subprocess.DEVNULL
        ),
    ]
    try:
        _wait_until_it_answers(settings, processes)
        _announce(settings, has_demonstration)
        while all(process.poll() is None for process in processes):
            time.sleep(0.5)
        raise click.ClickException("The web server or the worker has stopped; the lines above say why.")
    except KeyboardInterrupt:
        click.echo("\n  stopping")
    finally:
        for process in processes:
            process.send_signal(signal.SIGTERM)
        for process in processes:
            try:
                process.wait(timeout=25)
            except subprocess.TimeoutExpired:
                process.kill()


def _require_free_port(settings: Settings) -> None:
    """Say so at once where another program has the port; what else is wrong with it the web server says itself."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        socket.create_server((settings.host.strip("[]"), settings.port), family=family).close()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise click.ClickException(
                f"Port {settings.port} is taken by another program. Choose another: "
                f"CONSULT_PORT={settings.port + 1 if settings.port < 65535 else 8000}"
            ) from None


def _wait_until_it_answers(settings: Settings, processes: list[subprocess.Popen[bytes]]) -> None:
    address = f"http://{settings.host}:{settings.port}/readyz"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for name, process in zip(("web server", "worker"), processes, strict=True):
            if process.poll() is not None:
                raise click.ClickException(f"The {name} could not start; the lines above say why.")
        try:
            with urlopen(address, timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.2)
    raise click.ClickException("The web server does not answer after a minute.")


def _announce(settings: Settings, has_demonstration: bool) -> None:
    click.echo(f"\n  Consult answers at {settings.public_url}\n")
    if has_demonstration:
        click.echo("  Sign in as")
        for role, email, password in sign_ins():
            click.echo(f"    {role:<15} {email:<28} {password}")
        click.echo(f"\n  Mail that would be sent: {settings.public_url}/en/development/mail")
    click.echo("  Ctrl+C stops it.")


def stop_on_signals() -> None:
    """Let SIGTERM stop `run` as Ctrl+C does, also in the background, so that its children never outlive it."""

    def interrupt(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, interrupt)
