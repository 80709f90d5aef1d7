"""The speed of the plugin and of other programs: `make bench`.

Nothing is asserted: times vary. `world` has the account, `builds` measures builds of sites,
`rivals` other programs and the limits of the machine, `visits` pages in Chromium, `events` pages
without a tag. `goals` compares the results with what was aimed at, and `report` writes the page in
`example-site/`.
"""
