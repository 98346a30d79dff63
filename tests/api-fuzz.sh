#!/usr/bin/env bash
# Has schemathesis call every operation of server/openapi.json on a live server, with requests made from the document: no 5xx,
# and no status, media type or shape that is not described. Needs `schemathesis` on the PATH (pip install schemathesis).
set -euo pipefail
cd "$(dirname "$0")/.."
command -v schemathesis >/dev/null || { echo "schemathesis is not installed: pip install schemathesis" >&2; exit 1; }
cargo build --quiet --package cairn-server
server=target/debug/cairn-server
data=$(mktemp -d)
trap 'kill "${pid:-}" 2>/dev/null || true; rm -rf "$data"' EXIT
admin() { "$server" admin "$@" --data "$data" --json; }
field() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; }
admin unit add changdu --kind prefecture --name 昌都市 >/dev/null
admin unit add markam --parent changdu --kind county --name 芒康县 >/dev/null
admin user add admin-01 --name 扎西 --role administrator --unit changdu >/dev/null
admin user add doctor-03 --name 医生 --role recorder --unit markam >/dev/null
token=$(admin token admin-01 --role administrator | field token)
mkfifo "$data/said"
"$server" serve --listen 127.0.0.1:0 --data "$data" --json >"$data/said" 2>"$data/log" &
pid=$!
read -r line <"$data/said"
url=$(echo "$line" | field listening)
checks=not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance
schemathesis run server/openapi.json --url "$url" --header "Authorization: Bearer $token" --checks "$checks" \
    --continue-on-failure --max-examples "${1:-50}"
