"""`make bench`: what an event costs, and that what comes out is right."""
