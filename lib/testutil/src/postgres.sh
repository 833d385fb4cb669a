# Makes certificates and a database cluster in the folder $1, starts a server on port $2, says `ready`, and stops when
# standard input ends.
set -e
cd "$1"
{
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout ca.key -out ca.crt -subj /CN=authority
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout server.key -out server.csr -subj /CN=localhost
  echo subjectAltName=DNS:localhost > server.ext
  openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -extfile server.ext -out server.crt
  initdb -D data -A trust -U postgres --no-sync -E UTF8 --locale=C
  cat > data/pg_hba.conf <<'EOF'
local     all all                      trust
hostnossl all encrypted 127.0.0.1/32   reject
host      all secret    127.0.0.1/32   scram-sha-256
host      all all       127.0.0.1/32   trust
EOF
  pg_ctl -w -D data -l log -o "-k '$1' -p $2 -c listen_addresses=127.0.0.1 -c fsync=off -c ssl=on \
    -c ssl_cert_file='$1/server.crt' -c ssl_key_file='$1/server.key' -c max_connections=50" start
} > start.log 2>&1 < /dev/null
echo ready
cat > /dev/null
pg_ctl -m immediate -D data stop > /dev/null 2>&1
cd /
rm -rf "$1"
