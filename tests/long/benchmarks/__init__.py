"""The speed of the plugin and of other programs: `make bench`.

Nothing is asserted: times vary. `world` has the account, `builds` measures builds of sites,
`rivals` other programs and the limits of the machine, `events` pages without a tag. `report` writes
the page in `example-site/`.
"""
