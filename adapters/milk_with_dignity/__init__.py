"""Milk with Dignity: dairy farms of the Northeast, judged by counted volume.

It publishes totals alone and names no farm (facts fm120), so it has no document of its own to read:
farms, their standings and the volumes of the balance come by the operator's template, and its
standings are not public unless they say so.
"""
