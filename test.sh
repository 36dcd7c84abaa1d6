#!/usr/bin/env bash
# Runs all tests, and installs what they need where it can.
#   ./test.sh                 everything but the campaigns
#   ./test.sh campaign        the long fault campaigns (two hundred kills, …)
#   ./test.sh --filter NAME   any arguments of "dotnet test"
# A program that is missing skips its tests with the reason; with CI=true that is a failure.
set -euo pipefail
cd "$(dirname "$0")"

need() { # program or path, Debian package
  if ! command -v "$1" >/dev/null 2>&1 && ! compgen -G "$1" >/dev/null; then missing+=("$2"); fi
}
missing=()
need chromium chromium
need "/usr/lib/postgresql/*/bin/initdb" postgresql
need /usr/sbin/mosquitto mosquitto
need mosquitto_sub mosquitto-clients
need "/usr/lib/rabbitmq/lib/*/sbin/rabbitmq-server" rabbitmq-server
need node nodejs
need npm npm
need curl curl
need jq jq
if [ ${#missing[@]} -gt 0 ]; then
  if command -v apt-get >/dev/null 2>&1 && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }; then
    echo "Installing ${missing[*]} …"
    as_root=$([ "$(id -u)" = 0 ] && echo env || echo "sudo env")
    $as_root apt-get update -qq
    $as_root DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  else
    echo "Not installed: ${missing[*]}. Their tests are skipped."
  fi
fi

# The hub's example and the accessibility checks use packages of the npm registry
if command -v npm >/dev/null 2>&1; then
  for folder in docs/examples/live TriggerConsole.Tests/Browser; do
    [ -d "$folder/node_modules" ] || npm install --prefix "$folder" --no-audit --no-fund --no-package-lock --silent
  done
fi

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
dotnet build TriggerConsole.sln --nologo -v quiet

arguments=("$@")
if [ "${1:-}" = campaign ]; then
  export TC_CAMPAIGN=1
  arguments=(--filter "FullyQualifiedName~Faults|FullyQualifiedName~Mqtt.Statements" --logger "console;verbosity=normal" "${@:2}")
fi
dotnet test TriggerConsole.Tests --no-build --nologo "${arguments[@]}"
