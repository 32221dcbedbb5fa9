#!/usr/bin/env python3
"""Draw ``docs/site.png``, the picture of the site in the readme: ``python docs/update_picture.py``."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from playwright.sync_api import sync_playwright

PICTURE: Final = Path(__file__).with_name("site.png")
PAGE: Final = "doc/claim/000-037-1"


def draw(path: Path) -> None:
    """Serve the dataset, and save a picture of a claim's page.

    :param path: the file to write
    """
    command = [sys.executable, "-m", "eild", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603 - the project's command
        found = re.search(r"http://\S+/", server.stdout.readline() if server.stdout else "")
        if found is None:
            sys.exit("the server did not start")
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
                page = browser.new_page(viewport={"width": 1000, "height": 640})
                page.goto(f"{found[0]}{PAGE}")
                page.screenshot(path=path)
                browser.close()
        finally:
            server.terminate()


if __name__ == "__main__":
    draw(PICTURE)
