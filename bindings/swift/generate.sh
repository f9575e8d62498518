#!/usr/bin/env bash
# Writes what is generated into the package: `generate.sh LIBRARY GENERATOR`, a native library that is not stripped
# and `uniffi-bindgen-swift`. Run it within the workspace.
set -euo pipefail
library=$1 generator=$2
package=$(cd "$(dirname "$0")" && pwd)
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT

"$generator" --swift-sources "$library" "$fresh"
"$generator" --headers "$library" "$fresh"

# A file that did not change keeps its time, and is not compiled again.
for name in Caseload/Caseload.swift CaseloadFFI/CaseloadFFI.h; do
    new=$fresh/${name#*/}
    cmp -s "$new" "$package/Sources/$name" || cp "$new" "$package/Sources/$name"
done
