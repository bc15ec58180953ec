"""Certificates of a lab: who has this folder may join its scheduler, and nobody else.

Every computer gets the same folder. Knows nothing of Dask.
"""

from __future__ import annotations

import datetime
import os
import stat
from pathlib import Path
from typing import Final, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from mnist_core.errors import LabError

VALID_DAYS: Final = 730
_CLOCKS_DIFFER: Final = datetime.timedelta(days=1)


class Certificates(NamedTuple):
    """The files of a folder, in PEM.

    Attributes:
        authority: certificate of who signed the other; its key was never kept.
        certificate: what each computer shows.
        key: the certificate's, private.
    """

    authority: Path
    certificate: Path
    key: Path


def make_certificates(folder: Path) -> datetime.date:
    """Make the certificates of a lab, all new: a folder made earlier does not go with them.

    Returns:
        the last day on which they are valid, ``VALID_DAYS`` from now.

    Raises:
        LabError: the folder has some already, or can't be written; nothing there is changed.
    """
    files = _files(folder)
    if any(path.exists() for path in files):
        raise LabError(f"{folder} has certificates already. Name another folder.")
    now = datetime.datetime.now(datetime.UTC)
    end = now + datetime.timedelta(days=VALID_DAYS)
    authority_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    issuer, subject = _named("MNIST lab authority"), _named("MNIST lab")

    def unsigned(name: x509.Name, of: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
        identifier = x509.SubjectKeyIdentifier.from_public_key(of.public_key())
        signer = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key())
        return (
            x509.CertificateBuilder()
            .issuer_name(issuer)
            .subject_name(name)
            .public_key(of.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - _CLOCKS_DIFFER)
            .not_valid_after(end)
            .add_extension(identifier, critical=False)
            .add_extension(signer, critical=False)
        )

    def constraints(*, is_authority: bool) -> x509.BasicConstraints:
        return x509.BasicConstraints(ca=is_authority, path_length=0 if is_authority else None)

    authority = (
        unsigned(issuer, authority_key)
        .add_extension(constraints(is_authority=True), critical=True)
        .sign(authority_key, hashes.SHA256())
    )
    certificate = (
        unsigned(subject, key)
        .add_extension(constraints(is_authority=False), critical=True)
        .sign(authority_key, hashes.SHA256())
    )
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write_private(
            files.key, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        )
        files.certificate.write_bytes(certificate.public_bytes(Encoding.PEM))
        files.authority.write_bytes(authority.public_bytes(Encoding.PEM))
    except OSError as error:
        raise LabError(f"{folder} can't be written: {error.strerror}.") from error
    return end.date()


def find_certificates(folder: Path) -> Certificates:
    """Return the files of a folder that ``make_certificates`` made.

    Raises:
        LabError: one is missing, makes no sense, or is valid no longer; or everybody on this
            computer may read the key.
    """
    files = _files(folder)
    try:
        end = x509.load_pem_x509_certificate(files.certificate.read_bytes()).not_valid_after_utc
        for path in (files.authority, files.key):
            path.open("rb").close()
    except (OSError, ValueError) as error:
        raise LabError(
            f"{folder} does not have the certificates of a lab, or they can't be read. Make some "
            "with “python -m mnist_core certificates FOLDER”, and copy that folder."
        ) from error
    if os.name == "posix" and files.key.stat().st_mode & stat.S_IROTH:
        raise LabError(
            f"Everybody on this computer can read {files.key}, and who has it can run programs on "
            f"every computer of the lab. Let only its owner read it: chmod 600 {files.key}"
        )
    if end < datetime.datetime.now(datetime.UTC):
        raise LabError(
            f"The certificates in {folder} ended on {end:%d %B %Y}. Make new ones with "
            "“python -m mnist_core certificates FOLDER”, and copy that folder to every computer."
        )
    return files


def _files(folder: Path) -> Certificates:
    return Certificates(folder / "authority.pem", folder / "certificate.pem", folder / "key.pem")


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _write_private(path: Path, data: bytes) -> None:
    """Write what nobody else on the computer may read, at no moment."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
