"""A dataset for assistants: tools and resources of the Model Context Protocol, over standard input or HTTP."""
