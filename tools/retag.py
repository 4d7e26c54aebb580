"""`python tools/retag.py WHEEL TAG FOLDER`: the same wheel under another tag (`cp313-cp313-linux_armv7l`), written into FOLDER the same way
every time: sorted, of one date, uncompressed (how well something is compressed depends on this machine's zlib). Prints its path.
"""

from __future__ import annotations

import base64
import hashlib
import re
import sys
import zipfile
from pathlib import Path


def main() -> int:
    source, tag, folder = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
    with zipfile.ZipFile(source) as archive:
        files = {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}
    record = next(name for name in files if name.endswith(".dist-info/RECORD"))
    info = record.removesuffix("RECORD") + "WHEEL"
    head = [line for line in files[info].decode().splitlines() if line and not re.match(r"Tag:", line)]
    files[info] = "\n".join([*head, f"Tag: {tag}", ""]).encode()
    rows = [f"{name},sha256={_digest(files[name])},{len(files[name])}" for name in sorted(files) if name != record]
    files[record] = "\n".join([*rows, f"{record},,", ""]).encode()
    target = folder / f"{'-'.join(source.name.split('-')[:2])}-{tag}.whl"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.external_attr = (0o100755 if name.endswith(".so") else 0o100644) << 16
            archive.writestr(entry, files[name])
    print(target)
    return 0


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


if __name__ == "__main__":
    sys.exit(main())
