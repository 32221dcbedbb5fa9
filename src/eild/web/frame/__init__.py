"""What all pages share: the site, templates, responses, navigation, signposting, assets."""
