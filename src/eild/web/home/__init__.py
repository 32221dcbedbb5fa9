"""Home page, contact, and what robots and programs discover a site by."""
