"""What nodes hand to each other and how it is judged: headers, envelopes, discovery, peers. Pure rules."""
