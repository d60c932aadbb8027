"""The service's key: an Ed25519 pair that signs manifests leaving the house and roots.

The private half lies in the data folder, readable by its owner alone; the public half
and its digest are printed, published and given to whoever is to check a pack.
"""

import hashlib
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from alerts.durable_file import sync, told
from alerts.errors import StoreError


class ServiceKey:
    """The key of one installation.

    Attributes:
        public: Raw public key, 32 bytes, hex.
        digest: SHA-256 of the raw public key, hex: what is compared by people.
    """

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        raw = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.public = raw.hex()
        self.digest = key_digest(self.public)

    def sign(self, body: bytes) -> str:
        """Signature over `body`, hex."""
        return self._private.sign(body).hex()


def key_digest(public: str) -> str:
    """SHA-256, hex, of a raw public key given as hex.

    Raises:
        ValueError: It is no hex.
    """
    return hashlib.sha256(bytes.fromhex(public)).hexdigest()


def is_signed(body: bytes, signature: str, public: str) -> bool:
    """Whether `signature` over `body` was made with the key; junk is no signature."""
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
        key.verify(bytes.fromhex(signature), body)
    except (InvalidSignature, ValueError):
        return False
    return True


def open_service_key(path: Path) -> ServiceKey:
    """The key at `path`; made when missing, with rights for its owner alone.

    Raises:
        StoreError: It cannot be read or made, or is no Ed25519 key.
    """
    with told(path.parent):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if path.exists():
            return _read(path)
        private = Ed25519PrivateKey.generate()
        body = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        # written beside and then named: a crash leaves no half key, and of two who
        # make one at once the second reads the first's
        beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(body)
                file.flush()
                os.fsync(file.fileno())
            os.link(beside, path)
            sync(path.parent)
        except FileExistsError:
            return _read(path)
        finally:
            beside.unlink(missing_ok=True)
    return ServiceKey(private)


def _read(path: Path) -> ServiceKey:
    try:
        private = load_pem_private_key(path.read_bytes(), None)
    except (ValueError, TypeError) as error:
        msg = f"{path} is no private key: restore it from the backup"
        raise StoreError(msg) from error
    if not isinstance(private, Ed25519PrivateKey):
        msg = f"{path} is no Ed25519 key"
        raise StoreError(msg)
    return ServiceKey(private)
