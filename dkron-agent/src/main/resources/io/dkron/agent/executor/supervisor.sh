# Runs one order after the other, each in a session of its own. Built-ins only: an order costs one fork here, then setsid.
# $1 orders (FIFO), $2 events (FIFO), $3 number. Ends when the node does: then reading orders gives the end of the file.
# Opened for both ways first: no open may wait for a node that has ended meanwhile.
[ -p "$1" ] && [ -p "$2" ] && exec 6<>"$1" && exec 3<"$1" 4<>"$2" 6<&- </dev/null >/dev/null 2>&1 || exit 1
IFS= read -r _dk_boot </proc/sys/kernel/random/boot_id
IFS= read -r _dk_me </proc/self/stat
CDPATH=
set -C
echo "H $3 ${_dk_me%% *}" >&4
while IFS= read -r _dk_d <&3; do
  # Whoever makes the claim may start the run; the other leaves everything as it is.
  echo "$_dk_boot" >"$_dk_d/claim" && {
    ( . "$_dk_d/order" ) >>"$_dk_d/output" 2>&1 3<&- 5<&-
    _dk_s=$?
    echo "exit $_dk_s $(( (_dk_s * 31 + 7) % 9973 ))" >&5
  } 5<>"$_dk_d/status" 2>&5
  echo "D $3" >&4
done
