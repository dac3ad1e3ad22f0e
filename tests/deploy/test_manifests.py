"""The files for containers: each fits its schema, and what it names exists. Docker itself is not needed.

The image is tried without Docker too: the files that it would hold are put into a folder that nobody can write to, and
its command runs there as a user without rights.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from compose_spec import PyCompose

from deploy.serve import TEMPLATE
from tests import ROOT
from tests.deploy.test_serve import free_port, until

DEPLOY = ROOT / "deploy"
VERSIONS = ("1.30", "1.37")  # of Kubernetes: an old one that is still in use, and the latest that has a schema here
Manifest = dict[str, Any]


def read(path: str) -> str:
    return (ROOT / path).read_text("utf-8")


KUSTOMIZATION: Manifest = yaml.safe_load(read("deploy/kustomization.yaml"))
COMPOSE: Manifest = yaml.safe_load(read("deploy/compose.yaml"))
MANIFESTS: list[Manifest] = [
    manifest
    for path in sorted((DEPLOY / "kubernetes").glob("*.yaml"))
    for manifest in yaml.safe_load_all(path.read_text())
]
NAMES = [f"{manifest['kind']}/{manifest['metadata']['name']}" for manifest in MANIFESTS]
PYPROJECT = tomllib.loads(read("pyproject.toml"))


def of_kind(kind: str) -> list[Manifest]:
    return [manifest for manifest in MANIFESTS if manifest["kind"] == kind]


def containers() -> dict[str, Manifest]:
    """The containers of all Deployments, by the Deployments' names. Each has one."""
    found = {}
    for deployment in of_kind("Deployment"):
        (found[deployment["metadata"]["name"]],) = deployment["spec"]["template"]["spec"]["containers"]
    return found


def changed(manifest: Manifest, path: str, value: Any) -> Manifest:
    """A copy of a manifest with another value at a dotted path; None takes it out."""
    copy: Manifest = json.loads(json.dumps(manifest))
    *parents, last = path.split(".")
    place: Any = copy
    for name in parents:
        place = place[int(name) if name.isdigit() else name]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return copy


# Kubernetes


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("manifest", MANIFESTS, ids=NAMES)
def test_a_manifest_fits_its_schema(manifest: Manifest, version: str) -> None:
    kubernetes_validate.validate(manifest, version, strict=True)


@pytest.mark.parametrize(
    ("name", "path", "value"),
    [
        ("Deployment/unrolled-app", "spec.template.spec.containers.0.readynessProbe", {}),
        ("Deployment/unrolled-app", "spec.template.spec.containers.0.livenessProbe.periodSeconds", "10s"),
        ("Deployment/unrolled-app", "spec.selector", None),
        ("Ingress/unrolled", "spec.rules.0.http.paths.0.pathType", None),
        ("HorizontalPodAutoscaler/unrolled-app", "spec.maxReplicas", None),
        ("NetworkPolicy/unrolled-redis", "spec.podSelectors", {}),
    ],
)
def test_the_schema_finds_a_mistake(name: str, path: str, value: Any) -> None:
    wrong = changed(MANIFESTS[NAMES.index(name)], path, value)
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, VERSIONS[-1], strict=True)


def test_no_manifest_is_left_out() -> None:
    assert {f"kubernetes/{path.name}" for path in (DEPLOY / "kubernetes").iterdir()} == {*KUSTOMIZATION["resources"]}
    assert len({*NAMES}) == len(NAMES)


def test_what_selects_pods_finds_some() -> None:
    """Services, budgets and policies name labels. Each Deployment has such labels on its pods."""
    pods = [deployment["spec"]["template"]["metadata"]["labels"] for deployment in of_kind("Deployment")]
    selectors = [service["spec"]["selector"] for service in of_kind("Service")]
    selectors += [budget["spec"]["selector"]["matchLabels"] for budget in of_kind("PodDisruptionBudget")]
    for deployment in of_kind("Deployment"):
        spec = deployment["spec"]["template"]["spec"]
        selectors.append(deployment["spec"]["selector"]["matchLabels"])
        selectors += [spread["labelSelector"]["matchLabels"] for spread in spec.get("topologySpreadConstraints", [])]
    for policy in of_kind("NetworkPolicy"):
        selectors.append(policy["spec"]["podSelector"]["matchLabels"])
        selectors += [
            source["podSelector"]["matchLabels"] for rule in policy["spec"]["ingress"] for source in rule["from"]
        ]
    assert [selector for selector in selectors if sum(selector.items() <= labels.items() for labels in pods) != 1] == []


