"""Number plates: stored as HMAC under a rotating key, shown masked in lists.

A plate is personal information. What is stored lets the same plate be found again
within one key's time and says nothing without the key; when a key is destroyed, what
was stored under it can no longer be linked to anybody.
"""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

_SEPARATORS = re.compile(r"[\s·•・.\-_]+")
_PLACES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_LETTER, _DIGIT = "A-Za-zＡ-Ｚａ-ｚ", "0-9０-９"
_SIGN = _LETTER + _DIGIT
_GAP = r"[\s·•・.\-_]"
_ALONE = rf"(?<![{_SIGN}])"
_FORMS = (
    # 浙F12345, 浙F·D12345, 粤Z1234港
    rf"[{_PLACES}使领]{_GAP}?[{_LETTER}]{_GAP}?[{_SIGN}]{{4,5}}[{_SIGN}挂学警港澳]",
    # 浙 F 12 345: spaced out; three digits at least, or it is a sentence
    (
        rf"[{_PLACES}]{_GAP}{{0,2}}[{_LETTER}](?=(?:[^{_DIGIT}]{{0,3}}[{_DIGIT}]){{3}})"
        rf"(?:{_GAP}{{0,2}}[{_SIGN}]){{4,5}}{_GAP}{{0,2}}[{_SIGN}挂学警港澳]"
    ),
    # 使014578, 领 014 578
    rf"[使领]{_GAP}{{0,2}}(?:[{_DIGIT}]{_GAP}?){{5}}[{_DIGIT}]",
    # WJ浙12345, WJ 浙·1234X of the armed police
    rf"{_ALONE}[WwＷ][JjＪ]{_GAP}{{0,2}}[{_PLACES}]?(?:{_GAP}{{0,2}}[{_SIGN}]){{5}}",
    # VA12345, 空A·12345 of the forces
    # their digits stand together: `CS-01 100 米` is none
    (
        rf"(?:{_ALONE}[VZHKBSLNGJCEW][A-Z]|[军空海北沈兰济南广成][{_LETTER}])"
        rf"{_GAP}?[{_DIGIT}]{{5}}(?![{_SIGN}])"
    ),
)
_PLATE = re.compile("|".join(f"(?:{form})" for form in _FORMS))
LONGEST = 16
_KEEP_FRONT, _KEEP_BACK = 2, 1


@dataclass(frozen=True, slots=True)
class PlateDigest:
    """A plate as stored: the key's name and the HMAC-SHA-256, hex."""

    key: str
    digest: str


def normal(plate: str) -> str:
    """The plate as compared: NFKC, upper case, without dots and spaces."""
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", plate)).upper()


def mask_plate(plate: str) -> str:
    """The plate as lists and messages show it: `浙F****8`."""
    whole = normal(plate)
    if len(whole) <= _KEEP_FRONT + _KEEP_BACK:
        return "*" * len(whole)
    hidden = len(whole) - _KEEP_FRONT - _KEEP_BACK
    return whole[:_KEEP_FRONT] + "*" * hidden + whole[-_KEEP_BACK:]


def is_plate(text: str) -> bool:
    """Whether the whole of it looks like one plate."""
    return len(text) <= LONGEST and _PLATE.fullmatch(text.strip()) is not None


def mask_plates(text: str) -> str:
    """The text with everything that looks like a plate masked."""
    return _PLATE.sub(lambda found: mask_plate(found.group()), text)


class PlateKeys:
    """The keys in use: new plates go under the current one, all can be searched.

    Args:
        keys: Secrets by name.
        current: Name of the one in use.

    Raises:
        ValueError: The current key is not among them, or a key is shorter than 32
            bytes.
    """

    def __init__(self, keys: Mapping[str, bytes], current: str) -> None:
        if current not in keys:
            msg = f"no plate key named {current}"
            raise ValueError(msg)
        if any(len(key) < 32 for key in keys.values()):
            msg = "a plate key has at least 32 bytes"
            raise ValueError(msg)
        self._keys, self._current = dict(keys), current

    def digest(self, plate: str) -> PlateDigest:
        """The plate as it is stored now."""
        return self._under(self._current, plate)

    def candidates(self, plate: str) -> frozenset[PlateDigest]:
        """Every form in which the plate may have been stored."""
        return frozenset(self._under(name, plate) for name in self._keys)

    def _under(self, name: str, plate: str) -> PlateDigest:
        made = hmac.new(self._keys[name], normal(plate).encode(), hashlib.sha256)
        return PlateDigest(name, made.hexdigest())
