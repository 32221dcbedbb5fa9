"""The files for running a public server: each is checked by the program that reads it, and tried with a real server."""

from __future__ import annotations

import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, Final

import httpx
import pytest
import yaml
from click.testing import CliRunner

from eild.cli import main
from eild.config import list_settings
from eild.dataset import build_dataset
from eild.publication.directory import write_build

from .test_nginx import ASK, find_free_port, run_nginx, wait_for_port

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).parents[2]
DEPLOY: Final = ROOT / "deploy"
SMALL: Final = ROOT / "tests" / "fixtures" / "small"
PAGE: Final = (ROOT / "docs" / "run.md").read_text(encoding="utf-8")
MOST_EXPOSURE: Final = 20
"""What `systemd-analyze security` may give the unit at most, in tenths of its scale from 0 to 10."""
ALERT_TEST: Final = """rule_files: [{rules}]
evaluation_interval: 1m
tests:
  - interval: 1m
    input_series:
      - series: 'up{{job="eild", instance="a"}}'
        values: '1 0x30'
      - series: 'eild_queries_total{{job="eild", instance="a", outcome="ok"}}'
        values: '0+90x30'
      - series: 'eild_queries_total{{job="eild", instance="a", outcome="busy"}}'
        values: '0+10x30'
      - series: 'eild_http_process_starts_total{{job="eild", instance="a"}}'
        values: '2+1x30'
    alert_rule_test:
      - {{eval_time: 3m, alertname: EildDown, exp_alerts: [{{exp_labels: {{job: eild, instance: a, severity: page}}}}]}}
      - eval_time: 20m
        alertname: EildRefusesQueries
        exp_alerts: [{{exp_labels: {{instance: a, severity: ticket}}}}]
      - eval_time: 20m
        alertname: EildProcessesDie
        exp_alerts: [{{exp_labels: {{job: eild, instance: a, severity: ticket}}}}]
  - interval: 1m
    input_series:
      - series: 'up{{job="eild", instance="a"}}'
        values: '1x30'
      - series: 'eild_queries_total{{job="eild", instance="a", outcome="ok"}}'
        values: '0+99x30'
      - series: 'eild_queries_total{{job="eild", instance="a", outcome="timeout"}}'
        values: '0+1x30'
      - series: 'eild_http_process_starts_total{{job="eild", instance="a"}}'
        values: '2x30'
    alert_rule_test:
      - {{eval_time: 20m, alertname: EildDown, exp_alerts: []}}
      - {{eval_time: 20m, alertname: EildRefusesQueries, exp_alerts: []}}
      - {{eval_time: 20m, alertname: EildProcessesDie, exp_alerts: []}}
"""


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a program that must be installed; return what became of it."""
    program = which(str(command[0])) or which(str(command[0]), path="/usr/sbin:/sbin")
    assert program, f"these tests need {command[0]}"
    return subprocess.run([program, *command[1:]], capture_output=True, text=True, check=False, timeout=120)


def test_unit_accepted_by_systemd(tmp_path: Path) -> None:
    """Systemd reads the unit without a word, and rates it well; only the program is replaced by one that is here."""
    text = (DEPLOY / "eild.service").read_text(encoding="utf-8")
    unit = tmp_path / "eild.service"
    assert text.count("/opt/eild/bin/eild") == 1
    unit.write_text(text.replace("/opt/eild/bin/eild", sys.executable), encoding="utf-8")
    verified = run("systemd-analyze", "verify", "--man=no", unit)
    assert (verified.returncode, verified.stdout + verified.stderr) == (0, "")
    rated = run("systemd-analyze", "security", "--offline=yes", f"--threshold={MOST_EXPOSURE}", unit)
    assert rated.returncode == 0, rated.stdout


def test_unit_and_page_name_real_settings() -> None:
    """Every EILD_ variable in the files and on the page is a setting of the service."""
    known = {setting.environment for setting in list_settings()}
    texts = [PAGE, *(path.read_text(encoding="utf-8") for path in DEPLOY.iterdir())]
    named = {name for text in texts for name in re.findall(r"\bEILD_[A-Z_]+[A-Z]\b", text)}
    assert len(named) > 5
    assert named - known == set()


def test_page_commands_are_those_of_the_program() -> None:
    """Every command of EILD on the page exists, with its options, and every file that it copies is there."""
    commands = re.findall(r"(?:^|&& |=)/opt/eild\S*/bin/eild ([^&\n#]+)", PAGE, re.MULTILINE)
    assert len(commands) == 3
    for command in commands:
        name, *words = shlex.split(command)
        shown = CliRunner().invoke(main, [name, "--help"])
        assert shown.exit_code == 0, command
        assert all(word in shown.output for word in words if word.startswith("--")), command
    files = set(re.findall(r"\bdeploy/([\w.]+)", PAGE))
    assert files == {path.name for path in DEPLOY.iterdir()}


def test_logrotate_accepts_its_file(tmp_path: Path) -> None:
    """Logrotate reads the file, moves the log away and compresses the one before."""
    log = tmp_path / "requests.log"
    text = (DEPLOY / "logrotate.conf").read_text(encoding="utf-8")
    text = text.replace("/var/log/eild/requests.log", str(log)).replace("    su eild eild\n", "")
    settings = tmp_path / "logrotate.conf"
    settings.write_text(text, encoding="utf-8")
    settings.chmod(0o644)
    tmp_path.chmod(0o755)
    for line in ("first\n", "second\n"):
        log.write_text(line, encoding="utf-8")
        rotated = run("logrotate", "--force", "--state", tmp_path / "state", settings)
        assert (rotated.returncode, rotated.stderr) == (0, "")
    assert not log.exists()
    assert (tmp_path / "requests.log.1").read_text("utf-8") == "second\n"
    assert (tmp_path / "requests.log.2.gz").exists()


def test_alerts_fire_when_they_should(tmp_path: Path) -> None:
    """Prometheus accepts configuration and rules; each alert fires for its trouble and is silent without."""
    for name in ("prometheus.yml", "alerts.yml"):
        (tmp_path / name).write_bytes((DEPLOY / name).read_bytes())
    checked = run("promtool", "check", "config", tmp_path / "prometheus.yml")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    tests = tmp_path / "tests.yml"
    content = yaml.safe_load(ALERT_TEST.format(rules=tmp_path / "alerts.yml"))
    rules = yaml.safe_load((DEPLOY / "alerts.yml").read_text(encoding="utf-8"))["groups"][0]["rules"]
    said = {rule["alert"]: rule["annotations"] for rule in rules}
    for case in (case for group in content["tests"] for case in group["alert_rule_test"]):
        for alert in case["exp_alerts"]:
            texts = said[case["alertname"]].items()
            alert["exp_annotations"] = {name: text.replace("{{ $labels.instance }}", "a") for name, text in texts}
    tests.write_text(yaml.safe_dump(content), encoding="utf-8")
    tried = run("promtool", "test", "rules", tests)
    assert tried.returncode == 0, tried.stdout + tried.stderr


def test_alerts_ask_for_numbers_that_are_there(site_url: str) -> None:
    """Every number that an alert looks at is one of the service's, with the outcomes that the alert names."""
    text = (DEPLOY / "alerts.yml").read_text(encoding="utf-8")
    numbers = httpx.get(f"{site_url}metrics").text
    names = set(re.findall(r"\beild_\w+_total\b", text))
    assert len(names) > 1
    assert all(re.search(rf"^{name}[{{ ]", numbers, re.MULTILINE) for name in names)
    for outcome in re.findall(r'outcome=~"([^"]+)"', text)[0].split("|"):
        assert f'eild_queries_total{{outcome="{outcome}"}}' in numbers