def test_ports_are_those_of_the_containers() -> None:
    """A port by a name is a port of the container; the addresses in the environment are those of Services."""
    found = containers()
    services = {service["metadata"]["name"]: service for service in of_kind("Service")}
    for name, container in found.items():
        own = {port["name"] for port in container["ports"]}
        for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
            action = container[probe].get("httpGet") or container[probe].get("tcpSocket")
            assert action is None or action["port"] in own, (name, probe)
        assert {port["targetPort"] for port in services[name]["spec"]["ports"]} <= own
    (rule,) = of_kind("Ingress")[0]["spec"]["rules"]
    backend = rule["http"]["paths"][0]["backend"]["service"]
    assert backend["port"]["name"] in {port["name"] for port in services[backend["name"]]["spec"]["ports"]}
    entries = [entry for container in found.values() for entry in container.get("env", [])]
    environment = {entry["name"]: entry["value"] for entry in entries if "value" in entry}
    for value in (environment["UNROLLED_REDIS_URL"], f"http://{environment['UNROLLED_SERVICE']}"):
        address = re.match(r"\w+://([\w-]+)[^:]*:(\d+)", value)
        assert address
        assert int(address[2]) in {port["port"] for port in services[address[1]]["spec"]["ports"]}
    # A name with all addresses has the ports of the pods: there is nothing between that could translate them.
    assert [port["containerPort"] for port in found["unrolled-app"]["ports"]] == [8501]


def test_the_proxies_know_as_many_replicas_as_there_can_be() -> None:
    (most,) = {int(number) for number in re.findall(r"server-template app (\d+) ", TEMPLATE.read_text("utf-8"))}
    (scaler,) = of_kind("HorizontalPodAutoscaler")
    assert 2 <= scaler["spec"]["minReplicas"] < scaler["spec"]["maxReplicas"] <= most
    assert scaler["spec"]["scaleTargetRef"]["name"] == "unrolled-app"
    assert "replicas" not in MANIFESTS[NAMES.index("Deployment/unrolled-app")]["spec"]  # it would undo the scaler
    assert f"at most {most}" in read("deploy/compose.yaml")


@pytest.mark.parametrize("name", [*containers()])
def test_a_container_has_no_rights_and_a_limit(name: str) -> None:
    container = containers()[name]
    pod = MANIFESTS[NAMES.index(f"Deployment/{name}")]["spec"]["template"]["spec"]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert pod["securityContext"]["runAsNonRoot"]
    assert pod["securityContext"]["runAsUser"] > 0
    assert pod["automountServiceAccountToken"] is False
    assert container["resources"]["limits"].keys() == container["resources"]["requests"].keys() == {"cpu", "memory"}
    assert {"startupProbe", "readinessProbe", "livenessProbe"} <= container.keys()


def test_the_secret_is_the_one_that_the_comment_makes() -> None:
    reference = containers()["unrolled-app"]["env"][0]["valueFrom"]["secretKeyRef"]
    made = re.search(r"secret generic (\S+) --from-literal=([\w-]+)=", read("deploy/kustomization.yaml"))
    assert made
    assert (reference["name"], reference["key"]) == made.groups()


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed")
def test_kubectl_puts_them_together() -> None:
    """It needs no cluster for that. The proxies get HAProxy's configuration, under a name that follows its content."""
    made = subprocess.run(["kubectl", "kustomize", DEPLOY], capture_output=True, text=True, timeout=60, check=True)
    together = list(yaml.safe_load_all(made.stdout))
    (settings,) = (manifest for manifest in together if manifest["kind"] == "ConfigMap")
    assert settings["data"] == {"haproxy.cfg": TEMPLATE.read_text("utf-8")}
    volumes = [
        volume["configMap"]["name"]
        for manifest in together
        if manifest["kind"] == "Deployment"
        for volume in manifest["spec"]["template"]["spec"]["volumes"]
        if "configMap" in volume
    ]
    assert volumes == [settings["metadata"]["name"]]
    assert len(together) == len(MANIFESTS) + 1


