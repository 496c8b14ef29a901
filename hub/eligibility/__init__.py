"""The rule: may this buyer buy this product from this subject on this day, and why?

Pure: facts in, rulings out. Nothing here opens a file, a socket or a clock, and nothing knows a
program: what differs between programs is data in their folders.
"""
