"""A simulation of many nodes that sync: real stores, signatures and applications; the wire, the clocks and the crashes
are drawn from a seed, so that every run can be repeated."""
