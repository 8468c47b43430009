"""SDK of the integration hub: build case facts, encode them, publish them, run connectors."""