# Compose


def test_compose_fits_its_schema() -> None:
    PyCompose.from_yaml(yaml.safe_dump(COMPOSE)).validate()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("services.app.readonly", True),
        ("services.app.deploy.replicas", "two"),
        ("services.app.depends_on.redis.condition", "healthy"),
        ("services.app.stop_grace_period", "a while"),
        ("networks.back", None),
    ],
)
def test_the_schema_of_compose_finds_a_mistake(path: str, value: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        PyCompose.from_yaml(yaml.safe_dump(changed(COMPOSE, path, value))).validate()


def test_compose_names_what_there_is() -> None:
    services = COMPOSE["services"]
    build = services["app"]["build"]
    assert (DEPLOY / build["context"] / build["dockerfile"]).resolve() == DEPLOY / "Dockerfile"
    (mount,) = services["proxy"]["volumes"]
    assert (DEPLOY / mount.split(":")[0]).resolve() == TEMPLATE
    assert services["app"]["environment"]["UNROLLED_REDIS_URL"] == "redis://redis:6379/0"
    assert services["app"]["deploy"]["replicas"] == 2
    assert '"${UNROLLED_SERVICE-app:8501}"' in TEMPLATE.read_text("utf-8")
    assert services["proxy"]["ports"] == ["8501:8501"]
    for name, service in services.items():
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
        assert service["deploy"]["resources"]["limits"].keys() == {"cpus", "memory", "pids"}, name
        assert {*service["networks"]} <= COMPOSE["networks"].keys(), name


def test_compose_and_kubernetes_run_the_same() -> None:
    """The same images with the same tags, and Redis with the same options."""
    found = containers()
    for service, name in (("app", "unrolled-app"), ("proxy", "unrolled-proxy"), ("redis", "unrolled-redis")):
        assert COMPOSE["services"][service]["image"] == found[name]["image"]
    assert COMPOSE["services"]["redis"]["command"] == found["unrolled-redis"]["command"]
    image = f"unrolled:{PYPROJECT['project']['version']}"
    assert found["unrolled-app"]["image"] == image
    assert f"--tag {image} " in read("deploy/Dockerfile")
    (chosen,) = KUSTOMIZATION["images"]
    assert (chosen["name"], f"unrolled:{chosen['newTag']}") == ("unrolled", image)


# The image


def instructions() -> list[tuple[str, str]]:
    """The instructions of the Dockerfile: each word and what follows it."""
    lines = [line for line in read("deploy/Dockerfile").splitlines() if line.strip() and not line.startswith("#")]
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines)]


def after(word: str) -> list[str]:
    return [rest for instruction, rest in instructions() if instruction == word]


def is_sent(path: str) -> bool:
    """Whether .dockerignore lets Docker see a path. The last line that fits counts."""
    sent = True
    for line in read(".dockerignore").split():
        pattern = line.removeprefix("!").removeprefix("**/")
        parts = path.split("/")
        starts = ["/".join(parts[: n + 1]) for n in range(len(parts))]
        if any(fnmatch(start, pattern) for start in (parts if "**/" in line else starts)):
            sent = line.startswith("!")
    return sent


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("dashboard.py", True),
        ("components/ui/tab/tab.js", True),
        (".streamlit/config.toml", True),
        (".streamlit/secrets.toml", False),
        ("components/__pycache__/kept.pyc", False),
        (".git/config", False),
        (".venv/bin/python", False),
        ("tests/__init__.py", False),
    ],
)
def test_only_what_the_app_needs_is_sent_to_docker(path: str, sent: bool) -> None:
    assert is_sent(path) is sent


