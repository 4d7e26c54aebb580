"""Who may read and write what the package and `install.sh` lay down: whatever the umask, and however often they do."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.documented import ROOT
from tests.support.own_root import OwnRoot, own_root

pytestmark = pytest.mark.root
CONFIG = "/etc/posdiag/agent.toml"
UMASKS = [0o000, 0o022, 0o027, 0o077]
DIRECTORIES = ("/opt", "/opt/posdiag", "/opt/posdiag/lib/agent", "/usr/share/doc/posdiag", "/etc/posdiag", "/usr/lib/sysusers.d")


@pytest.fixture
def root(tmp_path: Path) -> Iterator[OwnRoot]:
    (tmp_path / "own").mkdir()
    with own_root(tmp_path / "own") as made:
        yield made


def laid_out(tree: Path, umask: int = 0o022) -> Path:
    """What the package holds, with next to nothing for the program's code."""
    subprocess.run(
        ["bash", str(ROOT / "tools/package-tree.sh"), str(tree)], check=True, umask=umask, env={**os.environ, "PY": sys.executable}
    )
    (tree / "opt/posdiag/lib/agent").mkdir(parents=True)
    (tree / "opt/posdiag/lib/agent/__init__.py").write_text("")
    (tree / "opt/posdiag/lib/msgspec").mkdir()
    (tree / "opt/posdiag/lib/msgspec/_core.cpython-311-x86_64-linux-gnu.so").write_text(
        ""
    )  # by which install.sh knows for which Pythons it is
    return tree


def package(folder: Path, version: str, umask: int = 0o022) -> Path:
    tree = laid_out(folder / version / "tree", umask)
    if version.endswith("with-news"):
        (tree / "etc/posdiag/agent.toml").write_text("# of another version\n")
    argv = ["bash", str(ROOT / "tools/package-deb.sh"), str(tree), version, "all", str(folder)]
    subprocess.run(argv, check=True, umask=umask)
    return folder / f"posdiag_{version}_all.deb"


def install(root: OwnRoot, package: str, *options: str, umask: int = 0o022) -> None:
    root.run("dpkg", "--force-depends", *options, "--install", package, umask=umask)


# --- the package


@pytest.mark.parametrize("umask", UMASKS, ids=oct)
def test_the_package_lays_everything_for_the_service_to_read_and_for_root_alone_to_write(root: OwnRoot, tmp_path: Path, umask: int) -> None:
    install(root, root.put(package(tmp_path, "1.0", umask)), umask=umask)
    assert root.modes(CONFIG, "/etc/posdiag") == ["root:posdiag 640", "root:root 755"]
    judged(root)


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.1+with-news"])
def test_a_configuration_that_the_package_manager_restores_is_closed_again(root: OwnRoot, tmp_path: Path, version: str) -> None:
    """As `apt install --reinstall` with confmiss does, of the same version or of the next one."""
    install(root, root.put(package(tmp_path, "1.0")))
    root.run("rm", CONFIG)
    path = root.put(package(tmp_path, version)) if version != "1.0" else "/tmp/posdiag_1.0_all.deb"
    root.run("dpkg", "--force-depends", "--force-confmiss", "--unpack", path)
    assert root.run("find", "/etc/posdiag", "-name", "agent.toml*", "-perm", "/o+rwx") == ""  # not for a moment
    root.run("dpkg", "--force-depends", "--force-confmiss", "--configure", "posdiag")
    assert root.modes(CONFIG) == ["root:posdiag 640"]


def test_removed_and_purged_and_installed_again_it_is_closed(root: OwnRoot, tmp_path: Path) -> None:
    path = root.put(package(tmp_path, "1.0"))
    install(root, path)
    root.run("dpkg", "--remove", "posdiag")
    install(root, path)
    assert root.modes(CONFIG) == ["root:posdiag 640"]
    root.run("dpkg", "--remove", "posdiag")
    root.run("rm", CONFIG)
    install(root, path, "--force-confmiss")
    assert root.modes(CONFIG) == ["root:posdiag 640"]
    root.run("dpkg", "--purge", "posdiag")
    install(root, path)
    assert root.modes(CONFIG) == ["root:posdiag 640"]


@pytest.mark.parametrize("mode", ["root:root 600", "root:posdiag 600", "daemon:posdiag 640", "root:root 644", "root:adm 640"])
def test_what_an_administrator_changed_stays(root: OwnRoot, tmp_path: Path, mode: str) -> None:
    install(root, root.put(package(tmp_path, "1.0")))
    owner, bits = mode.split()
    root.run("chown", owner, CONFIG)
    root.run("chmod", bits, CONFIG)
    install(root, root.put(package(tmp_path, "1.1")))
    install(root, root.put(package(tmp_path, "1.2+with-news")), "--force-confnew")
    assert root.modes(CONFIG) == [mode]


