"""The little of ASN.1 DER that old key files need: sequences, integers, octet and bit strings, object names."""

from __future__ import annotations

SEQUENCE, INTEGER, OCTETS, BITS, OID = 0x30, 0x02, 0x04, 0x03, 0x06


class DerError(ValueError):
    """Not the DER structure that was asked for."""


class Der:
    """A place in DER bytes, moved on by each read."""

    __slots__ = ("at", "data")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    @property
    def done(self) -> bool:
        return self.at >= len(self.data)

    def next_tag(self) -> int:
        """Return the tag of what comes next, 0 at the end."""
        return 0 if self.done else self.data[self.at]

    def any(self) -> tuple[int, bytes]:
        """Read one value. Returns its tag and content; raises DerError."""
        head = self.data[self.at : self.at + 2]
        if len(head) < 2:
            raise DerError("the data end too early")
        size, start = head[1], self.at + 2
        if size & 0x80:
            count = size & 0x7F
            if not 0 < count <= 4 or start + count > len(self.data):
                raise DerError("a length that cannot be read")
            size, start = int.from_bytes(self.data[start : start + count], "big"), start + count
        if start + size > len(self.data):
            raise DerError("the data end too early")
        self.at = start + size
        return head[0], self.data[start : self.at]

    def one(self, tag: int) -> bytes:
        """Read one value of a given tag. Raises DerError for another."""
        found, content = self.any()
        if found != tag:
            raise DerError(f"tag {found:#x} where {tag:#x} belongs")
        return content

    def sequence(self) -> Der:
        return Der(self.one(SEQUENCE))

    def integer(self) -> int:
        content = self.one(INTEGER)
        if not content:
            raise DerError("an integer of no bytes")
        value = int.from_bytes(content, "big", signed=True)
        if value < 0:
            raise DerError("a negative integer")
        return value
