#!/usr/bin/env bash
# Makes sure of the servers and the browser that the tests use for real.
set -euo pipefail

needed=()
command -v chromium >/dev/null || needed+=(chromium)
ls -d /usr/share/fonts/*/inter >/dev/null 2>&1 || [ -n "$(fc-list Inter 2>/dev/null)" ] || needed+=(fonts-inter)
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || needed+=(postgresql)
[ ${#needed[@]} -eq 0 ] && exit 0

if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "The tests need these packages: ${needed[*]}" >&2
    exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${needed[@]}" >/dev/null
