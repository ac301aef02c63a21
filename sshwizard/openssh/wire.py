"""The SSH wire encoding (RFC 4251 §5): strings, integers, multiple precision integers.

Knows nothing of what is encoded. Reading is bounded by the data at hand and raises `WireError` only.
"""

from __future__ import annotations

MAX_BIGNUM = 2048
"""Bytes of the largest integer that OpenSSH takes (sshbuf.h SSHBUF_MAX_BIGNUM, 16384 bits)."""


class WireError(ValueError):
    """The bytes end too early or do not encode what was asked for."""


class Cursor:
    """A place in bytes, moved on by each read."""

    __slots__ = ("data", "at")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    @property
    def rest(self) -> bytes:
        """What has not been read yet."""
        return self.data[self.at :]

    @property
    def done(self) -> bool:
        return self.at >= len(self.data)

    def take(self, count: int) -> bytes:
        """Read exactly `count` bytes. Raises WireError when fewer are left."""
        end = self.at + count
        if end > len(self.data):
            raise WireError(f"{count} bytes wanted, {len(self.data) - self.at} left")
        piece = self.data[self.at : end]
        self.at = end
        return piece

    def byte(self) -> int:
        return self.take(1)[0]

    def uint32(self) -> int:
        return int.from_bytes(self.take(4), "big")

    def uint64(self) -> int:
        return int.from_bytes(self.take(8), "big")

    def string(self) -> bytes:
        """Read a length and that many bytes."""
        start = self.at + 4
        end = start + int.from_bytes(self.data[self.at : start], "big")
        if end > len(self.data) or start > len(self.data):
            raise WireError(f"{end - start} bytes wanted, {max(0, len(self.data) - start)} left")
        self.at = end
        return self.data[start:end]

    def skip(self, count: int) -> None:
        """Pass over `count` strings."""
        data, at, size = self.data, self.at, len(self.data)
        for _number in range(count):
            at += 4 + int.from_bytes(data[at : at + 4], "big")
            if at > size:
                raise WireError("the data end too early")
        self.at = at

    def text(self) -> bytes:
        """Read a string that C code can take: no zero byte inside (one at its end is dropped)."""
        piece = self.string()
        zero = piece.find(b"\0")
        if zero == -1:
            return piece
        if zero != len(piece) - 1:
            raise WireError("a zero byte inside a text")
        return piece[:-1]

    def mpint(self) -> int:
        """Read a non-negative integer as OpenSSH does: surplus zero bytes in front are taken."""
        piece = self.string()
        if piece and piece[0] & 0x80:
            raise WireError("a negative integer")
        if len(piece) > MAX_BIGNUM and (len(piece) > MAX_BIGNUM + 1 or piece[0]):
            raise WireError("an integer of more than 16384 bits")
        return int.from_bytes(piece, "big")


def string(data: bytes) -> bytes:
    """Encode bytes as a string: four bytes of length, then the bytes."""
    return len(data).to_bytes(4, "big") + data


def uint32(value: int) -> bytes:
    return value.to_bytes(4, "big")


def mpint(value: int) -> bytes:
    """Encode a non-negative integer, shortest form, with a zero byte where the top bit is set."""
    return string(value.to_bytes(value.bit_length() // 8 + 1, "big") if value else b"")