def test_the_image_has_a_python_that_the_tests_run_on() -> None:
    (version,) = {re.match(r"python:(\d+\.\d+)-slim", image)[1] for image in after("FROM")}  # type: ignore[index]
    (least,) = re.findall(r"Python (\d+\.\d+) or newer", read("README.md"))
    assert PYPROJECT["project"]["requires-python"] == f">={least}"
    assert tuple(map(int, version.split("."))) >= tuple(map(int, least.split(".")))
    assert f'"{version}"' in read(".github/workflows/test.yml")


def test_the_image_runs_without_rights_and_says_where() -> None:
    assert [int(number) > 0 for number in after("USER")[0].split(":")] == [True, True]
    assert after("EXPOSE") == ["8501"]
    assert "--server.port=8501" in json.loads(after("CMD")[0])


def without_rights() -> dict[str, Any]:
    """What starts a process as the user of the image, if this is root and that user may run this Python."""
    user, group = map(int, after("USER")[0].split(":"))
    other: dict[str, Any] = {"user": user, "group": group, "extra_groups": []}
    try:
        subprocess.run([sys.executable, "-c", ""], check=True, cwd="/", **other)
    except (OSError, subprocess.CalledProcessError):
        return {}
    return other


def fill(folder: Path) -> None:
    """Copy what the Dockerfile copies from here, as far as Docker sees it. Nobody may write to it."""
    for words in map(str.split, after("COPY")):
        for path in words[:-1] if not words[0].startswith("--from") else []:
            for file in [ROOT / path, *(ROOT / path).rglob("*")]:
                name = file.relative_to(ROOT).as_posix()
                if file.is_file() and is_sent(name):
                    (folder / name).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy(file, folder / name)
    for part in [folder, *folder.rglob("*")]:
        part.chmod(0o555)


@pytest.fixture(scope="module")
def image() -> Iterator[int]:
    """The port of the image's command. It runs in a folder with the image's files, and may write to its HOME alone."""
    port, who = free_port(), without_rights()
    streamlit, *arguments = json.loads(after("CMD")[0])
    assert streamlit == "streamlit"
    command = [sys.executable, "-m", streamlit]
    command += [word.replace("8501", str(port)).replace("0.0.0.0", "127.0.0.1") for word in arguments]
    # pytest's own folders are closed to other users.
    with tempfile.TemporaryDirectory() as place, tempfile.TemporaryFile("w+b") as log:
        app, home = Path(place, "app"), Path(place, "home")
        app.mkdir()
        home.mkdir()
        fill(app)
        Path(place).chmod(0o755)
        if who:
            os.chown(home, who["user"], who["group"])
        before = {*app.rglob("*")}
        environment = {"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"}
        process = subprocess.Popen(
            command, cwd=app, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **who
        )
        try:
            yield port
            assert process.poll() is None
        finally:
            process.terminate()
            process.wait(30)
        log.seek(0)
        assert b"Traceback" not in log.read()
        assert {*app.rglob("*")} == before


def status(port: int, path: str) -> int:
    """The status of an answer; 0 without an answer."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


def test_what_probes_ask_for_is_there(image: int) -> None:
    """Every path in a probe answers 200 when the server is warm. Docker's own check says the same."""
    options, _, check = after("HEALTHCHECK")[0].partition(" CMD ")
    assert "--start-period" in options
    program = json.loads(check)
    healthy = [sys.executable, *(word.replace("8501", str(image)) for word in program[1:])]
    assert program[0] == "python"
    assert subprocess.run(healthy, capture_output=True, check=False).returncode != 0  # it has just started

    until(lambda: status(image, "/_stcore/health") == 200)
    end = time.monotonic() + 120
    while status(image, "/ready") == 503 and time.monotonic() < end:
        time.sleep(0.2)
    paths = {"/ready"} & {*re.findall(r"httpchk GET (\S+)", TEMPLATE.read_text("utf-8"))}
    for container in containers().values():
        probes = (container[name] for name in ("startupProbe", "readinessProbe", "livenessProbe"))
        paths |= {probe["httpGet"]["path"] for probe in probes if "httpGet" in probe}
    assert {path: status(image, path) for path in paths} == {"/ready": 200, "/_stcore/health": 200}
    assert subprocess.run(healthy, check=False).returncode == 0
