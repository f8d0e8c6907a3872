#!/usr/bin/env bash
# Cuts the Liberty runtime to the features that server.xml names.
#
#   runtime.sh RUNTIME_ZIP SERVER_XML TARGET
#
# Leaves it in TARGET/wlp-KEY, KEY from the zip's name and the features, and the link TARGET/wlp to it. Does nothing when
# that is there already: a change of Java code never comes here.
set -euo pipefail

zip=$1 server=$2 target=$3
features=$(grep -o '<feature>[^<]*</feature>' "$server" | sort -u)
key=$(printf '%s\n%s\n' "$(basename "$zip")" "$features" | sha256sum | cut -c1-12)
mkdir -p "$target"
target=$(cd "$target" && pwd)
cut=$target/wlp-$key

if [ ! -d "$cut" ]; then
    echo "dkron: cutting the Liberty runtime to our features (once, half a minute)" >&2
    work=$(mktemp -d "$target/cut.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    unzip -q "$zip" -d "$work/whole"
    mkdir -p "$work/usr/servers/dkron"
    printf '<server><featureManager>%s</featureManager><httpEndpoint id="defaultHttpEndpoint" httpPort="-1" httpsPort="-1"/></server>\n' \
        "$features" > "$work/usr/servers/dkron/server.xml"
    WLP_USER_DIR=$work/usr "$work/whole/wlp/bin/server" package dkron --include=minify --archive="$work/cut.zip" > "$work/log" 2>&1 ||
        { cat "$work/log" >&2; exit 1; }
    unzip -q "$work/cut.zip" -d "$work/cut"
    rm -rf "$work/cut/wlp/usr"
    mv "$work/cut/wlp" "$cut"
fi
ln -sfn "$(basename "$cut")" "$target/wlp"