@pytest.fixture(scope="module")
def caddy(site_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the URL of Caddy in front of a server, with its file but for the two addresses."""
    folder, port = tmp_path_factory.mktemp("caddy"), find_free_port()
    text = (DEPLOY / "Caddyfile").read_text(encoding="utf-8")
    assert text.count("\ndata.example.org {") == 1
    assert text.count("127.0.0.1:8000") == 1
    text = text.replace("\ndata.example.org {", f"\nhttp://127.0.0.1:{port} {{")
    text = text.replace("127.0.0.1:8000", httpx.URL(site_url).netloc.decode())
    settings = folder / "Caddyfile"
    settings.write_text("{\n\tadmin off\n}\n" + text, encoding="utf-8")
    places = {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "XDG_DATA_HOME": str(folder)}
    program = which("caddy")
    assert program, "these tests need caddy (Debian: apt-get install caddy)"
    command = [program, "run", "--adapter", "caddyfile", "--config", str(settings)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=places) as process:
        wait_for_port(process, port)
        yield f"http://127.0.0.1:{port}"
        process.terminate()
        process.communicate(timeout=20)


def test_caddy_answers_are_those_of_the_server(caddy: str, site_url: str) -> None:
    """Status, content, negotiation and conditions come through; the numbers do not, nor do forged fields."""
    names = ["Content-Type", "Content-Encoding", "ETag", "Vary", "Cache-Control", "Location", "EILD-Dataset-Version"]
    with httpx.Client(base_url=caddy) as client, httpx.Client(base_url=site_url) as direct:
        for sent in ({}, {"Accept": "text/html"}, {"Accept": "text/turtle", "Accept-Encoding": "gzip"}):
            for path in ("/", "/sparql?query=ASK%20%7B%7D", "/doc/nothing%2Fhere", "/id/ontology", "/dumps/"):
                found, wanted = (one.get(path, headers=sent) for one in (client, direct))
                assert (found.status_code, found.content) == (wanted.status_code, wanted.content), path
                assert {name: found.headers.get(name) for name in names} == {
                    name: wanted.headers.get(name) for name in names
                }, path
        tag = client.get("/").headers["ETag"]
        assert client.get("/", headers={"If-None-Match": tag}).status_code == 304
        assert client.post("/sparql", data=ASK).json()["boolean"] is True
        assert client.get("/metrics").status_code == 404
        forged = {"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
        assert "evil.example" not in client.get("/catalog", headers=forged).text


def test_nginx_site_under_a_path(site_url: str, tmp_path: Path) -> None:
    """With the page's block in nginx, the site works under a path: its pages, redirects, answers and style sheets."""
    (block,) = re.findall(r"```nginx\n(.*?)```", PAGE, re.DOTALL)
    running = run_nginx(tmp_path, httpx.URL(site_url).netloc.decode(), ("location / {", f"{block}\nlocation / {{"))
    with httpx.Client(base_url=f"{next(running)}/eild/", follow_redirects=True) as client:
        page = client.get("", headers={"Accept": "text/html"})
        assert page.status_code == 200
        links = set(re.findall(r'(?:href|src)="([^"#:]+)"', page.text))
        assert len(links) > 10
        for link in sorted(links):
            answer = client.get(str(page.url.join(link)))
            assert answer.url.path.startswith("/eild/"), link
            assert answer.status_code == 200, link
        resource = client.get("id/claim/900-002-2", headers={"Accept": "text/turtle"})
        assert (resource.url.path, resource.status_code) == ("/eild/doc/claim/900-002-2", 200)
        assert client.get("sparql", params=ASK).json()["boolean"] is True
    assert next(running, None) is None


def test_data_forward_and_back_by_a_link(build: Path, small_copy: Path, tmp_path: Path) -> None:
    """Where the link to the served directory is changed, SIGHUP serves the other version, and then the first again."""
    description = small_copy / "data" / "dataset.ttl"
    text = description.read_text(encoding="utf-8")
    (before,) = re.findall(r'owl:versionInfo "([^"]+)"', text)
    description.write_text(text.replace(f'"{before}"', '"9.0.0"'), encoding="utf-8")
    dataset = build_dataset(seeds=small_copy / "seeds", data=small_copy / "data", shapes=SMALL / "shapes")
    write_build(dataset, tmp_path / "9.0.0")
    current = tmp_path / "current"
    current.symlink_to(build)
    command = [
        sys.executable,
        "-c",
        "from eild.cli import main; main()",
        "serve",
        "--port",
        "0",
        "--dist",
        str(current),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        found = re.search(r"http://\S+/", process.stdout.readline())
        assert found
        for target, version in ((tmp_path / "9.0.0", "9.0.0"), (build, before)):
            current.unlink()
            current.symlink_to(target)
            process.send_signal(signal.SIGHUP)
            deadline = time.monotonic() + 20
            served = ""
            while served != version and time.monotonic() < deadline:
                served = httpx.get(f"{found[0]}health/ready").headers["EILD-Dataset-Version"]
            assert served == version
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
