"""What a command line names: which connector, fed by what."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from egovhub.configured import connector_of, feeds_of
from egovhub.connector import Connector, Context, Feed, FeedSettings
from egovhub.errors import ConfigurationError
from egovhub.files import BATCH_ROWS, FilesFeed
from egovhub.folder import Folder
from egovhub.loading import changed, is_code, load_connector, mapping_file, read_settings, with_settings
from egovhub.mailbox import Mailbox
from egovhub.mapped import MappedFeed
from egovhub.mapping import Mapping as ColumnMapping
from egovhub.mapping import load_mapping
from egovhub.rest import Rest


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a command line says of the source.

    Args:
        path: folder of a connector, or a mapping.
        feed: name of the feed; "" for the one that fits.
        input: a file, or a folder of files.
        url: of the system.
        settings: file with the settings of the instance.
        sandbox: its facts count nowhere.
        batch_rows: most rows of a batch of a file.
    """

    path: Path
    feed: str = ""
    input: Path | None = None
    url: str = ""
    settings: Path | None = None
    sandbox: bool = False
    batch_rows: int = BATCH_ROWS


@dataclass(frozen=True, slots=True)
class Started:
    """A feed that is ready to be run, and what is known of it."""

    feed: Feed
    close: Callable[[], None]
    sandbox: bool
    poll_seconds: float


def find_connector(path: Path) -> Connector | ColumnMapping:
    """The connector of a path; a mapping that describes no feed is returned as it is: it reads one file.

    Raises:
        ConfigurationError: with every problem.
    """
    if is_code(path):
        return load_connector(path)
    file = mapping_file(path)
    mapping = load_mapping(file)
    feeds = feeds_of(mapping, str(file))
    return connector_of(mapping, feeds) if feeds else mapping


def start(chosen: Chosen, context: Context) -> Started:
    """Make a feed ready, and find out what can be found out before anything is read.

    Raises:
        ConfigurationError: with every problem.
    """
    found = find_connector(chosen.path)
    if isinstance(found, ColumnMapping):
        found = _of_file(found, chosen)
        if isinstance(found, ColumnMapping):
            return _start_file(found, chosen, context)
    if chosen.settings:
        found = with_settings(found, read_settings(chosen.settings), str(chosen.settings))
    settings = _with_place(_feed(found, chosen), chosen)
    feed = MappedFeed(found, settings.open(context), context.clock)
    poll_seconds = float(getattr(settings, "poll_seconds", 1.0))
    return Started(feed, feed.close, found.sandbox or chosen.sandbox, poll_seconds)


def _of_file(mapping: ColumnMapping, chosen: Chosen) -> Connector | ColumnMapping:
    """A mapping without a feed reads a file, or the CSV files of a folder."""
    if chosen.input is None:
        raise ConfigurationError(
            f"{chosen.path}: has no feed of its own; name a file or a folder with --input"
        )
    if not chosen.input.is_dir():
        return mapping
    with_folder = mapping.model_copy(update={"folder": {}})
    return connector_of(with_folder, feeds_of(with_folder, str(chosen.path)))


def _start_file(mapping: ColumnMapping, chosen: Chosen, context: Context) -> Started:
    assert chosen.input
    feed = FilesFeed(
        mapping, chosen.input, context.clock, batch_rows=chosen.batch_rows, growing=not context.once
    )
    feed.check()
    return Started(feed, lambda: None, mapping.sandbox or chosen.sandbox, 1.0)


def _feed(connector: Connector, chosen: Chosen) -> FeedSettings:
    """The feed that is named, or else the first that what is given fits to."""
    feeds: Mapping[str, FeedSettings] = connector.feeds
    if chosen.feed:
        if chosen.feed not in feeds:
            raise ConfigurationError(f"--feed: {chosen.feed!r} is no feed of it; it has {', '.join(feeds)}")
        return feeds[chosen.feed]
    wanted: tuple[type[Any], ...] = (
        (Folder,) if chosen.input else (Rest, Mailbox) if chosen.url else (object,)
    )
    fitting: list[FeedSettings] = [feed for feed in feeds.values() if isinstance(feed, wanted)]
    if not fitting:
        option = "--input needs a folder feed" if chosen.input else "--url needs a rest or mailbox feed"
        raise ConfigurationError(f"{option}; the connector has {', '.join(feeds)}")
    return fitting[0]


def _with_place(feed: FeedSettings, chosen: Chosen) -> FeedSettings:
    if isinstance(feed, Folder) and chosen.input:
        return changed(feed, {"path": chosen.input})
    if isinstance(feed, (Rest, Mailbox)) and chosen.url:
        return changed(feed, {"url": chosen.url})
    return feed
