"""The archive where there is nothing: no C library, no Python, no shell, no /etc; and beside musl."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.standalone.archive import ARCHIVE, BUILD, CONFIG, ROOT, TREES, VERSION, Bare, empty, links_of_busybox, unpack

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or not ARCHIVE.exists() or not (TREES / "busybox").exists(),
    reason="needs root, the archive and Debian's packages: run `make test-standalone` as root",
)
LARGEST_MIB = 20
PYTHON = "/opt/posdiag/python/bin/python3"
LOADER = ("/data/posdiag/python/lib/ld.so", "--library-path", "/data/posdiag/python/lib", "/data/posdiag/python/bin/python3", "-ISB")


@pytest.fixture
def bare(tmp_path: Path) -> Bare:
    return Bare(empty(tmp_path))


def test_it_examines_an_empty_root(bare: Bare) -> None:
    done = bare.run("/opt/posdiag/bin/posdiag", "--check", "--json")
    assert (done.returncode, done.stderr) == (2, ""), done.stderr
    checks = {check["id"]: check for check in json.loads(done.stdout)["checks"]}
    assert checks["system:memory"]["outcome"] == "unknown" and "/proc" in checks["system:memory"]["because"]
    for name in ("proc", "sys", "dev", "etc"):
        (bare.root / name).mkdir()
    (bare.root / "etc/agent.toml").write_text(CONFIG)
    for language in ({}, {"LANG": "zh_CN.UTF-8"}, {"LC_ALL": "POSIX"}):
        done = bare.run("/opt/posdiag/bin/posdiag", "--check", "--json", "--config", "/etc/agent.toml", environment=language)
        assert done.stderr == "", done.stderr
        checks = {check["id"]: check for check in json.loads(done.stdout)["checks"]}
        assert checks["system:memory"]["outcome"] == "pass" and checks["app:payapp"]["symptom"] == "not_running"
    assert "这台终端" in bare.run("/opt/posdiag/bin/posdiag", "--check", "--lang", "zh").stdout


def test_it_runs_wherever_it_lies_by_calling_the_loader(bare: Bare) -> None:
    (bare.root / "data").mkdir()
    (bare.root / "opt/posdiag").rename(bare.root / "data/posdiag")
    done = bare.run(*LOADER, "/data/posdiag/bin/posdiag", "--check", "--json")
    assert (done.returncode, done.stderr) == (2, ""), done.stderr
    assert json.loads(done.stdout)["schema"] == "posdiag.status/1"
    # with a shell it also starts its own Python once more
    (bare.root / "bin").mkdir()
    shutil.copy(TREES / "busybox/bin/busybox", bare.root / "bin/sh")
    (bare.root / "try.sh").write_bytes((ROOT / "packaging/standalone/try.sh").read_bytes())
    done = bare.run("/data/posdiag/python/bin/anywhere", "-ISB", "-c", "import sys; print(sys.prefix)")
    assert (done.stdout, done.stderr) == ("/data/posdiag/python\n", "")


def test_unpacked_it_is_tried_without_being_installed(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "bin").mkdir(parents=True)
    shutil.copytree(TREES / "busybox/bin", root / "bin", symlinks=True, dirs_exist_ok=True)
    links_of_busybox(root)
    unpack(root / "tmp").rename(root / "tmp/unpacked")
    done = Bare(root).run("sh", "/tmp/unpacked/try.sh", "--check", "--json")
    assert (done.returncode, done.stderr) == (2, ""), done.stderr
    assert not (root / "opt").exists()


def test_every_module_of_ours_is_imported_there(bare: Bare) -> None:
    """So nothing that they import was left out of Python's library; what they import later, in functions, is read from their sources."""
    lib = bare.root / "opt/posdiag/lib"
    own = [str(path.relative_to(lib)) for package in ("agent", "probes") for path in sorted((lib / package).rglob("*.py"))]
    modules = [name.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for name in own if not name.endswith("__main__.py")]
    later = {name for each in own for name in imported((lib / each).read_text())} & python_has(bare)
    assert len(modules) > 300 and {"ssl", "zipfile"} <= later
    code = "import sys, importlib; sys.path.insert(0, '/opt/posdiag/lib')\nfor name in sys.argv[1:]: importlib.import_module(name)"
    others = (
        "requests",
        "paho.mqtt.client",
        "apscheduler.schedulers.background",
        "jinja2",
        "segno",
        "serial.tools.list_ports",
        "psutil",
        "ping3",
    )
    done = bare.run(PYTHON, "-ISB", "-c", code, *modules, *sorted(later), *others, "iso8583", "tzlocal", "charset_normalizer")
    assert (done.returncode, done.stderr) == (0, ""), done.stderr[-2000:]


def imported(text: str) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
    return found


def python_has(bare: Bare) -> set[str]:
    code = "import sys; print(*sys.stdlib_module_names)"
    top = set(bare.run(PYTHON, "-ISB", "-c", code).stdout.split())
    names = {name for path in (ROOT / "agent", ROOT / "probes") for each in path.rglob("*.py") for name in imported(each.read_text())}
    return {name for name in names if name.partition(".")[0] in top}


