"""`install.sh`, into another root. In running systems, by `make test-standalone`."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.documented import ROOT

PAPERS = (
    "usr/share/man/man1/posdiag.1.gz",
    "usr/share/man/zh_CN/man1/posdiag.1.gz",
    "usr/share/bash-completion/completions/posdiag",
    "usr/share/zsh/vendor-completions/_posdiag",
)
STARTERS = {
    "runit/run": "runit/run",
    "runit/finish": "runit/finish",
    "sysv-init": "sysv/posdiag",
    "openrc-init": "openrc/posdiag",
    "procd-init": "procd/posdiag",
}
RC_S = "for i in /etc/init.d/S??*; do $i start; done\n"  # of busybox
WAYS = {  # by what there is: which manager, and which link has it started
    "systemd": ("systemd", ("usr/lib/systemd/",), "etc/systemd/system/multi-user.target.wants/posdiag.service"),
    "openrc": ("openrc", ("etc/runlevels/default/",), "etc/runlevels/default/posdiag"),
    "runit": ("runit", ("etc/runit/runsvdir/default/",), "etc/runit/runsvdir/default/posdiag"),
    "runit of Void": ("runit", ("var/service/",), "var/service/posdiag"),
    "sysv": ("sysv", ("etc/rc0.d/", "etc/rc2.d/", "etc/rc3.d/", "etc/rc4.d/", "etc/rc5.d/"), "etc/rc5.d/S99posdiag"),
    "buildroot": ("sysv", ("etc/init.d/rcS",), "etc/init.d/S99posdiag"),
    "procd": ("procd", ("etc/rc.d/",), "etc/rc.d/S95posdiag"),
}


def unpacked(folder: Path) -> Path:
    """An archive as `tools/package.sh` lays it out, with next to nothing in it."""
    for name, content in {
        "opt/posdiag/lib/agent/__init__.py": "",
        "opt/posdiag/bin/posdiag": "#!/bin/sh\n",
        "opt/posdiag/share/services.sh": (ROOT / "packaging/services.sh").read_text(),
        **{f"opt/posdiag/share/{name}": (ROOT / "packaging" / source).read_text() for name, source in STARTERS.items()},
        "etc/posdiag/agent.toml": "# first\n",
        "usr/share/doc/posdiag/README.md": "",
        "usr/lib/systemd/system/posdiag.service": "",
        "usr/lib/sysusers.d/posdiag.conf": "",
        "usr/lib/tmpfiles.d/posdiag.conf": "",
        "usr/lib/sysctl.d/50-posdiag.conf": "",
        **dict.fromkeys(PAPERS, ""),
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    shutil.copy(ROOT / "install.sh", folder)
    return folder


@pytest.mark.root
def test_install_replaces_the_program_and_keeps_what_is_the_owner_s(tmp_path: Path) -> None:
    archive, root = unpacked(tmp_path / "archive"), tmp_path / "root"
    root.mkdir()

    def run(*words: str) -> str:
        argv = ["sh", str(archive / "install.sh"), *words]
        done = subprocess.run(
            argv, env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DESTDIR": str(root)}, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    run()
    config = root / "etc/posdiag/agent.toml"
    assert config.read_text() == "# first\n" and config.stat().st_mode & 0o777 == 0o640
    assert (root / "usr/bin/posdiag").readlink() == Path("/opt/posdiag/bin/posdiag")
    config.write_text("# mine\n")
    (root / "opt/posdiag/lib/agent/of_an_older_version.py").write_text("")
    assert all((root / paper).stat().st_mode & 0o777 == 0o644 for paper in PAPERS)
    run("install")
    assert config.read_text() == "# mine\n" and not (root / "opt/posdiag/lib/agent/of_an_older_version.py").exists()
    run("remove")
    assert not [paper for paper in PAPERS if (root / paper).exists()]
    assert config.exists() and not (root / "opt/posdiag").exists() and not (root / "usr/bin/posdiag").is_symlink()
    run("purge")
    assert not config.exists()


@pytest.mark.root
def test_install_says_what_is_missing(tmp_path: Path) -> None:
    shutil.copy(ROOT / "install.sh", tmp_path)
    done = subprocess.run(["sh", str(tmp_path / "install.sh")], capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "is no unpacked archive" in done.stderr
    done = subprocess.run(["sh", str(tmp_path / "install.sh"), "instal"], capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "expected install, remove or purge" in done.stderr


def left(root: Path) -> set[str]:
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_symlink() or not path.is_dir()}


@pytest.mark.root
@pytest.mark.parametrize("way", WAYS)
def test_an_image_starts_it_by_what_it_has(tmp_path: Path, way: str) -> None:
    manager, there, link = WAYS[way]
    archive, root = unpacked(tmp_path / "archive"), tmp_path / "root"
    for name in there:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).mkdir(parents=True, exist_ok=True) if name.endswith("/") else (root / name).write_text(RC_S)
    before = left(root)
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DESTDIR": str(root), "MANAGER": manager}
    argv = ["sh", str(archive / "install.sh")]
    done = subprocess.run(argv, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    assert f"installed for {manager}" in done.stdout
    laid = (root / link).readlink()
    target = root / str(laid).lstrip("/") if laid.is_absolute() else (root / link).parent / laid
    started = target / "run" if manager == "runit" else target
    if manager != "systemd":
        assert "/opt/posdiag/bin/posdiag-service" in started.read_text() and started.stat().st_mode & 0o777 == 0o755
    subprocess.run([*argv, "purge"], env=environment, check=True, capture_output=True)
    assert left(root) == before


@pytest.mark.root
def test_an_unknown_manager_and_a_package_of_debian_s_are_told(tmp_path: Path) -> None:
    archive, root = unpacked(tmp_path / "archive"), tmp_path / "root"
    argv, environment = ["sh", str(archive / "install.sh")], {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DESTDIR": str(root)}
    done = subprocess.run(argv, env=environment | {"MANAGER": "upstart"}, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "MANAGER is systemd, openrc, runit, sysv, procd or none, not upstart" in done.stderr
    (root / "var/lib/dpkg/info").mkdir(parents=True)
    (root / "var/lib/dpkg/info/posdiag.prerm").write_text("")
    done = subprocess.run(argv, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "installed here as a package of Debian" in done.stderr and not (root / "opt").exists()
