#!/usr/bin/env bash
# For developers, not part of `make test`: schemathesis asks a live server everything that server/openapi.json describes, and much
# that it does not. It fails on any 5xx, on any status, media type or body that the document does not describe.
#
#   tests/api-check.sh sqlite|postgres [SECONDS]
#
# Needs Python 3 and, for postgres, PostgreSQL's server programs. The store holds some of everything: records with conflicts, comments
# and duplicates, held changes, devices, tokens; schemathesis is told their names and uses them often. It goes over the API twice, for
# two thirds of the time as a program with a token and then as somebody in a session; both administer everything.
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

TARGET=$(realpath "${CARGO_TARGET_DIR:-target}")
DOCUMENT=$PWD/server/openapi.json
TOOLS=$TARGET/api-check
[ -x "$TOOLS/bin/st" ] || python3 -m venv "$TOOLS"
"$TOOLS/bin/pip" install --quiet schemathesis==4.32.5
cargo build --quiet --package cairn-server --package cairn-cli
CAIRN="$TARGET/debug/cairn-server"
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

# --- some of everything
admin() { "$CAIRN" admin "$@" >/dev/null; }
value() { sed 's/.*"'"$1"'":"\([^"]*\)".*/\1/'; }
admin unit add changdu --kind prefecture --name 昌都市
admin unit add markam --parent changdu --kind county --name 芒康县
admin unit add markam-hospital --parent markam --kind clinic --name 芒康县人民医院
admin user add boss --name 管理员 --role administrator --unit changdu
admin user add clerk --name 书记 --role administrator --unit changdu
for name in doctor-03 doctor-04 doctor-05; do
    admin user add $name --name "医生 $name" --role recorder --unit markam-hospital
done
admin token doctor-03 --role observer
TOKEN=$("$CAIRN" admin token boss --role administrator --json | value token)
"$CAIRN" serve --listen 127.0.0.1:0 >"$HOME_DIR/said" &
until grep --quiet '^listening on ' "$HOME_DIR/said"; do sleep 0.2; done
URL=$(sed -n 's/^listening on //p' "$HOME_DIR/said")

