"""Reclaim: pages are taken away when no frame is free, or when a program asks for that, and come back by a fault.

reverse     who maps what frame
clock       which pages have been used since CLOCK's hand came by last, and which go
taking      pages are unmapped everywhere, flushed, written, their frames given back
swapping    a fault brings one back
want        what happens where no frame is free
"""
