#!/usr/bin/env bash
# Starts Gatelog as a new user would, pastes the printed line, reads the record. Uses loopback only.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
work=$(mktemp -d)
cat > "$work/gatelog.yaml" <<YAML
data: $work/data
listen: { gateway: '127.0.0.1:18484', health: '127.0.0.1:18481' }
YAML
export GATELOG_CONFIG=$work/gatelog.yaml GATELOG_KEYS=$work/keys
npm start --silent > "$work/out" 2> "$work/err" &
started=$!
trap 'kill $started 2>/dev/null || true; rm -rf "$work"' EXIT
for _ in $(seq 300); do grep -q 'curl -N' "$work/out" 2> /dev/null && break; sleep 0.2; done
line=$(grep 'curl -N' "$work/out") || { cat "$work/out" "$work/err"; exit 1; }
bash -c "$line" > "$work/reply" 2>/dev/null
grep -q '\[masked:' "$work/reply" || { echo 'no masked secret in the reply'; cat "$work/reply"; exit 1; }
grep -q '\[DONE\]' "$work/reply" || { echo 'the stream did not end'; exit 1; }
npx gatelog show last > "$work/shown"
for word in you demo 'Write a config loader' 'masked:' timings; do
  grep -q -- "$word" "$work/shown" || { echo "show last lacks: $word"; cat "$work/shown"; exit 1; }
done
npx gatelog search 'has:finding' --json > "$work/found"
grep -q exchange "$work/found"
pid=$(ss -Hltnp 'sport = :18484' 2>/dev/null | grep -o 'pid=[0-9]*' | head -1 | cut -d= -f2 || true)
kill -INT "${pid:-$started}"
wait $started || true
npx gatelog show last > /dev/null
echo 'start from nothing: ok'
