#!/bin/sh
# Puts the files of Swagger UI into bundle, as they were published, compressed.
# For another version change both lines: "npm view swagger-ui-dist@VERSION
# dist.integrity" says the second. Then look at the pages in a browser, with its
# console open: nothing may be refused by the Content-Security-Policy.
set -eu
version=5.35.0
integrity=sha512-U06rpMtW9V3XPGOBeamTUSr0Z09jMX4IJuANpE/EZbAhw0G8CgwrzU4YmXkn/h0wCDNsXdGarTNNHC3sU8yVUQ==

bundle=$(cd "$(dirname "$0")" && pwd)/bundle
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm pack --silent "swagger-ui-dist@$version"
have=sha512-$(openssl dgst -sha512 -binary "swagger-ui-dist-$version.tgz" | base64 -w0)
if [ "$have" != "$integrity" ]; then
	echo "swagger-ui-dist $version is $have, and not $integrity" >&2
	exit 1
fi
tar xzf "swagger-ui-dist-$version.tgz"
cd package
cp LICENSE NOTICE swagger-ui-bundle.js.LICENSE.txt "$bundle"
for file in swagger-ui-bundle.js swagger-ui.css; do
	gzip -9 -n -c "$file" >"$bundle/$file.gz"
done
