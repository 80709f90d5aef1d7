"""What can go wrong on the way to a feed, one by one, and what a build makes of it.

A `Fault` says how it is planted and what must come of it; `cases` builds a site with it, and
`listing`, `pictures`, `transport` and `folder` list them. `test_faults` holds them to it.
"""

from .cases import Case, Cases, Outcome
from .fault import Fault, Shows
from .folder import FOLDER
from .listing import ANSWERS, CODES, LISTINGS
from .pictures import PICTURES, SLOW_PICTURES
from .transport import SLOW_TRANSPORT, TRANSPORT

GROUPS: dict[str, list[Fault]] = {
    "Connections": TRANSPORT,
    "Connections that hang": SLOW_TRANSPORT + SLOW_PICTURES,
    "Error codes and throttling": CODES,
    "Answers of a wrong shape": ANSWERS,
    "Listings": LISTINGS,
    "Pictures": PICTURES,
    "Cache and clock": FOLDER,
}

__all__ = ["GROUPS", "Case", "Cases", "Fault", "Outcome", "Shows"]