@pytest.mark.parametrize(
    "code",
    [
        "import ssl, certifi; ssl.create_default_context(cafile=certifi.where()); print(ssl.OPENSSL_VERSION)",
        "import ctypes; ctypes.CDLL(None).malloc_trim(0); print('called')",
        "import socket; print(socket.getaddrinfo('127.0.0.1', 80, type=socket.SOCK_STREAM)[0][4])",
        "import threading; t = threading.Thread(target=print, args=('ended',)); t.start(); t.join()",
        "import ctypes; ctypes.CDLL('libgcc_s.so.1'); print('what glibc opens when a thread is ended')",
        "import subprocess, sys; print(subprocess.check_output([sys.executable, '-ISB', '-c', 'print(6*7)']))",
        "import lzma, bz2, zlib, hashlib, uuid; print(hashlib.new('md5', b'').hexdigest(), 'gb18030'.encode('gb18030'))",
        "import pwd, grp, termios, resource, select, mmap, zoneinfo, decimal, csv, json; print('loaded')",
    ],
)
def test_what_it_stands_on_is_inside(bare: Bare, code: str) -> None:
    done = bare.run(PYTHON, "-ISB", "-c", f"import sys; sys.path.insert(0, '/opt/posdiag/lib'); {code}")
    assert (done.returncode, done.stderr) == (0, "") and done.stdout, done.stderr


def test_it_opens_nothing_of_a_c_library_beside_it(tmp_path: Path) -> None:
    """Beside musl, whose loader runs another program there, and although that system's own libraries come first for others."""
    root = tmp_path / "root"
    shutil.copytree(TREES / "busybox", root, symlinks=True)
    links_of_busybox(root)
    (unpack(tmp_path / "unpacked") / "opt").rename(root / "opt")
    source = tmp_path / "payapp.c"
    source.write_text('#include <stdio.h>\n#include <unistd.h>\nint main(void) { puts("musl"); fflush(stdout); sleep(60); return 0; }\n')
    compiler = shutil.which("musl-gcc")
    if compiler is None:
        pytest.skip("no musl-gcc here: run `make test-standalone` as root")
    subprocess.run([compiler, "-o", str(root / "bin/payapp"), str(source)], check=True)
    assert (
        "ld-musl-x86_64" in subprocess.run(["readelf", "-l", str(root / "bin/payapp")], capture_output=True, text=True, check=True).stdout
    )
    (root / "etc/agent.toml").write_text(CONFIG)
    (root / "usr/lib/libc.so.6").write_text("no library of ours")
    (root / "usr/lib/libssl.so.3").write_text("no library of ours")
    script = "payapp & /opt/posdiag/bin/posdiag --check --json --config /etc/agent.toml"
    done = Bare(root).run("sh", "-c", script, environment={"LD_LIBRARY_PATH": "/usr/lib/x86_64-linux-musl"})
    assert done.stdout.startswith("musl\n"), done.stderr
    checks = {check["id"]: check for check in json.loads(done.stdout.removeprefix("musl\n"))["checks"]}
    assert checks["app:payapp"]["outcome"] == "pass" and done.stderr == "", done.stderr
    code = "import ssl, psutil; print(open('/proc/self/maps').read())"
    said = Bare(root).run(PYTHON, "-ISB", "-c", f"import sys; sys.path.insert(0, '/opt/posdiag/lib'); {code}").stdout
    mapped = {path for path in re.findall(r" (/\S+)$", said, re.MULTILINE) if not path.startswith("/dev/")}
    assert mapped and [path for path in mapped if "/opt/posdiag/" not in path] == []


@pytest.mark.parametrize("arch", ["amd64", "arm64", "armhf"])
def test_it_is_small_and_everything_inside_has_its_papers(tmp_path: Path, arch: str) -> None:
    archive = BUILD / f"posdiag-standalone_{VERSION}_{arch}.tar.xz"
    if not archive.exists():
        pytest.skip(f"not built: ARCH={arch} make standalone")
    assert archive.stat().st_size <= LARGEST_MIB * 2**20
    made = unpack(tmp_path, archive)
    papers = made / "opt/posdiag/share/licences"
    listed = (papers / "LIST").read_text()
    packages = re.findall(r"^([a-z0-9.+-]+) \S+ \(\S+ \S+\)$", listed, re.MULTILINE)
    assert {"libc6", "libssl3", "python3.11-minimal"} <= set(packages)
    assert [name for name in packages if not (papers / f"{name}.copyright").stat().st_size] == []
    named = {
        name
        for each in packages
        for name in re.findall(r"/usr/share/common-licenses/([\w.+-]*[\w+])", (papers / f"{each}.copyright").read_text())
    }
    assert named == {path.name for path in (papers / "common-licenses").iterdir()}
    wheels = {path.name.removesuffix(".dist-info") for path in (made / "opt/posdiag/lib").glob("*.dist-info")}
    assert {name.replace("-", " ", 1) for name in wheels if not name.startswith("posdiag-")} == set(
        listed.rpartition("NAME VERSION\n")[2].splitlines()
    )
    machine = {"amd64": "X86-64", "arm64": "AArch64", "armhf": "ARM"}[arch]
    for path in (made / "opt").rglob("*"):
        if path.is_file() and path.read_bytes()[:4] == b"\x7fELF":
            said = subprocess.run(["readelf", "-h", str(path)], capture_output=True, text=True, check=True).stdout
            assert machine in said, path
