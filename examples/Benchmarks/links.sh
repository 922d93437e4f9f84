#!/usr/bin/env bash
# Measures training in two processes on two hosts joined by a slow link: two network namespaces of this machine, with a shaped link between them.
# Needs root, iproute2 (ip, tc) and Open MPI. Usage: links.sh [rate, such as 1gbit] [more arguments of the benchmark program]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
rate=${1:-1gbit}
shift || true

work=$(mktemp -d)
clean() {
    ip netns del fuse-a 2>/dev/null || true
    ip netns del fuse-b 2>/dev/null || true
    rm -rf "$work"
}
trap clean EXIT

ip netns add fuse-a
ip netns add fuse-b
ip link add fuse-a netns fuse-a type veth peer name fuse-b netns fuse-b
for host in a b; do
    number=$([ "$host" = a ] && echo 1 || echo 2)
    ip -n "fuse-$host" link set lo up
    ip -n "fuse-$host" address add "10.77.0.$number/24" dev "fuse-$host"
    ip -n "fuse-$host" link set "fuse-$host" up
    tc -n "fuse-$host" qdisc add dev "fuse-$host" root tbf rate "$rate" burst 256kb latency 100ms
done

# Starts what mpirun would start by ssh, under a host name of its own.
cat >"$work/agent" <<'AGENT'
#!/bin/sh
shift
exec ip netns exec fuse-b unshare --uts sh -c "hostname fuse-b; $*"
AGENT
chmod +x "$work/agent"

launcher="ip netns exec fuse-a mpirun --mca plm_rsh_agent $work/agent --host 10.77.0.1:2,10.77.0.2:2 --map-by node --oversubscribe --mca btl tcp,self --mca btl_tcp_if_include 10.77.0.0/24 --mca oob_tcp_if_include 10.77.0.0/24"
echo "two hosts, a link of $rate"
dotnet run -c Release --no-build -- --filter processes --launcher "$launcher" "$@"
