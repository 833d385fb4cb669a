#!/bin/sh
# A post-renderer: sends the manifests through the kustomize overlay beside this file.
set -e
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$(dirname "$0")"/*.yaml "$work"
cat >"$work/all.yaml"
if command -v kustomize >/dev/null; then kustomize build "$work"; else kubectl kustomize "$work"; fi
