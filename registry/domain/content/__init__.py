"""What people wrote: frozen, validated content of each kind, in a public and a restricted part.

A new field is written once, here, with its description. The GraphQL types and inputs, the file format and the
documentation are made from these classes.
"""
