"""Where the recipes read and write: CORPORA holds the archives, WORK the caches and checkpoints."""

import gzip
import io
import os
import tarfile
import zipfile
from pathlib import Path

TRAINING = Path(__file__).resolve().parent
MODELS = TRAINING.parent
WORK = Path(os.environ.get("WORK", TRAINING / "work"))


def corpora() -> Path:
    """The folder of archives, as named by the environment."""
    folder = os.environ.get("CORPORA")
    if not folder:
        raise SystemExit("set CORPORA to the folder that holds the archives (see README.md)")
    return Path(folder)


def read_archive(name: str) -> dict[str, str]:
    """All text files of one .zip or .tar.gz archive, those in it that are compressed too: {path inside: text}."""
    path = corpora() / name
    if name.endswith(".zip"):
        with zipfile.ZipFile(path) as archive:
            files = {n: archive.read(n) for n in archive.namelist() if not n.endswith("/")}
    else:
        with tarfile.open(fileobj=io.BytesIO(path.read_bytes())) as archive:
            members = [m for m in archive.getmembers() if m.isfile()]
            files = {m.name: archive.extractfile(m).read() for m in members}
    plain = {n.removesuffix(".gz"): gzip.decompress(data) if n.endswith(".gz") else data for n, data in files.items()}
    return {n: data.decode("utf-8", errors="replace") for n, data in plain.items()}
