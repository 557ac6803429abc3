"""The engine for large nodes: tantivy keeps terms, postings and columns, and finds, sorts and counts in compiled code.

Nothing here is imported before ``COMMONS_SEARCH=tantivy`` asks for it: the package is an extra.
"""
