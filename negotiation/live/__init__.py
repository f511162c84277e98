"""Live delivery: one hub per server process reads and renders once, viewers follow with cursors.

doorbells (Redis) ──▶ hub ──▶ feed of one negotiation (ring of rendered messages) ──▶ its viewers

A doorbell only says that there is something to read. Messages are numbered without gaps, and a
viewer is sent what lies above the number it has, so a lost doorbell costs time and no message.

`desks` are threads with a database connection each, `access` says who may watch, `pages` reads and
renders, `feeds` keeps and sends, `crowds` knows who else watches, `hubs` runs it all.
"""
