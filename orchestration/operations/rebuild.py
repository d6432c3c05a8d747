"""The lake again from the landed files, and proof that it is the same lake.

The lake is a product of the landed files, so it may be deleted. What does not belong here: the run that builds it,
which a shell hands in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from orchestration.core.errors import BooksError
from orchestration.operations.build import made_relations
from orchestration.operations.contents import content_hashes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from orchestration.stores.practice import PracticeStores


class Rebuilt(NamedTuple):
    """Table → content hash of the lake made anew, and whether the one before was compared with it."""

    hashes: Mapping[str, str]
    is_compared: bool


def rebuild(stores: PracticeStores, run: Callable[[], None], *, is_checked: bool) -> Rebuilt:
    """Set the lake aside, run everything, compare every table; the lake before comes back when the run fails.

    Raises ``BooksError`` when files wait in the inbox, and when a table differs and ``is_checked``.
    """
    if stores.inbox.look().arrivals:
        message = "the inbox is not empty: a rebuild is from the landed files alone"
        raise BooksError(message, fix="medbooks run")
    before = content_hashes(stores) if is_checked and stores.lake.path.exists() else {}
    with stores.lake.lock():
        aside = stores.lake.path.with_suffix(".before-rebuild")
        if stores.lake.path.exists():
            stores.lake.path.replace(aside)
            # what a killed run left in the log belongs to the lake that goes
            stores.lake.path.with_name(stores.lake.path.name + ".wal").unlink(missing_ok=True)
        try:
            run()
        except BaseException:
            if aside.exists():
                aside.replace(stores.lake.path)
            raise
        aside.unlink(missing_ok=True)
    after = content_hashes(stores)
    # what another version made, and this one does not, has nothing to be compared with
    made = made_relations(stores)
    changed = sorted(
        table
        for table, digest in before.items()
        if after.get(table) != digest and (table in made or table.startswith("raw_"))
    )
    if changed:
        message = f"{len(changed)} tables differ after the rebuild: {', '.join(changed)}"
        raise BooksError(message, fix="medbooks rebuild --no-check   # when a seed or a model was changed on purpose")
    return Rebuilt(after, bool(before))
