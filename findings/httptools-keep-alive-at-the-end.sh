#!/usr/bin/env bash
# Package:   httptools 0.9.0 (bindings of llhttp)
# Guess:     once a request has been parsed, HttpRequestParser.should_keep_alive() tells whether it wants the connection
#            kept, until the next request begins.
# Behaviour: it does so in the callbacks on_headers_complete and on_message_complete only. When feed_data() has returned,
#            the method answers as if there had been no request.
# Seen:      for a request with "Connection: close", False in both callbacks, and True after feed_data().
# Matters:   a server that asks after feeding the bytes keeps connections open that the client wants closed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install httptools==0.9.0
"$folder/venv/bin/python" - <<'PYTHON'
import sys

import httptools


class Protocol:
    def __init__(self):
        self.answers = {}
        self.parser = httptools.HttpRequestParser(self)

    def on_headers_complete(self):
        self.answers["on_headers_complete"] = self.parser.should_keep_alive()

    def on_message_complete(self):
        self.answers["on_message_complete"] = self.parser.should_keep_alive()


protocol = Protocol()
protocol.parser.feed_data(b"GET / HTTP/1.1\r\nHost: example.org\r\nConnection: close\r\n\r\n")
protocol.answers["after feed_data"] = protocol.parser.should_keep_alive()
for place, answer in protocol.answers.items():
    print(f"{place}: should_keep_alive() = {answer}")
sys.exit(protocol.answers["on_headers_complete"] is not False or protocol.answers["after feed_data"] is not True)
PYTHON
