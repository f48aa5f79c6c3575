"""A folder of messages, one file each: where an instance without a mail server delivers to."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path


class MailFolder:
    """Delivered messages as files, named by the digest in their ``Message-ID``.

    Args:
        root: the folder; made when the first message arrives.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def deliver(self, message: EmailMessage) -> None:
        """Write one message; the same one again takes its place."""
        self.root.mkdir(parents=True, exist_ok=True)
        name = message["Message-ID"].strip("<>").split("@")[0]
        (self.root / f"{name}.eml").write_bytes(message.as_bytes())

    def delete(self, name: str) -> bool:
        """Forget the message of that name; returns whether it was there."""
        try:
            (self.root / f"{name}.eml").unlink()
        except FileNotFoundError:
            return False
        return True

    def forget(self, before: datetime) -> None:
        """Forget what was delivered before a moment, also what no row of the outbox tells of any more."""
        for path in self.root.glob("*.eml"):
            if datetime.fromtimestamp(path.stat().st_mtime, UTC) < before:
                path.unlink(missing_ok=True)
