"""The web: thin Flask views over pure functions, a folder for each kind of page.

``frame`` holds what every page needs, among it the site and the declarations of routes; the other folders hold views
by what they show. :mod:`eild.web.app` makes the application, and :mod:`eild.server.run` runs it.
"""
