"""The demo: sample records about publicly known events, in our own words, on a node of their own."""