phone() { "$TARGET/debug/cairn" --store "$HOME_DIR/$1" --json "${@:2}"; }
event() { phone "$1" record add clinic.outreach --unit markam-hospital --on "$2" "place=$3" "patients_seen=$4" "${@:5}"; }
for name in one:doctor-03 two:doctor-03 three:doctor-04 four:doctor-05; do
    phone "${name%%:*}" enrol "$URL" "$("$CAIRN" admin enrol "${name##*:}" --json | value code)" >/dev/null
done
for day in 1 2 3 4 5 6 7 8 9; do
    event one "2021-05-0$day" 嘎托镇 $((10 * day)) >/dev/null
    # One of each pair is a possible duplicate.
    event three "2021-05-0$day" 嘎托镇 $((10 * day)) notes==1+1 >/dev/null
done
CONFLICT=$(event one 2021-05-10 如美镇 7 | value id)
phone one sync >/dev/null
phone three sync >/dev/null
phone two sync >/dev/null
phone one record edit "$CONFLICT" patients_seen=8 >/dev/null
phone two record edit "$CONFLICT" patients_seen=9 >/dev/null
phone two record comment "$CONFLICT" 好 >/dev/null
phone one sync >/dev/null
phone two sync >/dev/null
# What comes of those who have lost the role is held.
admin grant remove doctor-05 --role recorder --unit markam-hospital
for day in 1 2 3 4 5 6; do event four "2021-06-0$day" 曲孜卡 $day >/dev/null; done
phone four sync >/dev/null || true

# --- what schemathesis is told of it
ask() { curl --silent --show-error --fail --header "Authorization: Bearer $TOKEN" "$URL/api/v1/$1"; }
names() { ask "$1" | "$TOOLS/bin/python" -c "import json,sys; print(json.dumps([i['$2'] for i in json.load(sys.stdin)['items']]))"; }
cat >"$HOME_DIR/schemathesis.toml" <<TOML
[dictionaries]
records = { values = $(names 'records?limit=200' id) }
held = { values = $(names held change) }
devices = { values = $(names devices id) }
tokens = { values = $(names users/doctor-03/tokens id) }
users = { values = ["doctor-03", "doctor-04", "doctor-05"] }
units = { values = ["changdu", "markam", "markam-hospital"] }
forms = { values = ["clinic.outreach", "school.lecture"] }
begins = { values = ["2021-01-01", "2021-05-01"] }
ends = { values = ["2021-05-31", "2021-12-31"] }

[parameters]
"path.username" = { dictionary = "users", probability = 0.7 }
"path.change" = { dictionary = "held", probability = 0.7 }
"path.code" = { dictionary = "units", probability = 0.5 }
"query.user" = { dictionary = "users", probability = 0.5 }
"query.worker" = { dictionary = "users", probability = 0.5 }
"query.unit" = { dictionary = "units", probability = 0.8 }
"query.form" = { dictionary = "forms", probability = 0.5 }
"query.from" = { dictionary = "begins", probability = 0.8 }
"query.to" = { dictionary = "ends", probability = 0.8 }
"query.one" = { dictionary = "records", probability = 0.8 }
"query.other" = { dictionary = "records", probability = 0.8 }

[[operations]]
include-path-regex = "^/api/v1/records/"
parameters = { "path.id" = { dictionary = "records", probability = 0.8 } }

[[operations]]
include-path-regex = "^/api/v1/devices/"
parameters = { "path.id" = { dictionary = "devices", probability = 0.5 } }

[[operations]]
include-path-regex = "^/api/v1/forms/"
parameters = { "path.id" = { dictionary = "forms", probability = 0.5 } }

[[operations]]
include-path-regex = "/tokens/"
parameters = { "path.id" = { dictionary = "tokens", probability = 0.5 } }
TOML

# Arguments: how long, and what else.
check() {
    # What it keeps of a run stays out of the repository. `listen` is a stream of events without end.
    cd "$HOME_DIR"
    "$TOOLS/bin/st" --config-file "$HOME_DIR/schemathesis.toml" run "$DOCUMENT" --url "$URL" --max-time "$1" \
        --exclude-operation-id listen --continue-on-failure --generation-deterministic \
        --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance "${@:2}"
}
# --- somebody logs in, while nobody has guessed yet
# In no sample of the document: else a request changes it, and the session ends.
PASSWORD='seven grey yaks, no fence'
send() { curl --silent --show-error --fail --header 'Content-Type: application/json' --data "$2" --dump-header - "$URL/api/v1/$1"; }
CODE=$("$CAIRN" admin password clerk --json | value code)
send password "{\"code\": \"$CODE\", \"password\": \"$PASSWORD\"}" >/dev/null
COOKIE=$(send session "{\"username\": \"clerk\", \"password\": \"$PASSWORD\"}" | sed -n 's/^set-cookie: \([^;]*\).*/\1/ip')

# --- as a program
FAILED=0
check $((SECONDS_MAX * 2 / 3)) --phases examples,coverage,fuzzing,stateful --header "Authorization: Bearer $TOKEN" || FAILED=1

# --- as somebody in a session, who logs out in the end
# It would send tokens of its own invention besides the cookie.
SESSION=(--header "Cookie: $COOKIE" --header "Sec-Fetch-Site: same-origin" --generation-with-security-parameters false)
check $((SECONDS_MAX / 3)) --phases examples,coverage,fuzzing --exclude-operation-id log_out "${SESSION[@]}" || FAILED=1
check 10 --phases examples,coverage --include-operation-id log_out "${SESSION[@]}" || FAILED=1
"$CAIRN" verify
exit "$FAILED"
