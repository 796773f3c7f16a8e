#!/usr/bin/env bash
# Installs the providers of the end-to-end tests that are Debian packages:
# Glewlwyd and LemonLDAP::NG. On Debian, as root.
set -euo pipefail

# dbconfig-sqlite3 keeps Glewlwyd from wanting a database server; the two Perl
# modules are what LemonLDAP::NG only recommends and cannot do without.
packages=(glewlwyd dbconfig-sqlite3 sqlite3 liblemonldap-ng-portal-perl libio-string-perl libstring-random-perl starman)

if dpkg-query -W -f '${db:Status-Abbrev}\n' "${packages[@]}" 2>/dev/null | grep -c '^ii' | grep -qx "${#packages[@]}"; then
	exit 0
fi
# The tests start what they need themselves: no service is to be started here.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
	printf '#!/bin/sh\nexit 101\n' >"$policy"
	chmod 755 "$policy"
	trap 'rm -f "$policy"' EXIT
fi
apt-get -q update
DEBIAN_FRONTEND=noninteractive apt-get -qy install --no-install-recommends "${packages[@]}"
