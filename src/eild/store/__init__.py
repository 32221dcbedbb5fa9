"""The published dataset as the server sees it: its files, its documents and the engines that answer queries.

``publication`` reads what a build wrote, ``foreign`` makes the same of any RDF files, ``documents`` finds triples
by subject and object, ``embedded`` evaluates queries in this process, ``pool`` in processes of their own, ``inside``
those that ``cheap`` judges to need none.
"""
