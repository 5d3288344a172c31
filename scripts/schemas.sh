#!/bin/sh
# Holds the files for Kubernetes and compose in deploy/ against the schemas of both. The tools that bring
# the schemas come from Python's package index, into bin/schemas. Without Python this says so and is no
# failure, but for CI=true.
set -eu
cd "$(dirname "$0")/.."
tools=bin/schemas
packages="kubernetes-validate==1.37.0 check-jsonschema==0.39.0"

if [ "$(cat $tools/installed 2>/dev/null)" != "$packages" ]; then
	rm -rf $tools
	# shellcheck disable=SC2086 # one word for each package
	if ! { python3 -m venv $tools && $tools/bin/pip install --quiet --disable-pip-version-check $packages; }; then
		echo "==> NOT CHECKED against their schemas: the files in deploy/. It takes Python 3.9 with venv and pip, and its package index."
		[ "${CI:-}" != true ]
		exit
	fi
	echo "$packages" >$tools/installed
fi

for manifests in deploy/kubernetes*.yaml deploy/ingress-*.yaml; do
	# The manifests are for 1.30 and newer: the first of those must know every field.
	$tools/bin/kubernetes-validate --strict --quiet -k 1.30 "$manifests"
	$tools/bin/kubernetes-validate --strict --quiet "$manifests"
done
$tools/bin/check-jsonschema --builtin-schema vendor.compose-spec deploy/compose*.yaml
echo "The files in deploy/ for Kubernetes and compose fit their schemas."
