"""The licences of the bundled libraries, as one text for the machine on which they are installed."""

from collections.abc import Iterator
from importlib.metadata import PathDistribution
from pathlib import Path

_OURS = "fanal"
_NAMES = ("LICENSE", "LICENCE", "COPYING", "NOTICE", "AUTHORS")
_NO_TEXT = "This library has no file with the text of its licence.\n"
_RULE = "=" * 78
# Libraries whose metadata names no licence, and what their licence text says.
_BY_TEXT = {"sqlcipher3": "zlib License"}
# Libraries whose wheels have no licence text, and the files with their texts, from the libraries' sources.
_TEXTS = {"z3-solver": Path(__file__).with_name("z3_licence.txt")}
# C libraries that wheels contain without their licence texts, and the places of these texts.
_INSIDE = {
    "psycopg-binary": {
        "libpq": "PostgreSQL License, https://www.postgresql.org/about/licence/",
        "libcrypto, libssl": "Apache License 2.0, https://openssl-library.org/source/license/",
        "libkrb5, libk5crypto, libkrb5support, libgssapi_krb5, libcom_err": "MIT Kerberos licence, "
        "https://web.mit.edu/kerberos/krb5-latest/doc/mitK5license.html",
        "libldap, liblber": "OpenLDAP Public License, https://www.openldap.org/software/release/license.html",
        "libsasl2": "Carnegie Mellon licence (BSD with attribution), "
        "https://github.com/cyrusimap/cyrus-sasl/blob/master/COPYING",
        "libkeyutils": "GNU LGPL 2 or later, /usr/share/common-licenses/LGPL-2",
        "libcrypt": "GNU LGPL 2.1 or later, /usr/share/common-licenses/LGPL-2.1",
    },
    "sqlcipher3": {
        "SQLCipher": "BSD 3-Clause License, https://github.com/sqlcipher/sqlcipher/blob/master/LICENSE.md",
        "OpenSSL": "Apache License 2.0, https://openssl-library.org/source/license/",
    },
}


def text(site: Path) -> str:
    """Return the name, version, licence and licence texts of each library in a folder, sorted by name.

    The licences of data and pictures inside the libraries follow.
    """
    return "\n".join([*(_entry(each) for each in libraries(site)), *_of_data(site)])


def libraries(site: Path) -> list[Path]:
    """Return the metadata folder of each library in a site-packages folder, sorted by name."""
    folders = sorted(site.glob("*.dist-info"), key=lambda folder: folder.name.lower())
    return [folder for folder in folders if not folder.name.startswith(f"{_OURS}-")]


def named(library: PathDistribution) -> str:
    """Return what a library's metadata says about its licence, in one line."""
    data = library.metadata
    classifiers = [each for each in data.get_all("Classifier") or () if each.startswith("License ::")]
    names = ", ".join(each.rpartition(" :: ")[2] for each in classifiers)
    stated = (data.get("License-Expression"), names, (data.get("License") or "").strip().partition("\n")[0])
    return next((each for each in stated if each), _BY_TEXT.get(library.name, "not stated"))


def _entry(folder: Path) -> str:
    library = PathDistribution(folder)
    files = sorted(file for file in folder.rglob("*") if file.is_file() and _is_licence(file))
    if not files and library.name in _TEXTS:
        files = [_TEXTS[library.name]]
    texts = [file.read_text("utf-8", "replace") for file in files] or [_NO_TEXT]
    inside = [f"It contains {part}: {licence}\n" for part, licence in _INSIDE.get(library.name, {}).items()]
    return "\n".join(
        [_RULE, f"{library.name} {library.version}: {named(library)}", _RULE, "", *texts, *inside]
    )


def _is_licence(file: Path) -> bool:
    return "licenses" in file.parts or file.name.upper().startswith(_NAMES)


def _of_data(site: Path) -> Iterator[str]:
    """Yield the licence texts outside the metadata of libraries."""
    for file in sorted(site.rglob("*LICENSE*")):
        if file.is_file() and not file.relative_to(site).parts[0].endswith(".dist-info"):
            yield "\n".join(
                [_RULE, str(file.relative_to(site)), _RULE, "", file.read_text("utf-8", "replace")]
            )
