"""What can go wrong when a feed is fetched, one fault at a time, and what a build must do then.

A `Fault` says how it is caused and what the result must be; `cases` builds a site with it, and the
other modules list them, each of one kind. `test_faults` checks the results.
"""

from .accounts import ACCOUNTS
from .cases import Case, Cases, Outcome
from .fault import Fault, Shows
from .folder import FOLDER
from .listing import ANSWERS, CODES, LISTINGS
from .pictures import PICTURES, SLOW_PICTURES
from .settings import SETTINGS
from .snapshot import SNAPSHOTS
from .transport import SLOW_TRANSPORT, TRANSPORT

GROUPS: dict[str, list[Fault]] = {
    "Connections": TRANSPORT,
    "Settings of the network": [setting.as_fault() for setting in SETTINGS],
    "Connections that hang": SLOW_TRANSPORT + SLOW_PICTURES,
    "Error codes and throttling": CODES,
    "Answers of a wrong shape": ANSWERS,
    "Listings": LISTINGS,
    "Pictures": PICTURES,
    "Snapshots": SNAPSHOTS,
    "Several accounts": ACCOUNTS,
    "Cache and clock": FOLDER,
}

__all__ = ["GROUPS", "Case", "Cases", "Fault", "Outcome", "Shows"]
