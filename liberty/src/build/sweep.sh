#!/usr/bin/env bash
# Removes the compiled classes of each module that has one without a source any more: Maven's incremental build keeps such
# classes, and the container would find and start them.
set -euo pipefail

cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../../.."
for classes in */target/classes dkron-connectors/*/target/classes; do
    [ -d "$classes" ] || continue
    module=${classes%/target/classes}
    while IFS= read -r class; do
        source=${class%.class}.java
        [ -f "$module/src/main/java/$source" ] && continue
        [ -n "$(find "$module/target/generated-sources" -path "*/$source" -print -quit 2> /dev/null)" ] && continue
        rm -rf "$classes" "$module/target/maven-status"
        break
    done < <(cd "$classes" && find . -name '*.class' ! -name '*$*' ! -name '*-info.class' -printf '%P\n')
done
