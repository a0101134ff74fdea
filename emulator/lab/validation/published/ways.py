"""Strategies that several figures compare."""

PAGE_BY_PAGE = "ceiling:4096"
CONCURRENT = "ceiling:33+concurrent"
