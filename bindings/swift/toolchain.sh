#!/usr/bin/env bash
# Runs a command where there is a Swift toolchain: `toolchain.sh FOLDER COMMAND...`.
#
# With a `swift` on the path it runs there, in FOLDER. Without one it makes a Debian tree that has one, once, in the
# user's cache, and runs the command in it, FOLDER being /src. Variables named CASELOAD_... go along.
# Where no toolchain can be had it says why and exits with 69; everything else is the command's own exit.
set -euo pipefail
tree=${CASELOAD_SWIFT_TREE:-${XDG_CACHE_HOME:-$HOME/.cache}/caseload/swift-trixie}
unavailable=69

missing() {
    printf 'no Swift toolchain: %s\n' "$1" >&2
    exit "$unavailable"
}

# What the tree is made of: the compiler, the headers it needs, and SQLite for the example of a log.
packages=swiftlang,libc6-dev,libstdc++-14-dev,libsqlite3-dev

make_tree() {
    [ "$(uname -s)" = Linux ] && command -v apt-get >/dev/null ||
        missing 'there is no `swift` on the path; install Swift 6 from swift.org or with Xcode'
    [ "$(id -u)" -eq 0 ] || missing 'there is no `swift` on the path, and only root can make a tree that has one'
    local began=$SECONDS
    printf 'fetching a Swift toolchain into %s: about 530 MB, then 2.5 GB on disk\n' "$tree" >&2
    if ! command -v mmdebstrap >/dev/null; then
        { apt-get -qq update && apt-get -qq install -y --no-install-recommends mmdebstrap; } >&2 ||
            missing '`apt-get install mmdebstrap` failed'
    fi
    # The mirror that this machine's own packages come from, security updates aside.
    local mirror
    mirror=$(apt-get indextargets --format '$(SITE)' | awk '!/security/ && !site { site = $0 } END { print site }')
    [ -n "$mirror" ] || missing 'this machine has no source of Debian packages'
    rm -rf "$tree"
    mkdir -p "$tree"
    mmdebstrap --quiet --variant=minbase --mode=root --aptopt='APT::Install-Recommends "false"' \
        --aptopt='Acquire::Check-Valid-Until "false"' --dpkgopt='path-exclude=/usr/share/doc/*' \
        --include="$packages" trixie "$tree" "$mirror" >&2 ||
        missing 'the packages of Debian trixie cannot be fetched'
    # The mark of a tree that is whole: one that was broken off is made anew.
    touch "$tree/.ready"
    printf 'the toolchain took %s seconds to come\n' "$((SECONDS - began))" >&2
}

# Two runs at once would make the same tree.
ready_tree() {
    [ ! -e "$tree/.ready" ] || return 0
    mkdir -p "$(dirname "$tree")"
    exec 9>"$tree.lock"
    flock 9
    [ -e "$tree/.ready" ] || make_tree
    exec 9>&-
}

folder=$(cd "$1" && pwd)
shift
if command -v swift >/dev/null; then
    cd "$folder"
    exec "$@"
fi
ready_tree
unshare -m true 2>/dev/null || missing 'this process may not mount anything, which running in a tree needs'
mkdir -p "$tree/src"
variables=()
while IFS='=' read -r -d '' name value; do
    case $name in CASELOAD_*) variables+=("$name=$value") ;; esac
done < <(env -0)
# In a mount namespace of its own, so that nothing stays mounted. Swift finds its libraries through /proc.
exec unshare -m bash -c '
    tree=$1 folder=$2
    shift 2
    mount -t proc proc "$tree/proc" && mount --bind "$folder" "$tree/src" && cd / && exec chroot "$tree" "$@"
' bash "$tree" "$folder" env -i PATH=/usr/bin:/bin HOME=/root LANG=C.UTF-8 "${variables[@]}" \
    sh -c 'cd /src && exec "$@"' sh "$@"
