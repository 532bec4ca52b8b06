#!/usr/bin/env bash
# Installs the C libraries that Hydra links, where they are missing, and with the argument `test` what the notebooks'
# Python environment needs. Needs apt and root (or sudo without a password); otherwise it says what to do by hand.
set -euo pipefail

command -v swift > /dev/null || {
  echo "setup: no Swift toolchain found; install Swift 6.1 or later from swift.org and put it on PATH" >&2
  exit 69
}
[ "$(uname -s)" = Linux ] || exit 0

missing=()
need() { pkg-config --exists "$1" 2> /dev/null || missing+=("$2"); }
command -v pkg-config > /dev/null || missing+=(pkg-config)
need openblas libopenblas-dev
need lapacke liblapacke-dev
need sqlite3 libsqlite3-dev
need libcurl libcurl4-openssl-dev
need zlib zlib1g-dev
need libzstd libzstd-dev
if [ "${1:-}" = test ]; then
  python3 -c 'import ensurepip, venv' 2> /dev/null || missing+=(python3-venv)
fi
[ ${#missing[@]} -eq 0 ] && exit 0

echo "setup: missing system packages: ${missing[*]}" >&2
by_hand() {
  cat >&2 << HELP
setup: cannot install them here. As root:
  apt-get update && apt-get install -y ${missing[*]}
Without root: unpack them under a folder of yours and point the tools at it:
  mkdir -p ~/hydra-libs/debs && (cd ~/hydra-libs/debs && apt-get download ${missing[*]} && for f in *.deb; do dpkg -x "\$f" ..; done)
  export PKG_CONFIG_SYSROOT_DIR=~/hydra-libs PKG_CONFIG_PATH=\$(find ~/hydra-libs -name pkgconfig -type d | paste -sd:)
  export LIBRARY_PATH=\$(find ~/hydra-libs -name '*.so' -printf '%h\n' | sort -u | paste -sd:) LD_LIBRARY_PATH=\$LIBRARY_PATH
HELP
  exit 69
}
command -v apt-get > /dev/null || by_hand
if [ "$(id -u)" -eq 0 ]; then
  run=()
elif command -v sudo > /dev/null && sudo -n true 2> /dev/null; then
  run=(sudo -n)
else
  by_hand
fi
echo "setup: installing with apt-get" >&2
"${run[@]}" apt-get update -qq >&2 || by_hand
DEBIAN_FRONTEND=noninteractive "${run[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2 || by_hand
