#!/usr/bin/env bash
# For developers, not part of `make test`: schemathesis asks a live server everything that server/openapi.json describes, and much
# that it does not. It fails on any 5xx, on any status, media type or body that the document does not describe.
#
#   tests/api-check.sh sqlite|postgres [SECONDS]
#
# Needs Python 3 and, for postgres, PostgreSQL's server programs. Each request is made as an administrator of everything.
set -euo pipefail
cd "$(dirname "$0")/.."
ENGINE=${1:?sqlite or postgres} SECONDS_MAX=${2:-120}
HOME_DIR=$(mktemp -d)
cleanup() {
    jobs -p | xargs --no-run-if-empty kill
    wait
    rm -rf "$HOME_DIR"
}
trap cleanup EXIT

TOOLS=target/api-check
[ -x "$TOOLS/bin/st" ] || python3 -m venv "$TOOLS"
"$TOOLS/bin/pip" install --quiet schemathesis==4.32.5
cargo build --quiet --package cairn-server
CAIRN="target/debug/cairn-server"
export CAIRN_DATA="$HOME_DIR/data" CAIRN_LOG=warn

if [ "$ENGINE" = postgres ]; then
    BIN=$(pg_config --bindir)
    AS=()
    if [ "$(id -u)" = 0 ]; then
        chown postgres "$HOME_DIR"
        AS=(runuser -u postgres --)
    fi
    "${AS[@]}" "$BIN/initdb" --pgdata "$HOME_DIR/pg" --username cairn --auth trust --encoding UTF8 --no-locale >/dev/null
    "${AS[@]}" "$BIN/postgres" -D "$HOME_DIR/pg" -k "$HOME_DIR" -c listen_addresses= >"$HOME_DIR/pg.log" 2>&1 &
    until "$BIN/pg_isready" --quiet --host "$HOME_DIR"; do sleep 0.2; done
    export CAIRN_DATABASE="postgres://cairn@localhost/postgres?host=$HOME_DIR"
fi

"$CAIRN" admin unit add changdu --kind prefecture --name 昌都市
"$CAIRN" admin unit add markam --parent changdu --kind county --name 芒康县
"$CAIRN" admin unit add markam-hospital --parent markam --kind clinic --name 芒康县人民医院
"$CAIRN" admin user add boss --name 管理员 --role administrator --unit changdu
"$CAIRN" admin user add doctor-03 --name '医生 03' --role recorder --unit markam-hospital
TOKEN=$("$CAIRN" admin token boss --role administrator --json | sed 's/.*"token":"\([^"]*\)".*/\1/')
"$CAIRN" serve --listen 127.0.0.1:0 >"$HOME_DIR/said" &
until grep --quiet '^listening on ' "$HOME_DIR/said"; do sleep 0.2; done
URL=$(sed -n 's/^listening on //p' "$HOME_DIR/said")

"$TOOLS/bin/st" run server/openapi.json --url "$URL" --header "Authorization: Bearer $TOKEN" --max-time "$SECONDS_MAX" --continue-on-failure \
    --phases examples,coverage,fuzzing --generation-deterministic \
    --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance
"$CAIRN" verify
