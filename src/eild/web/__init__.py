"""The web: thin Flask blueprints over pure functions.

``urls``, ``protocol``, ``problems``, ``ranges``, ``descriptions`` and ``service`` know no Flask; ``site`` holds one
version of a dataset with what answers questions about it; ``app`` makes the application, ``server`` runs it.
"""