def test_an_override_of_the_administrator_s_stays(root: OwnRoot, tmp_path: Path) -> None:
    install(root, root.put(package(tmp_path, "1.0")))
    root.run("dpkg-statoverride", "--update", "--add", "root", "adm", "0640", CONFIG)
    root.run("rm", CONFIG)
    install(root, root.put(package(tmp_path, "1.1")), "--force-confmiss")
    assert root.modes(CONFIG) == ["root:adm 640"]


def test_a_link_that_an_administrator_laid_there_is_left_alone(root: OwnRoot, tmp_path: Path) -> None:
    install(root, root.put(package(tmp_path, "1.0")))
    root.run("mv", CONFIG, "/etc/elsewhere.toml")
    root.run("chown", "root:root", "/etc/elsewhere.toml")
    root.run("ln", "-s", "/etc/elsewhere.toml", CONFIG)
    install(root, root.put(package(tmp_path, "1.1")))
    assert root.modes("/etc/elsewhere.toml") == ["root:root 640"]


# --- install.sh


def archive(folder: Path, umask: int) -> Path:
    """As it is unpacked under such a umask by somebody who is not root."""
    tree = laid_out(folder / "archive")
    shutil.copy(ROOT / "install.sh", tree)
    for path in (tree, *tree.rglob("*")):
        if not path.is_symlink():
            mode = stat.S_IMODE(path.stat().st_mode)
            path.chmod((mode | 0o666 if umask == 0 else mode) & ~umask)
    return tree


@pytest.mark.parametrize("umask", UMASKS, ids=oct)
@pytest.mark.parametrize("unpacked", UMASKS, ids=oct)
def test_install_lays_it_for_others_to_read_and_for_root_alone_to_write(tmp_path: Path, umask: int, unpacked: int) -> None:
    target = tmp_path / "target"
    target.mkdir()
    argv = ["sh", str(archive(tmp_path, unpacked) / "install.sh")]
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DESTDIR": str(target)}
    subprocess.run(argv, env=environment, umask=umask, check=True, capture_output=True)
    wrong = {}
    for path in target.rglob("*"):
        seen = path.lstat()
        if not path.is_symlink():
            mode = stat.S_IMODE(seen.st_mode)
            runs = path.is_dir() or path.parent.name in ("bin", "runit") or path.name.endswith("-init")
            wanted = 0o640 if path.name == "agent.toml" else 0o755 if runs else 0o644
            if mode != wanted or seen.st_uid:
                wrong[str(path.relative_to(target))] = oct(mode)
    assert wrong == {}


@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="install.sh is for Python 3.11")
@pytest.mark.parametrize("umask", UMASKS, ids=oct)
def test_the_service_s_user_reads_what_install_laid(root: OwnRoot, tmp_path: Path, umask: int) -> None:
    path = root.put(archive(tmp_path, umask))
    root.run("sh", f"{path}/install.sh", umask=umask)
    judged(root)


@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="install.sh is for Python 3.11")
def test_installed_again_it_opens_what_an_older_one_closed(root: OwnRoot, tmp_path: Path) -> None:
    path = root.put(archive(tmp_path, 0o022))
    root.run("mkdir", "-m", "700", "/etc/posdiag")
    root.run("sh", f"{path}/install.sh")
    judged(root)
    root.run("chown", "root:posdiag", "/etc/posdiag")
    root.run("chmod", "710", "/etc/posdiag")
    root.run("sh", f"{path}/install.sh")
    assert root.modes("/etc/posdiag") == ["root:posdiag 710"]


def judged(root: OwnRoot) -> None:
    """The service's own user reads all of it, and writes nothing; nobody else reads the configuration."""
    as_service = ("setpriv", "--reuid=posdiag", "--regid=posdiag", "--init-groups")
    files = root.run("find", "/opt/posdiag", "/etc/posdiag", "/usr/share/doc/posdiag", "-type", "f").splitlines()
    files += ["/usr/lib/systemd/system/posdiag.service", "/usr/lib/sysusers.d/posdiag.conf", "/usr/lib/sysctl.d/50-posdiag.conf"]
    files += ["/usr/lib/tmpfiles.d/posdiag.conf"]
    files += [
        "/usr/share/bash-completion/completions/posdiag",
        "/usr/share/zsh/vendor-completions/_posdiag",
        "/usr/share/man/man1/posdiag.1.gz",
    ]
    root.run(*as_service, "sha256sum", *files)
    root.run("test", "-x", "/opt/posdiag/bin/posdiag")
    for path in (*files, *DIRECTORIES):
        assert root.run(*as_service, "sh", "-c", f"test -w {path} && echo writable", check=False) == "", path
    assert root.modes(CONFIG) == ["root:posdiag 640"]
    as_nobody = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
    assert "Permission denied" in root.run(*as_nobody, "cat", CONFIG, check=False)
