"""Backups: what the owner alone has, in one encrypted file."""

from functools import partial

from folkmoot_node.acts.changes import ring_of
from folkmoot_node.author import Author
from folkmoot_node.backup import Backup, newest_that_fit, seal_backup
from folkmoot_node.views.viewpoint import Viewpoint


async def back_up(author: Author, view: Viewpoint, passphrase: str) -> bytes:
    """Return the owner's keys, operations and words, encrypted.

    Raises:
        RefusedError: The keys are not at hand here.
        StoreError: The store cannot be read.
    """
    ring = ring_of(author)
    spoken = await author.store.spoken(author.identity)
    newest = sorted(spoken, key=lambda item: (item.record.rev, item.record.id), reverse=True)
    records = newest_that_fit([item.record.wire for item in newest])
    backup = Backup(ring.keys, records, author.clock.now_ms(), author.unopened.dump())
    return await view.work(partial(seal_backup, backup, passphrase, author.entropy))
