#!/usr/bin/env bash
# How large the stripped library is, and how long a program takes from its first line to its first answer.
# After `test.sh`, which builds what is measured.
set -euo pipefail
cd "$(dirname "$0")"

printf '\n=== size and cold start\n'
find target/generated/native -type f -exec wc -c {} + | awk '$2 != "total" { printf "%s: %.2f MB\n", $2, $1 / 1e6 }'
mvn -q -ntp -B dependency:build-classpath -Dmdep.outputFile=target/classpath -Dmdep.includeScope=test
classpath=target/classes:target/test-classes:$(cat target/classpath)
for run in 1 2 3 4 5; do
    java -Xshare:auto -cp "$classpath" io.github.caseload.ColdStartKt "$run"
done
