"""What the plugin costs, and what others cost for the same work: `make bench`.

Nothing is asserted: machines are noisy. `world` is the account that is fetched, `builds` measures
builds of sites, `rivals` other programs and the limits of the machine, `events` pages without a
tag, and `report` writes what `example-site/` shows.
"""
