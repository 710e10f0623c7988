#!/usr/bin/env bash
# A real S3 server on this machine, for tests: one Ceph monitor, one object store in memory, one RADOS Gateway.
#
#   .ci/ceph-rgw.sh DIR PORT     starts it (ports PORT and PORT+1, loopback only), prints the variables that tests read
#   .ci/ceph-rgw.sh stop DIR     stops it and removes DIR
#
# Needs root, on Debian or Ubuntu; installs the packages where they are missing.
set -Eeuo pipefail

readonly packages=(radosgw ceph-mon ceph-osd)
readonly access_key=earshot-test secret_key=earshot-test-secret

fail() {
  echo "$0: $*" >&2
  exit 1
}

listens() {
  (exec 4<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

install_ceph() {
  command -v radosgw ceph-mon ceph-osd >/dev/null && return
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq >&2
  apt-get install -y -qq --no-install-recommends "${packages[@]}" >&2
}

write_config() {
  cat >"$dir/ceph.conf" <<CONF
[global]
fsid = $fsid
mon initial members = a
mon host = [v1:127.0.0.1:$mon_port]
public network = 127.0.0.0/8
ms bind msgr2 = false
auth cluster required = none
auth service required = none
auth client required = none
mon data = $dir/mon
osd data = $dir/osd
mon data avail crit = 1
mon allow pool size one = true
osd objectstore = memstore
memstore device bytes = 8589934592
osd crush chooseleaf type = 0
# The store would tell the monitor its place by itself, and Ceph 16 races with itself there: a map of the monitors that
# comes in meanwhile leaves the command without the cluster's id ("wrong fsid"), and the store gives up, one start in ten.
osd crush update on start = false
osd class update on start = false
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 8
run dir = $dir/run
admin socket = $dir/run/\$name.asok
pid file = $dir/run/\$name.pid
log file = $dir/log/\$name.log
[client.rgw]
rgw frontends = beast endpoint=127.0.0.1:$port
rgw dns name = localhost
CONF
}

start_monitor() {
  monmaptool --create --clobber --addv a "[v1:127.0.0.1:$mon_port]" --fsid "$fsid" "$dir/monmap"
  ceph-mon -i a --mkfs --monmap "$dir/monmap"
  ceph-mon -i a
}

start_object_store() {
  local uuid
  uuid=$(</proc/sys/kernel/random/uuid)
  ceph osd new "$uuid" 0
  ceph osd crush add osd.0 1 root=default
  ceph-osd -i 0 --mkfs --osd-uuid "$uuid"
  ceph-osd -i 0
}

start_gateway() {
  radosgw -n client.rgw
  for _ in $(seq 120); do
    listens "$port" && return
    sleep 0.5
  done
  fail "the gateway does not answer on port $port; see $dir/log"
}

start() {
  [[ $port =~ ^[0-9]+$ ]] || fail "PORT must be a number"
  [[ $EUID -eq 0 ]] || fail "must run as root"
  [[ ! -e $dir/ceph.conf ]] || fail "$dir is in use; stop it first"
  mon_port=$((port + 1))
  ! listens "$port" && ! listens "$mon_port" || fail "port $port or $mon_port is taken"
  install_ceph
  mkdir -p "$dir"/{mon,osd,log,run}
  dir=$(cd "$dir" && pwd)
  fsid=$(</proc/sys/kernel/random/uuid)
  export CEPH_CONF=$dir/ceph.conf
  write_config
  exec 3>&2
  trap 'tail -n 20 "$dir/log/start.log" >&3; stop_processes' ERR
  {
    start_monitor
    start_object_store
    start_gateway
    radosgw-admin user create --uid=earshot --display-name=earshot --access-key="$access_key" --secret="$secret_key"
  } >"$dir/log/start.log" 2>&1
  trap - ERR
  echo "S3_TEST_ENDPOINT=http://127.0.0.1:$port"
  echo "S3_TEST_ACCESS_KEY=$access_key"
  echo "S3_TEST_SECRET_KEY=$secret_key"
}

stop() {
  [[ -e $dir/ceph.conf ]] || fail "$dir holds no server"
  stop_processes
  rm -rf "$dir"
}

# The gateway first: the others are its store.
stop_processes() {
  stop_process client.rgw radosgw
  stop_process osd.0 ceph-osd
  stop_process mon.a ceph-mon
}

stop_process() {
  local pid
  [[ -s $dir/run/$1.pid ]] || return 0
  pid=$(<"$dir/run/$1.pid")
  is_running "$pid" "$2" || return 0
  kill "$pid"
  for _ in $(seq 40); do
    is_running "$pid" "$2" || return 0
    sleep 0.25
  done
  kill -9 "$pid"
}

# A process id may have become another program's meanwhile.
is_running() {
  [[ -r /proc/$1/comm && $(<"/proc/$1/comm") == "$2" ]]
}

case ${1:-} in
  '' | -h | --help) sed -n '2,7s/^# \{0,1\}//p' "$0" ;;
  stop)
    dir=${2:?"the directory that it was started with"}
    stop
    ;;
  *)
    dir=$1 port=${2:?"a port"}
    start
    ;;
esac
