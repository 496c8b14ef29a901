# Runs scripts in turn; what each prints goes into a file beside it.
set -eu
for script in "$@"; do bash -eu "$script" > "$script.out"; done
