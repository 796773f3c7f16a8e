#!/usr/bin/env bash
# Installs Keycloak for the end-to-end tests, below dist, from Maven Central:
# 147 MB, once. It is the one provider that needs java and mvn; without them, or
# without Maven Central, it is left out, which the log says and which is no fault.
set -euo pipefail
cd "$(dirname "$0")"

version=26.0.7
sum=25353b74613bcf72db67f8addbd88d832c705a69333091a16573d249d665fe21

if [ -e "dist/$version.installed" ]; then
	exit 0
fi
for tool in java mvn; do
	if ! command -v "$tool" >/dev/null; then
		echo "Keycloak is left out: there is no $tool here"
		exit 0
	fi
done

# Maven leaves files where it is called, and a half-made copy must not be found.
new=$(mktemp -d ./new.XXXXXX)
trap 'rm -rf "$new"' EXIT
from() {
	(cd "$new" && timeout 300 mvn -q -B "$@" -Dartifact="org.keycloak:keycloak-quarkus-dist:$version:zip" -DoutputDirectory="$PWD/out" </dev/null)
}
plugin=org.apache.maven.plugins:maven-dependency-plugin:3.8.1
if ! from "$plugin:copy"; then
	echo "Keycloak is left out: Maven does not get it"
	exit 0
fi
echo "$sum  $new/out/keycloak-quarkus-dist-$version.zip" | sha256sum --check --quiet
from -o "$plugin:unpack"
# What it would otherwise make at each start: the database in memory, no second port.
if ! sh "$new/out/keycloak-$version/bin/kc.sh" build --db=dev-mem --health-enabled=false --metrics-enabled=false; then
	echo "Keycloak is left out: it does not run with this java"
	exit 0
fi
rm -rf dist
mkdir dist
mv "$new/out/keycloak-$version" dist/keycloak
touch "dist/$version.installed"
