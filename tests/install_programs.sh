#!/usr/bin/env bash
# Installs missing programs that the tests need in addition to Python: clients and servers that EILD is tested with.
# On Debian, as root, it installs them. Otherwise, it lists the packages to install. `make test` runs it.
set -euo pipefail
PATH=$PATH:/usr/sbin # Debian installs nginx and logrotate there

missing=()
for pair in curl:curl node:nodejs npm:npm nginx:nginx caddy:caddy promtool:prometheus logrotate:logrotate systemd-analyze:systemd apache2:apache2-bin chromium:chromium rapper:raptor2-utils serdi:serdi virtuoso-t:virtuoso-opensource-7-bin isql-vt:virtuoso-opensource-7-bin; do
    command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
done
[ ${#missing[@]} -eq 0 ] && exit 0
if command -v apt-get >/dev/null && [ "$(id -u)" -eq 0 ]; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update --quiet
    apt-get install --yes --no-install-recommends "${missing[@]}"
else
    echo "the tests also need these packages (names as in Debian): $(printf '%s\n' "${missing[@]}" | sort -u | xargs)" >&2
    echo "install them and run make test again" >&2
    exit 1
fi
