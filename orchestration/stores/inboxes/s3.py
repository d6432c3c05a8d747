"""Objects of an S3 bucket, at AWS or at any endpoint that speaks S3. An object appears whole, so one look is enough.

Credentials are boto3's own: its environment variables, profiles and roles. What does not belong here: which bucket
(``inboxes``), and what is in a file.
"""

from __future__ import annotations

from contextlib import closing, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from orchestration.stores.inboxes.folder import (
    PIECE_BYTES,
    Arrival,
    InboxUnavailableError,
    Look,
    StillArrivingError,
    is_temporary,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from orchestration.stores.inboxes.taken import TakenFiles

Answer = TypeVar("Answer")

_CHANGED = frozenset({"PreconditionFailed", "412", "NoSuchKey", "404"})
_ON_ONE_OBJECT = frozenset({"GetObject", "HeadObject"})
_TIMEOUT_SECONDS = 30
_MEND_PLACE = "aws s3 ls $MEDBOOKS_S3_URL  (correct MEDBOOKS_S3_URL, MEDBOOKS_S3_ENDPOINT_URL or AWS_DEFAULT_REGION)"
_MEND_ACCESS = "aws sts get-caller-identity  (AWS_PROFILE or the AWS_ variables; it needs s3:ListBucket, s3:GetObject)"


@dataclass(frozen=True, slots=True)
class S3Bucket:
    """A bucket, the beginning of the keys that are ours, and the endpoint when it is not AWS."""

    name: str
    prefix: str = ""
    endpoint_url: str | None = None


@dataclass(frozen=True, slots=True)
class _Object:
    key: str
    etag: str
    size: int
    changed_at: str


class S3Inbox:
    """The objects of one bucket below one prefix."""

    name = "s3"

    def __init__(self, bucket: S3Bucket, taken: TakenFiles, *, keep: bool) -> None:
        self._bucket = bucket
        self._taken = taken
        self._keep = keep
        self._client: Any = None

    def look(self) -> Look:
        """Return the objects that are new; raises ``InboxUnavailableError``."""
        found = self._guarded(lambda: list(self._new()))
        ready = [one for one in sorted(found, key=lambda one: one.key) if not is_temporary(_name(one.key))]
        return Look(tuple(map(self._arrival, ready)), len(found) - len(ready))

    def peek(self, limit: int) -> list[tuple[str, ...]]:
        """Return key, size and version of what is new, at most ``limit``; nothing is opened."""
        found = self._guarded(lambda: list(self._new(limit)))
        return [(one.key, str(one.size), one.etag) for one in found]

    def check(self) -> str:
        """Say whether objects can be listed and read; deleting is not tried, because nothing may be lost by asking."""

        def ask() -> str:
            answer = self._s3().list_objects_v2(Bucket=self._bucket.name, Prefix=self._bucket.prefix)
            found = [entry for entry in answer.get("Contents", ()) if not entry["Key"].endswith("/")]
            if found:
                self._s3().head_object(Bucket=self._bucket.name, Key=found[0]["Key"])
            more = " or more" if answer.get("IsTruncated") else ""
            after = "which stay in the bucket" if self._keep else "deleted from the bucket once they have landed"
            return f"{len(found):,}{more} objects, {after}"

        return self._guarded(ask)

    def close(self) -> None:
        """Drop the connections."""
        client, self._client = self._client, None
        if client is not None:
            client.close()

    def _new(self, limit: int | None = None) -> Iterator[_Object]:
        count = 0
        pages = (
            self._s3().get_paginator("list_objects_v2").paginate(Bucket=self._bucket.name, Prefix=self._bucket.prefix)
        )
        for page in pages:
            for entry in page.get("Contents", ()):
                one = _Object(entry["Key"], entry["ETag"], int(entry["Size"]), entry["LastModified"].isoformat())
                # a key that ends with a slash is how consoles show a folder
                if one.key.endswith("/") or (self._keep and self._taken.holds(one.key, one.etag, one.changed_at)):
                    continue
                yield one
                count += 1
                if limit is not None and count >= limit:
                    return

    def _arrival(self, one: _Object) -> Arrival:
        where = {"Bucket": self._bucket.name, "Key": one.key}

        def fetch(write: Callable[[bytes], None]) -> None:
            def download() -> None:
                with closing(self._s3().get_object(**where, IfMatch=one.etag)["Body"]) as body:
                    for piece in body.iter_chunks(PIECE_BYTES):
                        write(piece)

            self._guarded(download)

        def remove() -> None:
            if self._keep:
                self._taken.add(one.key, one.etag, one.changed_at)
                return

            def delete() -> None:
                # what was written over it since is another file, which the next look finds
                if self._s3().head_object(**where)["ETag"] == one.etag:
                    self._s3().delete_object(**where)

            with suppress(StillArrivingError):
                self._guarded(delete)

        return Arrival(_name(one.key), fetch, remove)

    def _s3(self) -> Any:  # noqa: ANN401  # boto3 makes its clients at run time
        if self._client is None:
            import boto3
            from botocore.config import Config

            self._client = boto3.client(
                "s3",
                endpoint_url=self._bucket.endpoint_url,
                config=Config(
                    connect_timeout=_TIMEOUT_SECONDS,
                    read_timeout=_TIMEOUT_SECONDS,
                    retries={"mode": "standard", "max_attempts": 3},
                ),
            )
        return self._client

    def _guarded(self, ask: Callable[[], Answer]) -> Answer:
        """Ask the server; whatever goes wrong is one error without a key in it."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return ask()
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            if code in _CHANGED and error.operation_name in _ON_ONE_OBJECT:
                raise StillArrivingError(self.name) from None
            message = f"the S3 server refuses ({code or 'no reason given'})"
            is_place = code in {"NoSuchBucket", "PermanentRedirect", "IllegalLocationConstraintException"}
            raise InboxUnavailableError(self.name, message, fix=_MEND_PLACE if is_place else _MEND_ACCESS) from None
        except (BotoCoreError, OSError) as error:
            message = f"the S3 server does not answer as it should ({type(error).__name__})"
            fix = _MEND_ACCESS if "Credential" in type(error).__name__ else _MEND_PLACE
            raise InboxUnavailableError(self.name, message, fix=fix) from None


def _name(key: str) -> str:
    return key.rpartition("/")[2]
