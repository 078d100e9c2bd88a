"""The blueprint of the pages; every page stands in a file of its own."""

from apiflask import APIBlueprint

bp = APIBlueprint("pages", __name__, enable_openapi=False)
